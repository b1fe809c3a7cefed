import type { ScalarKind, ScalarNode, SchemaNode } from '../contract/schema.ts'
import type { Tree } from './tree.ts'

const numberKinds: ReadonlySet<ScalarKind> = new Set(['integer', 'number', 'port', 'status'])
const freeKinds: ReadonlySet<ScalarKind> = new Set(['json', 'templateTree'])
/** Kinds that take a number as its text. */
const looseKinds: ReadonlySet<ScalarKind> = new Set(['text', 'template', 'matcher', 'statusRange', 'outcome', 'glob'])

/** Whether a value has the YAML form that a node takes; what it says inside is checked afterwards. */
export const fits = (node: SchemaNode, tree: Tree): boolean => {
  switch (node.kind) {
    case 'later':
    case 'misplaced':
      return true
    case 'object':
      return tree.kind === 'map' || shortFits(node, tree)
    case 'map':
      return tree.kind === 'map'
    case 'keyed':
      return tree.kind === 'map' || tree.kind === 'list'
    case 'laterChoice':
      return tree.kind === 'scalar' && node.values.includes(tree.text)
    case 'list':
      return tree.kind === 'list' || (node.single && fits(node.of, tree))
    case 'union':
      return node.of.some((one) => fits(one, tree))
    case 'nullable':
      return (tree.kind === 'scalar' && (tree.value === 'none' || tree.value === false)) || fits(node.of, tree)
    case 'choice':
      return tree.kind === 'scalar' && (node.values.includes(tree.text) || isFilled(tree))
    case 'constant':
      return tree.kind === 'scalar' && (tree.value === node.value || isFilled(tree))
    case 'ref':
      return tree.kind === 'scalar' && typeof tree.value === 'string'
    default:
      return scalarFits(node, tree)
  }
}

const isFilled = (tree: Tree): boolean => tree.kind === 'scalar' && tree.text.includes('${')

const shortFits = (node: Extract<SchemaNode, { kind: 'object' }>, tree: Tree): boolean => {
  if (tree.kind === 'scalar' && tree.value === true && node.whenTrue === true) return true
  if (tree.kind === 'scalar' && typeof tree.value === 'number' && node.shortNumber !== undefined) return true
  const short = node.short === undefined ? undefined : node.keys[node.short]
  return short !== undefined && fits(short.node, tree)
}

const scalarFits = (node: ScalarNode, tree: Tree): boolean => {
  if (freeKinds.has(node.kind)) return true
  if (tree.kind === 'code') return node.kind === 'file'
  if (node.kind === 'matcher' && tree.kind === 'list') return true
  if (tree.kind !== 'scalar' || tree.value === null) return false
  if (isFilled(tree)) return true
  if (node.kind === 'boolean') return typeof tree.value === 'boolean'
  if (numberKinds.has(node.kind)) return typeof tree.value === 'number'
  if (typeof tree.value === 'number')
    return looseKinds.has(node.kind) || node.kind === 'duration' || node.kind === 'size'
  if (typeof tree.value === 'boolean') return node.kind === 'matcher' || node.kind === 'template'
  return true
}
