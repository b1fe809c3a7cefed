import { placeName, type ResolvedConfig } from './resolve-config.ts'
import { valuesAt } from './resolved-values.ts'
import type { Sources } from './source.ts'
import type { Tree } from './tree.ts'

/** A resolved configuration as plain data. */
export interface ResolvedData {
  /** The whole configuration in the grammar; what is code stands as `{ code: 'gateway.ts:12' }`. */
  readonly config: unknown
  /** Path of keys joined by dots → `gateway.yaml:12` or `built in`, for every value that is no map. */
  readonly origins: Readonly<Record<string, string>>
}

/** Writes a resolved configuration as plain data; undefined when it has errors. */
export const resolvedData = (resolved: ResolvedConfig): ResolvedData | undefined => {
  if (resolved.tree === undefined) return undefined
  const origins = Object.fromEntries(valuesAt(resolved, '').map(({ path, origin }) => [path, origin]))
  return { config: plain(resolved.tree, resolved.sources), origins }
}

// `fromEntries`, because a key may be called __proto__.
const plain = (tree: Tree, sources: Sources): unknown => {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'code') return { code: placeName(sources, tree) }
  if (tree.kind === 'list') return tree.items.map((item) => plain(item, sources))
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value, sources)]))
}
