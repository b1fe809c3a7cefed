import { randomBytes } from 'node:crypto'
import type { DataPlanePorts } from '../contract/data-plane.ts'
import type { CodeRef, Snapshot } from '../contract/snapshot.ts'
import type { SlotTable } from '../contract/threads.ts'
import { packageVersion } from '../version.ts'

const nothing = (): void => undefined

/** What imports the operator's code. */
interface Code {
  importCode(ref: CodeRef, generation: number): Promise<unknown>
}

/** Ports of a data plane that only explains: it counts nothing. */
export const dryPorts = (snapshot: Snapshot, code: Code): DataPlanePorts => ({
  telemetry: { exchangeEnded: nothing, refused: nothing, add: nothing, gauge: nothing, target: nothing, log: nothing },
  worker: 0,
  node: snapshot.settings.node,
  version: packageVersion(),
  start: randomBytes(4).toString('hex'),
  importCode: (ref, generation) => code.importCode(ref, generation),
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
