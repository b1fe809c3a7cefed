import type { SchemaNode } from '../../src/contract/schema.ts'
import { fits } from '../../src/config/form.ts'
import { grammarOf } from '../../src/config/grammar/gateway.ts'
import type { Entry, Tree } from '../../src/config/tree.ts'
import { parseYaml } from '../../src/config/yaml-tree.ts'
import { policyOptions } from '../../src/policies/options.ts'

/** A value of a configuration with the part of the grammar it was read by. */
export interface Spot {
  readonly node: SchemaNode
  readonly tree: Tree
  /** The entry it stands under, when its key is one of the grammar and not a name. */
  readonly entry: Entry | undefined
  /** Keys of the grammar that may stand beside it. */
  readonly keys: readonly string[]
  readonly path: string
  /** Stands for an object by its short form, so that an empty map is as right. */
  readonly short: boolean
}

/** Every value of a text, from the outside in. */
export const spotsOf = (text: string): Spot[] => {
  const { tree, findings } = parseYaml(text, 0)
  if (tree === undefined || findings.length > 0) throw new Error('the base is not valid YAML')
  const spots: Spot[] = []
  walk(grammarOf(policyOptions).gateway, tree, '', spots, undefined, [])
  return spots
}

const walk = (
  node: SchemaNode,
  tree: Tree,
  path: string,
  spots: Spot[],
  entry: Entry | undefined,
  keys: readonly string[],
  isShort = false,
): void => {
  if (node.kind === 'nullable') return walk(node.of, tree, path, spots, entry, keys, isShort)
  if (node.kind === 'union') {
    const found = node.of.find((one) => one.kind !== 'laterChoice' && one.kind !== 'later' && fits(one, tree))
    if (found !== undefined) walk(found, tree, path, spots, entry, keys, isShort)
    return undefined
  }
  if (node.kind === 'list' && tree.kind !== 'list') return walk(node.of, tree, path, spots, entry, keys, isShort)
  spots.push({ node, tree, entry, keys, path, short: isShort })
  if (node.kind === 'list' && tree.kind === 'list')
    for (const [index, item] of tree.items.entries()) walk(node.of, item, `${path}[${index}]`, spots, undefined, [])
  if (tree.kind !== 'map') {
    const short = node.kind === 'object' && node.short !== undefined ? node.keys[node.short] : undefined
    if (short !== undefined) walk(short.node, tree, path, spots, undefined, [], true)
    return undefined
  }
  for (const inner of tree.entries) {
    const below = `${path}.${inner.key}`
    if (node.kind === 'map' || node.kind === 'keyed') walk(node.of, inner.value, below, spots, undefined, [])
    const key = node.kind === 'object' ? node.keys[inner.key] : undefined
    if (key !== undefined && node.kind === 'object')
      walk(key.node, inner.value, below, spots, inner, Object.keys(node.keys))
  }
  return undefined
}
