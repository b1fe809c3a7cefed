import { relative } from 'node:path'
import type { SchemaNode, ScalarKind } from '../contract/schema.ts'
import { formatDuration } from '../lib/duration.ts'
import { formatShare, formatSize } from '../lib/size.ts'
import { masked, type Redaction } from '../lib/redaction.ts'
import { formatStatusRange, type StatusRange } from '../lib/status-range.ts'
import { fits } from './form.ts'
import { maskDefaultsIn, maskEntry, maskNamed, maskSecret, maskUrl } from './mask.ts'
import type { KeyPlace } from './scope.ts'
import type { Place, Sources } from './source.ts'
import { objectTree } from './object-tree.ts'
import type { Entry, ScalarTree, Tree } from './tree.ts'
import { parseYaml } from './yaml-tree.ts'

/** What writing values back needs: where they stood, and the folder that file names are relative to. */
export interface WriteContext {
  readonly sources: Sources
  readonly places: WeakMap<object, ReadonlyMap<string, KeyPlace>>
  readonly folder: string
  /** Names whose values are not shown. */
  readonly redaction: Redaction
}

const nowhere: Place = { source: -1, start: -1, end: -1 }

const scalarTree = (value: string | number | boolean | null, place: Place): ScalarTree => ({
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
  const written = text.includes('${') ? parseYaml(text, place.source, place.start).tree : undefined
  return written === undefined
    ? writeChecked(context, node, value, place, undefined)
    : writeFilled(context, node, value, maskDefaultsIn(written, context.redaction))
}

const placeOf = ({ source, start, end }: Tree): Place => ({ source, start, end })

/** Writes a value in whose text a `${` stands: as written, but for those parts that say nothing of the environment. */
const writeFilled = (context: WriteContext, node: SchemaNode, value: unknown, written: Tree): Tree => {
  const place = placeOf(written)
  switch (node.kind) {
    case 'nullable':
      return value === null ? written : writeFilled(context, node.of, value, written)
    case 'union':
      return value === null || written.kind === 'scalar'
        ? written
        : writeFilled(context, alternative(node.of, value), value, written)
    case 'list':
      if (written.kind !== 'list' || !Array.isArray(value)) return written
      // A file of addresses in it became many items.
      if (written.items.length !== value.length) return written
      return {
        ...written,
        items: written.items.map((item, index) => writeValue(context, node.of, value[index], placeOf(item))),
      }
    case 'map':
    case 'keyed':
    case 'object':
      return written.kind === 'map' ? writeChecked(context, node, value, place, written) : written
    case 'json':
    case 'templateTree':
      return maskNamed(written, context.redaction)
    case 'secret':
      return maskSecret(written)
    default:
      return written
  }
}

const writeChecked = (
  context: WriteContext,
  node: SchemaNode,
  value: unknown,
  place: Place,
  written: Tree | undefined,
): Tree => {
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
      return writeEntries(context, value as Values, { nodeOf: () => node.of, free: true }, place, written)
    case 'object':
      return writeEntries(
        context,
        value as Values,
        { nodeOf: (key) => node.keys[key]?.node, free: false },
        place,
        written,
      )
    default:
      return writeScalar(context, node.kind as ScalarKind, value, place)
  }
}

type Values = Readonly<Record<string, unknown>>

interface KeyRule {
  readonly nodeOf: (key: string) => SchemaNode | undefined
  /** Keys are the operator's own: some of them tell that the value is a secret. */
  readonly free: boolean
}

const writeEntries = (
  context: WriteContext,
  value: Values,
  { nodeOf, free }: KeyRule,
  place: Place,
  written: Tree | undefined,
): Tree => {
  const places = context.places.get(value)
  const entries = Object.entries(value).flatMap(([key, inner]): Entry[] => {
    const node = nodeOf(key)
    if (node === undefined || inner === undefined) return []
    const at = places?.get(key)
    const below =
      at === undefined && written?.kind === 'map' ? written.entries.find((one) => one.key === key) : undefined
    const tree = writeValue(context, node, inner, at?.value ?? (below === undefined ? nowhere : placeOf(below.value)))
    return [
      {
        key,
        source: at?.key.source ?? below?.source ?? -1,
        keyStart: at?.key.start ?? below?.keyStart ?? -1,
        keyEnd: at?.key.end ?? below?.keyEnd ?? -1,
        value: free && context.redaction(key) ? maskEntry(tree) : tree,
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

/** A text whose own place is not known may still hold what came from the environment. */
const shown = (context: WriteContext, text: string, place: Place): Tree =>
  maskUrl(scalarTree(place.start < 0 ? context.sources.shield(text, 8) : text, place))

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
      return { ...scalarTree(masked, place), hidden: 'value' }
    case 'file':
      return typeof value === 'string'
        ? scalarTree(`./${relative(context.folder, value)}`, place)
        : { ...place, kind: 'code', value, pointer: '' }
    case 'matcher':
      return Array.isArray(value)
        ? { ...place, kind: 'list', items: value.map((item) => writeScalar(context, kind, item, nowhere)) }
        : scalarTree(value === null ? 'none' : (value as string | boolean), place)
    case 'json':
    case 'templateTree':
      return maskNamed(stamp(objectTree(value, place.source), place), context.redaction)
    default:
      return typeof value === 'string' ? shown(context, value, place) : scalarTree(value as number | boolean, place)
  }
}
