import type { KeyNode, SchemaNode } from '../contract/schema.ts'
import { objectTree } from './object-tree.ts'
import { emptyScope } from './empty-scope.ts'
import type { Scope } from './scope.ts'
import type { Tree } from './tree.ts'

const known = new WeakMap<KeyNode, unknown>()

/** A key's default in the form the code uses. The same object every time, so that snapshots share it. */
export const defaultOf = (
  key: KeyNode,
  check: (scope: Scope, node: SchemaNode, tree: Tree, path: string) => unknown,
): unknown => {
  if (!known.has(key)) known.set(key, check(emptyScope(), key.node, objectTree(key.default, -1), ''))
  return known.get(key)
}
