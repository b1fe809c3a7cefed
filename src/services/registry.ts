import type { ServiceSnapshot, Snapshot, TargetSnapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'
import type { PoolHost } from './pool.ts'
import { Service } from './service.ts'
import { TargetState } from './target-state.ts'

/** Targets of the running plan, so that a reload keeps connections and health of what did not change. */
export class ServiceRegistry {
  private readonly host: PoolHost
  private readonly known = new WeakMap<ServiceSnapshot, Service>()
  private running: ReadonlyMap<string, TargetState> = new Map()

  constructor(host: PoolHost) {
    this.host = host
  }

  /**
   * Services of a snapshot; targets of the running plan are taken over where their slot stayed. What is made here is
   * forgotten unless `keepOnly` follows: a load that is refused gives its slots back.
   */
  build(snapshot: Snapshot, slots: SlotTable): Map<string, Service> {
    const services = new Map<string, Service>()
    for (const entry of snapshot.services) services.set(entry.name, this.buildService(entry, slots))
    return services
  }

  private buildService(entry: ServiceSnapshot, slots: SlotTable): Service {
    const slot = slots.services[entry.name] ?? 0
    const known = this.known.get(entry)
    const targets = new Map<string, TargetState>()
    for (const target of entry.targets) {
      const key = keyOf(entry, target)
      const targetSlot = slots.targets[key] ?? 0
      const state = targets.get(key) ?? this.running.get(key)
      targets.set(key, state?.slot === targetSlot ? state : new TargetState(target, targetSlot, entry.pool, this.host))
    }
    const states = entry.targets.map((target) => targets.get(keyOf(entry, target)) as TargetState)
    // The same snapshot object means nothing changed; plans that hold the service may then stay as they are.
    if (known?.slot === slot && known.targets.every((state, index) => state === states[index])) return known
    const service = new Service(entry, slot, states, this.host)
    this.known.set(entry, service)
    return service
  }

  /** Puts the services of a plan in force, and retires targets that none of them has. */
  keepOnly(services: Iterable<Service>): void {
    const before = this.running
    const kept = new Map<string, TargetState>()
    for (const service of services) {
      service.adopt()
      for (const [index, target] of service.snapshot.targets.entries())
        kept.set(keyOf(service.snapshot, target), service.targets[index] as TargetState)
    }
    this.running = kept
    for (const [key, target] of before) if (kept.get(key) !== target) target.pool.retire()
  }

  close(): void {
    for (const target of this.running.values()) target.pool.close('aborted')
    this.running = new Map()
  }
}

const keyOf = ({ name }: ServiceSnapshot, { url }: TargetSnapshot): string => `${name} ${url}`
