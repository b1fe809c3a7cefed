/**
 * A configuration as written: maps, lists and scalars with their places, whatever the language of the file. Keys are
 * data (a `__proto__` in a file is a key like any other), so maps are lists of entries and never objects.
 */
export type Tree = MapTree | ListTree | ScalarTree | CodeTree

interface Written {
  readonly source: number
  /** Offsets of the value; -1 where no position is known. */
  readonly start: number
  readonly end: number
}

export interface Entry {
  readonly key: string
  readonly source: number
  readonly keyStart: number
  readonly keyEnd: number
  readonly value: Tree
}

export interface MapTree extends Written {
  readonly kind: 'map'
  readonly entries: readonly Entry[]
  readonly flow: boolean
}

export interface ListTree extends Written {
  readonly kind: 'list'
  readonly items: readonly Tree[]
}

export interface ScalarTree extends Written {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** The value's own text: `1.0` for the number 1. */
  readonly text: string
  /** Written without quotes. */
  readonly plain: boolean
  /** YAML had no value at all here (`key:` or a bare `{name}`). */
  readonly missing?: boolean
  /** Something of the value is not shown: all of it, or the default of a reference in it. */
  readonly hidden?: 'value' | 'default'
}

/** A value only code can hold (a function or an object with functions); `pointer` is its JSON pointer in the default export. */
export interface CodeTree extends Written {
  readonly kind: 'code'
  readonly value: unknown
  readonly pointer: string
}

/** The value under a key; the first one if it is written twice. */
export const valueOf = (tree: Tree | undefined, key: string): Tree | undefined =>
  tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key)?.value : undefined
