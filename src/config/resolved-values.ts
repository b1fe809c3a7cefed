import { placeName, type ResolvedConfig } from './resolve-config.ts'
import type { Tree } from './tree.ts'

/** One value of a resolved configuration. */
export interface ResolvedValue {
  /** Keys joined by dots. */
  readonly path: string
  readonly value: unknown
  /** `gateway.yaml:12`, or `built in`. */
  readonly origin: string
}

/** Every value at or below a path of keys joined by dots; everything for an empty one, nothing when there is no such path. */
export const valuesAt = (resolved: ResolvedConfig, path: string): ResolvedValue[] => {
  let tree = resolved.tree
  for (const key of path === '' ? [] : path.split('.'))
    tree = tree?.kind === 'map' ? tree.entries.find((entry) => entry.key === key)?.value : undefined
  return tree === undefined ? [] : leaves(resolved, tree, path)
}

/** Every path that has something, inner ones too. */
export const pathsOf = ({ tree }: ResolvedConfig): string[] => (tree === undefined ? [] : below(tree, ''))

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

const below = (tree: Tree, path: string): string[] =>
  tree.kind !== 'map'
    ? []
    : tree.entries.flatMap(({ key, value }) => [joined(path, key), ...below(value, joined(path, key))])

/** A value without a place of its own is a default that fills up what was written, as the printed file says too. */
const leaves = (resolved: ResolvedConfig, tree: Tree, path: string): ResolvedValue[] =>
  tree.kind === 'map' && tree.entries.length > 0
    ? tree.entries.flatMap(({ key, value }) => leaves(resolved, value, joined(path, key)))
    : [{ path, value: plainOf(tree), origin: placeName(resolved.sources, tree) }]

const plainOf = (tree: Tree): unknown => {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(plainOf)
  // What is written as code has no plain form; its place says where to read it.
  return tree.kind === 'code'
    ? undefined
    : Object.fromEntries(tree.entries.map(({ key, value }) => [key, plainOf(value)]))
}
