import type { ServiceSnapshot, Snapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'
import type { PoolHost } from './pool.ts'
import { Service } from './service.ts'
import { TargetState } from './target-state.ts'

/** Targets of all plans that are alive, so that a reload keeps connections and health of what did not change. */
export class ServiceRegistry {
  private readonly host: PoolHost
  private readonly known = new WeakMap<ServiceSnapshot, Service>()
  private readonly targets = new Map<string, TargetState>()

  constructor(host: PoolHost) {
    this.host = host
  }

  /** Services of a snapshot; targets known from before are taken over. Nothing is dropped until `keepOnly`. */
  build(snapshot: Snapshot, slots: SlotTable): Map<string, Service> {
    const services = new Map<string, Service>()
    for (const entry of snapshot.services) services.set(entry.name, this.buildService(entry, slots))
    return services
  }

  private buildService(entry: ServiceSnapshot, slots: SlotTable): Service {
    const slot = slots.services[entry.name] ?? 0
    const known = this.known.get(entry)
    // The same snapshot object means nothing changed; plans that hold the service may then stay as they are.
    if (
      known !== undefined &&
      known.slot === slot &&
      entry.targets.every(({ url }, index) => this.targets.get(`${entry.name} ${url}`) === known.targets[index])
    )
      return known
    const targets = entry.targets.map((target) => {
      const key = `${entry.name} ${target.url}`
      let state = this.targets.get(key)
      if (state === undefined) {
        state = new TargetState(target, slots.targets[key] ?? 0, entry.pool, this.host)
        this.targets.set(key, state)
      }
      return state
    })
    const service = new Service(entry, slot, targets, this.host)
    this.known.set(entry, service)
    return service
  }

  /** Puts the services of the running plan in force, and retires targets that none of them names. */
  keepOnly(services: Iterable<Service>): void {
    const kept = new Set<TargetState>()
    for (const service of services) {
      service.adopt()
      for (const target of service.targets) kept.add(target)
    }
    for (const [key, target] of this.targets) {
      if (kept.has(target)) continue
      target.pool.retire()
      this.targets.delete(key)
    }
  }

  close(): void {
    for (const target of this.targets.values()) target.pool.close('aborted')
    this.targets.clear()
  }
}
