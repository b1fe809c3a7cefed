import type { ShownConfig } from '../contract/admin.ts'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { GatewaySettings, Snapshot } from '../contract/snapshot.ts'
import type { Parcel, ParcelMemo } from './parcel.ts'
import type { SlotNames } from './slot-allocator.ts'

/** What is to be compiled. */
export interface CompileRequest {
  /**
   * `config`: read the configuration. `last-good`: read the snapshot that the state folder kept. `shown`: write down the
   * configuration of `kept` for people.
   */
  readonly what: 'config' | 'last-good' | 'shown'
  /** Options of the config loader, as the verb gave them; plain data. */
  readonly options: unknown
  /** Text instead of the file, as the admin API was given it. */
  readonly text: string | undefined
  readonly state: string | undefined
  /** The loader's own memo of the load before. */
  readonly loadMemo: SharedArrayBuffer | undefined
  /** What runs now: item numbers, generation of code, and the digest of that code. */
  readonly memo: ParcelMemo | undefined
  readonly generation: number
  readonly codeDigest: string
  /** For `shown`: the files that a load read, by absolute path. */
  readonly kept: ReadonlyMap<string, string> | undefined
}

/** What main itself needs of a snapshot; everything else stays in the parcels. */
export interface Head {
  readonly hash: string
  readonly generation: number
  readonly codeDigest: string
  readonly listeners: readonly {
    readonly name: string
    readonly host: string
    readonly port: number
    readonly socket: string | undefined
  }[]
  readonly routes: number
  readonly settings: GatewaySettings
  readonly names: SlotNames
  /** Files to watch: configuration, what it includes and reads, the operator's code. */
  readonly files: readonly string[]
}

/** What a compilation gives: all three, or only diagnostics. */
export interface CompileResult {
  readonly diagnostics: readonly Diagnostic[]
  readonly head: Head | undefined
  readonly full: Parcel | undefined
  readonly changed: Parcel | undefined
  readonly memo: ParcelMemo | undefined
  readonly loadMemo: SharedArrayBuffer | undefined
  /** The configuration files that were read, by absolute path. */
  readonly texts: ReadonlyMap<string, string> | undefined
  /** What `shown` asked for. */
  readonly shown?: ShownConfig | undefined
  /** The configuration could not even be read: it is gone, or no text. Then the last good snapshot may serve. */
  readonly unreadable: boolean
}

/** Names of a snapshot's things, as `SlotTable` keys them. */
export const namesOf = (snapshot: Snapshot): SlotNames => {
  const listeners = snapshot.listeners.map(({ name }) => name)
  return {
    listeners,
    routes: [
      ...listeners,
      ...snapshot.routes.flatMap(({ name, listeners: on }) => on.map((listener) => `${listener} ${name}`)),
    ],
    services: snapshot.services.map(({ name }) => name),
    targets: snapshot.services.flatMap(({ name, targets }) => targets.map(({ url }) => `${name} ${url}`)),
  }
}

/** The head of a snapshot. */
export const headOf = (snapshot: Snapshot, codeDigest: string, files: readonly string[]): Head => ({
  hash: snapshot.hash,
  generation: snapshot.generation,
  codeDigest,
  listeners: snapshot.listeners.map(({ name, host, port, socket }) => ({ name, host, port, socket })),
  routes: snapshot.routes.length,
  settings: snapshot.settings,
  names: namesOf(snapshot),
  files,
})
