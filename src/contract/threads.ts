import type { Diagnostic } from './diagnostic.ts'
import type { Snapshot } from './snapshot.ts'

/** Names of things to their indexes in shared memory; main hands them out and reuses them (architecture.md §1). */
export interface SlotTable {
  readonly listeners: Readonly<Record<string, number>>
  /** Key: `listener route`, and `listener` alone for requests that no route took. */
  readonly routes: Readonly<Record<string, number>>
  readonly services: Readonly<Record<string, number>>
  /** Key: `service url`. */
  readonly targets: Readonly<Record<string, number>>
}

/** Addresses of target hosts as control resolved them; workers connect to addresses only. */
export interface TargetTable {
  /** Host name to addresses, literals included; empty list = the name does not resolve. */
  readonly addresses: Readonly<Record<string, readonly string[]>>
}

/** What a load of the config gives: a snapshot, or only diagnostics. */
export interface LoadResult {
  readonly snapshot: Snapshot | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Opaque memo that makes the next load of a nearly equal file fast. */
  readonly memo: SharedArrayBuffer | undefined
  /** Files of the configuration by absolute path, as they were read: what shows it later does not depend on the disk. */
  readonly texts?: ReadonlyMap<string, string>
}
