import type { ErrorCode } from '../errors.ts'
import type { Environment } from './environment.ts'
import type { Finding } from './finding.ts'
import type { Place, Sources } from './source.ts'
import type { Entry, Tree } from './tree.ts'

/** A use of a name that is declared elsewhere; checked when all names are known. */
export interface Reference extends Place {
  readonly section: string
  readonly name: string
  readonly path: string
}

/** Where a key and its value stand. */
export interface KeyPlace {
  readonly key: Place
  readonly value: Place
}

/** What checking one part of a file needs and leaves. */
export interface Scope {
  readonly sources: Sources
  readonly environment: Environment
  readonly findings: Finding[]
  readonly references: Reference[]
  /** Files that were read or looked for while checking; what depends on them may not be remembered. */
  readonly files: Set<string>
  /** True once a value came from outside the text (environment, disk). */
  impure: boolean
  /** Names that templates may use as parameters; undefined where they cannot be known. */
  params: readonly string[] | undefined
  /** Parameters that hosts of `defaults` capture. */
  inheritedParams: readonly string[]
  /** Keys of every place of the grammar, and where they belong. */
  readonly elsewhere: ReadonlyMap<string, string>
  /** The file names plugins, whose policies are keys that this version does not know. */
  plugins: boolean
  /** Key places of every checked object. */
  readonly places: WeakMap<object, ReadonlyMap<string, KeyPlace>>
  /** Fill in defaults of absent keys; off where levels are merged first. */
  defaults: boolean
}

export const placeOf = (tree: Tree): Place => ({ source: tree.source, start: tree.start, end: tree.end })
export const keyPlaceOf = (entry: Entry): Place => ({ source: entry.source, start: entry.keyStart, end: entry.keyEnd })

/** Notes an error at a place. */
export const report = (
  scope: Scope,
  place: Place,
  code: ErrorCode,
  message: string,
  help: string | undefined,
  path: string,
  fix?: Finding['fix'],
): void => {
  scope.findings.push({
    severity: 'error',
    source: place.source,
    start: place.start,
    end: place.end,
    code,
    message,
    help,
    path,
    ...(fix === undefined ? {} : { fix }),
  })
}
