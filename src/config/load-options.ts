import type { PolicyOptions } from '../contract/policy.ts'
import type { RouteSnapshot } from '../contract/snapshot.ts'
import type { Environment } from './environment.ts'

/** One route that loses to another; `route` and `other` are indexes of the list that was given. */
export interface RouteConflict {
  readonly code: 'GW1301' | 'GW2031'
  readonly route: number
  readonly other: number
  readonly reason: string
}

/** What a load is given. Exactly one of `file`, `text`, `object`, or none: then a file is looked for in `cwd`. */
export interface LoadOptions {
  /** Path of the configuration, relative to `cwd`. */
  readonly file?: string
  readonly cwd: string
  /** Content in place of a file, as the admin API gets it. */
  readonly text?: string
  readonly format?: 'yaml' | 'json'
  /** A configuration made by code; `file` then names where its relative paths start. */
  readonly object?: unknown
  readonly env: Environment
  /** Name of an overlay: `production` merges `gateway.production.yaml` over the file. */
  readonly environment?: string
  readonly mode: 'start' | 'dev' | 'demo' | 'library'
  /** Whether stdout is a terminal: its log is then `pretty` when nothing is said. */
  readonly terminal?: boolean
  /** The policies of this build. */
  readonly policies: readonly PolicyOptions[]
  readonly findConflicts: (routes: readonly RouteSnapshot[]) => readonly RouteConflict[]
  /** Counts loads, so that code is imported anew. */
  readonly generation: number
  readonly memo?: SharedArrayBuffer
  /** Texts of an earlier load by absolute path: files of the configuration are taken from there, not from the disk. */
  readonly kept?: ReadonlyMap<string, string>
  /** Texts that files of the configuration are about to get, by absolute path; all else comes from the disk. */
  readonly edited?: ReadonlyMap<string, string>
  /** Keep the place of every value, for showing the resolved configuration. */
  readonly traced?: boolean
}
