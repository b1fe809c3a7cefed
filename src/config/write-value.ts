import { relative } from 'node:path'
import type { SchemaNode, ScalarKind } from '../contract/schema.ts'
import { formatDuration } from '../lib/duration.ts'
import { formatShare, formatSize } from '../lib/size.ts'
import { formatStatusRange, type StatusRange } from '../lib/status-range.ts'
import { fits } from './form.ts'
import type { KeyPlace } from './scope.ts'
import type { Place, Sources } from './source.ts'
import { objectTree } from './object-tree.ts'
import type { Entry, Tree } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

/** What writing values back needs: where they stood, and the folder that file names are relative to. */
export interface WriteContext {
  readonly sources: Sources
  readonly places: WeakMap<object, ReadonlyMap<string, KeyPlace>>
  readonly folder: string
}

const nowhere: Place = { source: -1, start: -1, end: -1 }

const scalarTree = (value: string | number | boolean | null, place: Place): Tree => ({
  ...place,
  kind: 'scalar',
  value,
  text: String(value),
  plain: typeof value !== 'string',
})

/** Writes a checked value as an operator would: 5000 as 5s, [500, 599] as 5xx, null as none. The inverse of `check`. */
export const writeValue = (context: WriteContext, node: SchemaNode, value: unknown, place: Place = nowhere): Tree => {
  const source = context.sources.list[place.source]
  const text = source === undefined || place.start < 0 ? '' : source.text.slice(place.start, place.end)
  // What came from the environment is shown as it was written: it may be a secret, and differs by machine.
  if (text.includes('${')) {
    const parsed = parseYaml(text, place.source, place.start).tree
    if (parsed !== undefined) return parsed
  }
  if (value === null || value === undefined) return scalarTree('none', place)
  switch (node.kind) {
    case 'nullable':
      return writeValue(context, node.of, value, place)
    case 'union':
      return writeValue(context, alternative(node.of, value), value, place)
    case 'list':
      return {
        ...place,
        kind: 'list',
        items: (Array.isArray(value) ? value : [value]).map((item) => writeValue(context, node.of, item, nowhere)),
      }
    case 'map':
    case 'keyed':
      return writeEntries(context, value as Readonly<Record<string, unknown>>, () => node.of, place)
    case 'object':
      return writeEntries(context, value as Readonly<Record<string, unknown>>, (key) => node.keys[key]?.node, place)
    default:
      return writeScalar(context, node.kind as ScalarKind, value, place)
  }
}

const writeEntries = (
  context: WriteContext,
  value: Readonly<Record<string, unknown>>,
  nodeOf: (key: string) => SchemaNode | undefined,
  place: Place,
): Tree => {
  const places = context.places.get(value)
  const entries = Object.entries(value).flatMap(([key, inner]): Entry[] => {
    const node = nodeOf(key)
    if (node === undefined || inner === undefined) return []
    const at = places?.get(key)
    return [
      {
        key,
        source: at?.key.source ?? -1,
        keyStart: at?.key.start ?? -1,
        keyEnd: at?.key.end ?? -1,
        value: writeValue(context, node, inner, at?.value ?? nowhere),
      },
    ]
  })
  return { ...place, kind: 'map', entries, flow: false }
}

/** The alternative whose form the value has. */
const alternative = (nodes: readonly SchemaNode[], value: unknown): SchemaNode => {
  const tree = objectTree(value, -1)
  const found = nodes.find(
    (node) =>
      node.kind !== 'later' &&
      node.kind !== 'laterChoice' &&
      fits(node, tree) &&
      (tree.kind !== 'list' || node.kind === 'list'),
  )
  return found ?? nodes.find((node) => node.kind !== 'later') ?? { kind: 'json' }
}

/** Gives a whole tree the place of its outermost value. */
const stamp = (tree: Tree, place: Place): Tree => {
  if (tree.kind === 'list') return { ...tree, ...place, items: tree.items.map((item) => stamp(item, place)) }
  if (tree.kind !== 'map') return { ...tree, ...place }
  return { ...tree, ...place, entries: tree.entries.map((entry) => ({ ...entry, value: stamp(entry.value, place) })) }
}

const writeScalar = (context: WriteContext, kind: ScalarKind, value: unknown, place: Place): Tree => {
  switch (kind) {
    case 'duration':
      return scalarTree(formatDuration(Number(value)), place)
    case 'size':
      return scalarTree(formatSize(Number(value)), place)
    case 'share':
      return scalarTree(formatShare(Number(value)), place)
    case 'date':
      return scalarTree(new Date(Number(value)).toISOString(), place)
    case 'statusRange':
      return scalarTree(formatStatusRange(value as StatusRange), place)
    case 'secret':
      return scalarTree('***', place)
    case 'file':
      return typeof value === 'string'
        ? scalarTree(`./${relative(context.folder, value)}`, place)
        : { ...place, kind: 'code', value, pointer: '' }
    case 'matcher':
      return Array.isArray(value)
        ? { ...place, kind: 'list', items: value.map((item) => writeScalar(context, kind, item, nowhere)) }
        : scalarTree(value === null ? 'none' : (value as string | boolean), place)
    case 'json':
    case 'templateTree': {
      return stamp(objectTree(value, place.source), place)
    }
    default:
      return scalarTree(value as string | number | boolean, place)
  }
}
