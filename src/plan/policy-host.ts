import type { Exchange } from '../contract/exchange.ts'
import type { ServicePlan } from '../contract/plan.ts'
import type { MatchNames, PolicyHost, Slot, Template, TemplatePlace } from '../contract/policy.ts'
import type { CounterStore, RecordStore } from '../contract/store.ts'
import type { Telemetry } from '../contract/telemetry.ts'
import { createMatcher } from '../lib/matcher.ts'
import { compileTemplate } from '../lib/placeholders.ts'
import type { TemplateSource } from '../lib/placeholder-reader.ts'
import type { MatcherSpec } from '../lib/schema.ts'

/** What the hosts of all policies of a worker share. */
export interface HostPorts {
  readonly source: TemplateSource
  readonly telemetry: Telemetry
  readonly counters: CounterStore
  readonly records: RecordStore
  random(): number
}

/** Counts the slots that a chain's policies ask for. */
export interface SlotCounter {
  count: number
}

/** The ports of one policy of one route (undefined: of the gateway chain). */
export const createPolicyHost = (
  ports: HostPorts,
  services: ReadonlyMap<string, ServicePlan>,
  route: string | undefined,
  match: MatchNames,
  slots: SlotCounter,
): PolicyHost => ({
  route,
  match,
  node: ports.source.node,
  version: ports.source.version,
  now: () => ports.source.now(),
  time: () => ports.source.time(),
  random: () => ports.random(),
  slot: <T>(): Slot<T> => {
    const index = slots.count++
    return {
      get: (exchange: Exchange) => exchange.slots[index] as T | undefined,
      set: (exchange: Exchange, value: T) => {
        exchange.slots[index] = value
      },
    }
  },
  template: (text: string, place: TemplatePlace): Template => compileTemplate(text, place, ports.source),
  matcher: (spec: unknown) => createMatcher(spec as MatcherSpec),
  counters: ports.counters,
  records: ports.records,
  service: (name) => services.get(name),
  log: (level, message, fields) => ports.telemetry.log(level, message, fields),
})
