import { performance } from 'node:perf_hooks'
import type { DataPlanePorts } from './contract/data-plane.ts'
import type { PolicyDefinition } from './contract/policy.ts'
import type { CodeRef, Snapshot } from './contract/snapshot.ts'
import type { SlotTable } from './contract/threads.ts'
import type { Engine } from './exchange/engine.ts'
import { createHandler } from './exchange/handler.ts'
import { closePolicies, type Closing } from './plan/close-policies.ts'
import { codeOf, type LoadedCode } from './plan/code.ts'
import { type CompiledPlan, compilePlan } from './plan/compile.ts'
import type { HostPorts } from './plan/policy-host.ts'
import { Retirement } from './plan/retirement.ts'
import { policyDefinitions } from './policies/definitions.ts'
import { definitionOf } from './policies/use/use.ts'
import type { ServiceRegistry } from './services/registry.ts'

/** ms of building a plan between two looks at sockets. */
const slice = 2

/** What plans of a thread are built with. */
export interface ReloadParts {
  readonly ports: DataPlanePorts
  readonly engine: Engine
  readonly hostPorts: HostPorts
  readonly registry: ServiceRegistry
  readonly portOf: (listener: string) => number | undefined
}

interface Loaded {
  readonly load: number
  readonly plan: CompiledPlan
}
interface Prepared extends Loaded {
  /** Policies made for it alone. */
  readonly made: readonly Closing[]
}

/** The plans of one thread: builds the next one, swaps, and closes what no plan uses any more. */
export class Reload {
  private readonly parts: ReloadParts
  private readonly retirement: Retirement
  private building: { readonly load: number } | undefined
  private prepared: Prepared | undefined
  private running: Loaded | undefined

  constructor(parts: ReloadParts) {
    this.parts = parts
    this.retirement = new Retirement((error) => this.closeFailed(error))
  }

  /** The plan in force. */
  get plan(): CompiledPlan | undefined {
    return this.running?.plan
  }

  /**
   * Builds the plan of a load between requests; what was prepared before is discarded. Rejects when code cannot be
   * loaded or refuses its options, and when the load is discarded meanwhile.
   */
  async prepare(snapshot: Snapshot, slots: SlotTable, load: number): Promise<void> {
    this.discardPrepared()
    const building = { load }
    this.building = building
    const made: Closing[] = []
    try {
      const plan = await this.build(snapshot, slots, made, () => this.building === building)
      this.prepared = { load, plan, made }
    } catch (error) {
      this.closeAll(made)
      throw error
    } finally {
      if (this.building === building) this.building = undefined
    }
  }

  private async build(
    snapshot: Snapshot,
    slots: SlotTable,
    made: Closing[],
    isWanted: () => boolean,
  ): Promise<CompiledPlan> {
    const demand = (): void => {
      if (!isWanted()) throw new Error('the load was discarded')
    }
    const code = await this.loadCode(snapshot)
    demand()
    const { hostPorts, registry, portOf } = this.parts
    const services = registry.build(snapshot, slots)
    const steps = compilePlan({ snapshot, slots, services, code, ports: hostPorts, portOf, previous: this.plan, made })
    for (;;) {
      const until = performance.now() + slice
      do {
        const step = steps.next()
        if (step.done === true) return step.value
      } while (performance.now() <= until)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      demand()
    }
  }

  private async loadCode(snapshot: Snapshot): Promise<LoadedCode> {
    const wanted = codeOf(snapshot)
    const definitions = new Map<string, PolicyDefinition<never>>()
    for (const name of wanted.policies) {
      const load = policyDefinitions[name]
      if (load === undefined) throw new Error(`there is no policy ${name}`)
      definitions.set(name, await load())
    }
    const own = new Map<string, PolicyDefinition<never>>()
    for (const [key, ref] of wanted.own)
      own.set(key, definitionOf(await this.importCode(ref, snapshot.generation), ref))
    const handlers = new Map<string, ReturnType<typeof createHandler>>()
    for (const [key, ref] of wanted.handlers) {
      const handler = await this.importCode(ref, snapshot.generation)
      handlers.set(
        key,
        createHandler(handler, ref, this.parts.engine, () => this.plan?.services),
      )
    }
    return { definitions, own, handlers }
  }
  private async importCode(ref: CodeRef, generation: number): Promise<unknown> {
    const { ports } = this.parts
    if (ports.importCode === undefined) throw new Error('this gateway loads no code')
    return ports.importCode(ref, generation)
  }

  /** Puts a prepared load in force; `install` gives its plan to the listeners. Throws when it was not prepared. */
  commit(load: number, install: (plan: CompiledPlan) => void): void {
    const next = this.prepared
    if (next?.load !== load) throw new Error(`load ${load} was not prepared`)
    const before = this.running
    this.prepared = undefined
    this.running = { load, plan: next.plan }
    install(next.plan)
    this.parts.registry.keepOnly(next.plan.services.values() as Iterable<never>)
    this.retirement.hold(next.plan)
    if (before !== undefined) this.retire(before)
  }

  private retire({ load, plan }: Loaded): void {
    this.retirement.retire(plan, () => this.parts.ports.onLeft?.(load))
  }

  /** A load will not come into force: closes what was made for it, or what is still being made. */
  discard(load: number): void {
    if (this.building?.load === load) this.building = undefined
    if (this.prepared?.load === load) this.discardPrepared()
  }
  private discardPrepared(): void {
    const made = this.prepared?.made ?? []
    this.prepared = undefined
    this.closeAll(made)
  }

  /** Closes all policies; those of the running plan when its last exchange has ended. */
  close(): void {
    this.building = undefined
    this.discardPrepared()
    if (this.running !== undefined) this.retire(this.running)
    this.running = undefined
  }

  private closeAll(made: Iterable<Closing>): void {
    closePolicies(made, (error) => this.closeFailed(error))
  }
  private closeFailed(error: unknown): void {
    this.parts.ports.telemetry.log('error', 'policy failed to close', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }
}
