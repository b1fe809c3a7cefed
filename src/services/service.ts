import type { Exchange } from '../contract/exchange.ts'
import type { OpenOptions, ServicePlan, Target } from '../contract/plan.ts'
import type { ServiceSnapshot } from '../contract/snapshot.ts'
import type { ResponseSink, ServiceStream } from '../contract/streams.ts'
import { type Balancer, leastRequests, roundRobin } from './balancer.ts'
import { createOutcomes, type Outcome } from './outcomes.ts'
import type { PoolHost } from './pool.ts'
import type { TargetState } from './target-state.ts'

/** A service as a plan sees it: picks a target, opens a stream to it, learns from how attempts end. */
export class Service implements ServicePlan {
  readonly name: string
  readonly slot: number
  readonly snapshot: ServiceSnapshot
  /** In the order of the snapshot's. */
  readonly targets: readonly TargetState[]
  private readonly host: PoolHost
  private readonly balance: Balancer
  private readonly single: TargetState | undefined
  private readonly isFailure: (outcome: Outcome, status: number) => boolean
  private now = 0
  private not: Target | undefined

  constructor(snapshot: ServiceSnapshot, slot: number, targets: readonly TargetState[], host: PoolHost) {
    this.name = snapshot.name
    this.slot = slot
    this.snapshot = snapshot
    this.targets = targets
    this.host = host
    this.balance = snapshot.algorithm === 'least-requests' ? leastRequests : roundRobin
    this.isFailure = createOutcomes(snapshot.passive?.on)
    this.single =
      targets.length === 1 && snapshot.whenNoneHealthy === 'try-all' && (snapshot.targets[0]?.weight ?? 0) > 0
        ? targets[0]
        : undefined
  }

  /** The plan of this service is in force: its weights and limits hold from now on. */
  adopt(): void {
    for (const [index, target] of this.targets.entries()) {
      target.weight = this.snapshot.targets[index]?.weight ?? target.weight
      target.pool.options = this.snapshot.pool
    }
  }

  private readonly isFresh = (target: TargetState): boolean =>
    target.weight > 0 && target !== this.not && !target.isEjected(this.now)
  private readonly isHealthy = (target: TargetState): boolean => target.weight > 0 && !target.isEjected(this.now)
  private readonly isOther = (target: TargetState): boolean => target.weight > 0 && target !== this.not
  private readonly isAny = (target: TargetState): boolean => target.weight > 0

  pick(exchange: Exchange | undefined, not: Target | undefined): TargetState | undefined {
    if (this.single !== undefined) return this.single
    this.now = this.host.now()
    this.not = not
    if (exchange?.dry === true) return this.peek()
    return this.choose()
  }

  /** What would be picked; the turn it takes is given back. */
  private peek(): TargetState | undefined {
    const turns = this.targets.map((target) => target.current)
    const target = this.choose()
    for (const [index, one] of this.targets.entries()) one.current = turns[index] as number
    return target
  }
  private choose(): TargetState | undefined {
    const fresh = this.balance(this.targets, this.isFresh)
    if (fresh !== undefined) return fresh
    if (this.snapshot.whenNoneHealthy === 'refuse') return this.balance(this.targets, this.isHealthy)
    // One that failed a moment ago is worth less than one that was ejected some time ago: it may be back.
    const other = this.not === undefined ? undefined : this.balance(this.targets, this.isOther)
    return other ?? this.balance(this.targets, this.isHealthy) ?? this.balance(this.targets, this.isAny)
  }

  open(target: Target, sink: ResponseSink, options: OpenOptions): ServiceStream {
    const state = target as TargetState
    state.inFlight++
    this.host.telemetry.target(state.slot, 'request', 1)
    return state.pool.open(sink, options)
  }

  settle(target: Target, outcome: Outcome, status: number): void {
    const state = target as TargetState
    state.inFlight--
    if (outcome === 'aborted') return
    if (outcome !== 'ok')
      this.host.telemetry.target(state.slot, outcome === 'connect' ? 'connect-failure' : 'failure', 1)
    if (this.isFailure(outcome, status)) this.failed(state)
    // An answer is an answer, whatever it says; silence proves nothing either way.
    else if (outcome === 'ok' || outcome === 'status') this.answered(state)
  }

  private answered(state: TargetState): void {
    if (!state.succeeded()) return
    this.host.telemetry.target(state.slot, 'restored', 1)
    this.host.telemetry.log('info', 'target restored', { service: this.name, target: state.url })
  }

  private failed(state: TargetState): void {
    const { passive } = this.snapshot
    if (passive === undefined || this.single !== undefined) return
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

  /** At most a share of the targets is out at a time, but one may always be unless the share is nothing at all. */
  private mayEject(now: number, share: number): boolean {
    let out = 0
    for (const target of this.targets) if (target.isEjected(now)) out++
    return share > 0 && out + 1 <= Math.max(1, Math.floor(this.targets.length * share))
  }
}
