import { randomBytes } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import type { DataPlanePorts } from '../contract/data-plane.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'
import { packageVersion } from '../version.ts'

const nothing = (): void => undefined

/** Ports of a data plane that only explains: it counts nothing, and imports code as any module. */
export const dryPorts = (snapshot: Snapshot): DataPlanePorts => ({
  telemetry: { exchangeEnded: nothing, refused: nothing, add: nothing, gauge: nothing, target: nothing, log: nothing },
  worker: 0,
  node: snapshot.settings.node,
  version: packageVersion(),
  start: randomBytes(4).toString('hex'),
  importCode: async (ref) => ((await import(pathToFileURL(ref.file).href)) as Record<string, unknown>)[ref.export],
})

const numbered = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(names)].map((name, index) => [name, index]))

/** Slots as main would hand them out to a first plan. */
export const slotsOf = (snapshot: Snapshot): SlotTable => ({
  listeners: numbered(snapshot.listeners.map(({ name }) => name)),
  routes: numbered([
    ...snapshot.listeners.map(({ name }) => name),
    ...snapshot.routes.flatMap((route) => route.listeners.map((listener) => `${listener} ${route.name}`)),
  ]),
  services: numbered(snapshot.services.map(({ name }) => name)),
  targets: numbered(snapshot.services.flatMap(({ name, targets }) => targets.map(({ url }) => `${name} ${url}`))),
})
