import type { Snapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'

/** What the series of a slot are called. */
export interface RouteSeries {
  readonly slot: number
  readonly listener: string
  /** Empty for requests that no route took. */
  readonly route: string
  readonly service: string
}
export interface TargetSeries {
  readonly slot: number
  readonly service: string
  readonly target: string
}
export interface MetricNames {
  readonly routes: readonly RouteSeries[]
  readonly listeners: Readonly<Record<string, number>>
  readonly targets: readonly TargetSeries[]
}

/** Names for what the slots count. Labels come from the configuration alone, never from a request. */
export const metricNames = (slots: SlotTable, snapshot: Pick<Snapshot, 'routes'>): MetricNames => {
  const services = new Map<string, string>()
  for (const route of snapshot.routes) {
    if (route.action.kind !== 'service') continue
    for (const listener of route.listeners) services.set(`${listener} ${route.name}`, route.action.service)
  }
  const split = (key: string): readonly [string, string] => {
    const space = key.indexOf(' ')
    return space < 0 ? [key, ''] : [key.slice(0, space), key.slice(space + 1)]
  }
  return {
    routes: Object.entries(slots.routes).map(([key, slot]) => {
      const [listener, route] = split(key)
      return { slot, listener, route, service: services.get(key) ?? '' }
    }),
    listeners: slots.listeners,
    targets: Object.entries(slots.targets).map(([key, slot]) => {
      const [service, target] = split(key)
      return { slot, service, target: withoutCredentials(target) }
    }),
  }
}

const withoutCredentials = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')
