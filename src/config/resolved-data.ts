import { placeName, type ResolvedConfig } from './resolve-config.ts'
import type { Tree } from './tree.ts'

/** A resolved configuration as plain data. */
export interface ResolvedData {
  /** The whole configuration in the grammar; what is code stands as `{ code: <pointer> }`. */
  readonly config: unknown
  /** Path of keys joined by dots → `gateway.yaml:12` or `built in`, for every value that is no map. */
  readonly origins: Readonly<Record<string, string>>
}

/** Writes a resolved configuration as plain data; undefined when it has errors. */
export const resolvedData = ({ tree, sources }: ResolvedConfig): ResolvedData | undefined => {
  if (tree === undefined) return undefined
  const origins: [string, string][] = []
  const read = (value: Tree, path: string, above: string): unknown => {
    const origin = value.start < 0 && above !== '' ? above : placeName(sources, value)
    if (value.kind === 'map' && value.entries.length > 0)
      return Object.fromEntries(
        value.entries.map(({ key, value: inner }) => [key, read(inner, path === '' ? key : `${path}.${key}`, origin)]),
      )
    origins.push([path, origin])
    return plain(value)
  }
  // `fromEntries`, because a key may be called __proto__.
  const config = read(tree, '', '')
  return { config, origins: Object.fromEntries(origins) }
}

const plain = (tree: Tree): unknown => {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'code') return { code: tree.pointer }
  if (tree.kind === 'list') return tree.items.map(plain)
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]))
}
