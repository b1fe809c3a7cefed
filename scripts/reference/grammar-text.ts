import type { KeyNode, ScalarKind, SchemaNode } from '../../src/contract/schema.ts'
import { table } from './markdown-table.ts'

const scalars: Partial<Record<ScalarKind, string>> = {
  text: 'text',
  integer: 'integer',
  number: 'number',
  boolean: '`true` or `false`',
  duration: 'duration (`500ms`, `5s`)',
  size: 'size (`64KB`)',
  share: 'share (`10%`)',
  status: 'status (`503`)',
  statusRange: 'status (`503`, `5xx`, `200-399`)',
  outcome: 'outcome (`5xx`, `connect`, `reset`, `timeout`)',
  date: 'date',
  cidr: 'address range, or a file of them',
  address: 'address',
  matcher: 'matcher (`text`, `~regex`, list, `true`, `none`)',
  pattern: 'path pattern',
  template: 'template',
  templateTree: 'template, or a tree of them',
  json: 'any value',
  url: 'URL',
  targetUrl: 'URL of a target',
  fieldName: 'field name',
  method: 'method',
  host: 'host',
  port: 'port',
}

const bounds = (node: SchemaNode): string => {
  if (!('min' in node || 'max' in node) || node.kind === 'list') return ''
  const { min, max } = node as { readonly min?: number; readonly max?: number }
  if (min !== undefined && max !== undefined) return `, ${min} to ${max}`
  return min === undefined ? `, at most ${max}` : min > 0 ? `, at least ${min}` : ''
}

/** The type of a node in words. */
export const typeText = (node: SchemaNode): string => {
  switch (node.kind) {
    case 'choice':
      return node.values.map((value) => `\`${value}\``).join(' ')
    case 'constant':
      return `\`${String(node.value)}\``
    case 'ref':
      return `name in \`${node.section}\``
    case 'list':
      return node.single ? `${typeText(node.of)}; one or a list` : `list of ${typeText(node.of)}`
    case 'map':
      return `map to ${typeText(node.of)}`
    case 'keyed':
      return `map, or list with \`${node.by}\`, of ${typeText(node.of)}`
    case 'object': {
      const short = node.short === undefined ? '' : `; short form: the value of \`${node.short}\``
      return `object${node.whenTrue === true ? '; `true` for its defaults' : ''}${short}`
    }
    case 'union':
      return node.of
        .filter((one) => one.kind !== 'later' && one.kind !== 'laterChoice')
        .map(typeText)
        .join(', or ')
    case 'nullable':
      return `${typeText(node.of)}, or \`none\``
    case 'later':
    case 'laterChoice':
      return 'later'
    case 'misplaced':
      return 'elsewhere'
    default:
      return `${scalars[node.kind] ?? node.kind}${bounds(node)}`
  }
}

const shownDefault = (value: unknown): string => {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '{}' ? '' : `\`${text}\``
}

const objectsOf = (node: SchemaNode): Extract<SchemaNode, { kind: 'object' }>[] => {
  if (node.kind === 'object') return [node]
  if (node.kind === 'union') return node.of.flatMap(objectsOf)
  if (node.kind === 'nullable' || node.kind === 'list' || node.kind === 'map' || node.kind === 'keyed')
    return objectsOf(node.of)
  return []
}

const rowsOf = (
  keys: Readonly<Record<string, KeyNode>>,
  prefix: string,
  depth: number,
  leaveOut: ReadonlySet<string>,
): string[][] => {
  // An object that holds policies holds them all; `headers` of `match` only shares its name with one.
  const holdsPolicies = leaveOut.size > 0 && [...leaveOut].every((name) => Object.hasOwn(keys, name))
  return Object.entries(keys).flatMap(([name, key]) => {
    if (
      (holdsPolicies && leaveOut.has(name)) ||
      key.later !== undefined ||
      key.node.kind === 'later' ||
      key.node.kind === 'misplaced'
    )
      return []
    const path = `${prefix}${name}`
    const own = [
      `\`${path}\``,
      typeText(key.node),
      key.required === true ? 'required' : shownDefault(key.default),
      key.says,
    ]
    const inner =
      depth > 0 ? objectsOf(key.node).flatMap((object) => rowsOf(object.keys, `${path}.`, depth - 1, leaveOut)) : []
    return [own, ...inner]
  })
}

/** The keys of an object node and of the objects in it as a table; empty when there are none. `leaveOut` are the policies. */
export const keyTable = (node: SchemaNode, depth = 3, leaveOut: ReadonlySet<string> = new Set()): string => {
  const rows = objectsOf(node).flatMap((object) => rowsOf(object.keys, '', depth, leaveOut))
  return rows.length === 0 ? '' : table(['key', 'type', 'default', ''], rows)
}

/** Keys that the grammar knows and this version refuses, with what they wait for. */
export const laterKeys = (node: SchemaNode): string[] =>
  objectsOf(node).flatMap((object) =>
    Object.entries(object.keys).flatMap(([name, key]) =>
      key.later === undefined ? [] : [`\`${name}\` (${key.later})`],
    ),
  )
