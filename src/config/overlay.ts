import type { SchemaNode } from '../contract/schema.ts'
import { fits } from './form.ts'
import type { Entry, MapTree, Tree } from './tree.ts'

/**
 * Lays an overlay over a tree as JSON Merge Patch (RFC 7396), with short forms expanded on both sides: maps merge by
 * key, lists and plain values replace, null removes (config.md §14).
 */
export const mergeTrees = (node: SchemaNode | undefined, base: Tree, patch: Tree): Tree => {
  const shape = node === undefined ? undefined : shapeOf(node, patch, base)
  const far = expand(shape, base)
  const near = expand(shape, patch)
  if (far.kind !== 'map' || near.kind !== 'map') return withoutNulls(near)
  const entries: Entry[] = far.entries.filter((entry) => !near.entries.some((one) => one.key === entry.key))
  const places = new Map(far.entries.map((entry) => [entry.key, entry]))
  for (const entry of near.entries) {
    if (isNull(entry.value)) continue
    const below = places.get(entry.key)
    const value =
      below === undefined || isNull(below.value)
        ? withoutNulls(entry.value)
        : mergeTrees(nodeAt(shape, entry.key), below.value, entry.value)
    entries.push({ ...entry, value })
  }
  return { ...far, entries: inOrder(entries, far) }
}

/** Keys keep the place they had in the main file; new ones follow. */
const inOrder = (entries: readonly Entry[], far: MapTree): Entry[] => {
  const order = new Map(far.entries.map((entry, index) => [entry.key, index]))
  return entries.toSorted((a, b) => (order.get(a.key) ?? far.entries.length) - (order.get(b.key) ?? far.entries.length))
}

const isNull = (tree: Tree): boolean => tree.kind === 'scalar' && tree.value === null

/** A patch that replaces keeps no nulls inside (RFC 7396 §2). */
const withoutNulls = (tree: Tree): Tree => {
  if (tree.kind !== 'map') return tree
  return {
    ...tree,
    entries: tree.entries
      .filter((entry) => !isNull(entry.value) || isHole(entry.value, tree))
      .map((entry) => ({ ...entry, value: withoutNulls(entry.value) })),
  }
}

/** `{name}` without quotes is a text that somebody forgot to quote: kept, so that it is reported. */
const isHole = (tree: Tree, map: MapTree): boolean => map.flow && tree.kind === 'scalar' && tree.missing === true

/** The alternative that both sides are read as; for policies that is what stands behind `none`. */
const shapeOf = (node: SchemaNode, patch: Tree, base: Tree): SchemaNode | undefined => {
  if (node.kind === 'nullable') return shapeOf(node.of, patch, base)
  if (node.kind !== 'union') return node
  const found = node.of.find((one) => one.kind !== 'later' && fits(one, patch) && fits(one, base))
  return found === undefined ? undefined : shapeOf(found, patch, base)
}

const nodeAt = (shape: SchemaNode | undefined, key: string): SchemaNode | undefined => {
  if (shape?.kind === 'object') return shape.keys[key]?.node
  return shape?.kind === 'map' || shape?.kind === 'keyed' ? shape.of : undefined
}

/** A plain value as the map it is short for; a list of things with `to` as the map by it. */
const expand = (shape: SchemaNode | undefined, tree: Tree): Tree => {
  if (tree.kind === 'map') return tree
  const written = { source: tree.source, start: tree.start, end: tree.end }
  if (shape?.kind === 'object') {
    if (tree.kind === 'scalar' && (tree.value === null || tree.value === 'none' || tree.value === false)) return tree
    if (tree.kind === 'scalar' && tree.value === true && shape.whenTrue === true)
      return { ...written, kind: 'map', entries: [], flow: false }
    const key =
      tree.kind === 'scalar' && typeof tree.value === 'number' ? (shape.shortNumber ?? shape.short) : shape.short
    if (key === undefined) return tree
    return {
      ...written,
      kind: 'map',
      entries: [{ key, source: tree.source, keyStart: tree.start, keyEnd: tree.end, value: tree }],
      flow: false,
    }
  }
  if (shape?.kind === 'keyed' && tree.kind === 'list') {
    const entries = tree.items.flatMap((item): Entry[] => {
      const name = item.kind === 'map' ? item.entries.find((entry) => entry.key === shape.by)?.value : undefined
      return name?.kind === 'scalar'
        ? [{ key: name.text, source: item.source, keyStart: name.start, keyEnd: name.end, value: item }]
        : []
    })
    return entries.length === tree.items.length ? { ...written, kind: 'map', entries, flow: false } : tree
  }
  return tree
}
