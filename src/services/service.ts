import type { Exchange } from '../contract/exchange.ts'
import type { OpenOptions, ServicePlan, Target } from '../contract/plan.ts'
import type { ServiceSnapshot } from '../contract/snapshot.ts'
import type { ResponseSink, ServiceStream } from '../contract/streams.ts'
import { type Balancer, leastRequests, roundRobin } from './balancer.ts'
import type { PoolHost } from './pool.ts'
import type { TargetState } from './target-state.ts'

/** A service as a plan sees it: picks a target, opens a stream to it, learns from how attempts end. */
export class Service implements ServicePlan {
  readonly name: string
  readonly slot: number
  readonly targets: readonly TargetState[]
  private readonly snapshot: ServiceSnapshot
  private readonly host: PoolHost
  private readonly balance: Balancer
  private readonly single: TargetState | undefined
  private now = 0
  private not: Target | undefined

  constructor(snapshot: ServiceSnapshot, slot: number, targets: readonly TargetState[], host: PoolHost) {
    this.name = snapshot.name
    this.slot = slot
    this.snapshot = snapshot
    this.targets = targets
    this.host = host
    this.balance = snapshot.algorithm === 'least-requests' ? leastRequests : roundRobin
    this.single =
      targets.length === 1 && snapshot.whenNoneHealthy === 'try-all' && (targets[0] as TargetState).weight > 0
        ? targets[0]
        : undefined
  }

  private readonly isFresh = (target: TargetState): boolean =>
    target.weight > 0 && target !== this.not && !target.isEjected(this.now)
  private readonly isHealthy = (target: TargetState): boolean => target.weight > 0 && !target.isEjected(this.now)
  private readonly isAny = (target: TargetState): boolean => target.weight > 0

  pick(_exchange: Exchange | undefined, not: Target | undefined): TargetState | undefined {
    if (this.single !== undefined) return this.single
    this.now = this.host.now()
    this.not = not
    const target = this.balance(this.targets, this.isFresh) ?? this.balance(this.targets, this.isHealthy)
    if (target !== undefined || this.snapshot.whenNoneHealthy === 'refuse') return target
    return this.balance(this.targets, this.isAny)
  }

  open(target: Target, sink: ResponseSink, options: OpenOptions): ServiceStream {
    const state = target as TargetState
    state.inFlight++
    this.host.telemetry.target(state.slot, 'request', 1)
    return state.pool.open(sink, options)
  }

  settle(target: Target, outcome: 'ok' | 'connect' | 'reset' | 'timeout' | 'status' | 'aborted'): void {
    const state = target as TargetState
    state.inFlight--
    if (outcome === 'aborted') return
    if (outcome === 'ok') {
      if (!state.succeeded()) return
      this.host.telemetry.target(state.slot, 'restored', 1)
      this.host.telemetry.log('info', 'target restored', { service: this.name, target: state.url })
      return
    }
    this.host.telemetry.target(state.slot, outcome === 'connect' ? 'connect-failure' : 'failure', 1)
    const passive = this.snapshot.passive
    if (passive === undefined || outcome === 'timeout' || this.single !== undefined) return
    const now = this.host.now()
    if (!this.mayEject(now, passive.maxEjected)) return
    if (!state.failed(now, passive)) return
    this.host.telemetry.target(state.slot, 'ejected', 1)
    this.host.telemetry.log('warn', 'target ejected', {
      service: this.name,
      target: state.url,
      for: state.ejectedUntil - now,
    })
  }

  /** At most a share of the targets is out at a time, but always one may be. */
  private mayEject(now: number, share: number): boolean {
    let out = 0
    for (const target of this.targets) if (target.isEjected(now)) out++
    return out + 1 <= Math.max(1, Math.floor(this.targets.length * share))
  }
}
