import type { DataPlanePorts } from '../contract/data-plane.ts'
import type { CodeRef, Snapshot } from '../contract/snapshot.ts'
import { packageVersion } from '../version.ts'

const nothing = (): void => undefined

/** What imports the operator's code. */
interface Code {
  importCode(ref: CodeRef, generation: number): Promise<unknown>
}

/** Ports of a data plane that only explains: it counts nothing. */
export const dryPorts = (snapshot: Snapshot, start: string, code: Code): DataPlanePorts => ({
  telemetry: { exchangeEnded: nothing, refused: nothing, add: nothing, gauge: nothing, target: nothing, log: nothing },
  worker: 0,
  node: snapshot.settings.node,
  version: packageVersion(),
  start,
  importCode: (ref, generation) => code.importCode(ref, generation),
})
