import type { SchemaNode } from '../../contract/schema.ts'

const durationUnits: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
]
const sizeUnits: readonly (readonly [number, string])[] = [
  [1024 ** 3, 'GB'],
  [1024 ** 2, 'MB'],
  [1024, 'KB'],
]

const inUnits = (value: number, units: readonly (readonly [number, string])[], rest: string): string => {
  const unit = value === 0 ? undefined : units.find(([size]) => value % size === 0)
  return unit === undefined ? `${value}${rest}` : `${value / unit[0]}${unit[1]}`
}

/** ms as the file writes them: `5s`, `1500ms`. */
export const writtenDuration = (ms: number): string => inUnits(ms, durationUnits, 'ms')
/** Bytes as the file writes them: `10MB`, `100B`. */
export const writtenSize = (bytes: number): string => inUnits(bytes, sizeUnits, 'B')
/** A share as the file writes it: `10%`. */
export const writtenShare = (share: number): string => `${Number((share * 100).toFixed(6))}%`

const writtenRange = (value: unknown): unknown => {
  const [from, to] = value as readonly [number, number]
  if (from === to) return from
  return from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : `${from}-${to}`
}

/** Whether a checked value can have come from a node; decides between the alternatives of a union. */
const accepts = (node: SchemaNode, value: unknown): boolean => {
  switch (node.kind) {
    case 'nullable':
      return value === null || accepts(node.of, value)
    case 'list':
      return Array.isArray(value)
    case 'statusRange':
      return Array.isArray(value) && value.length === 2
    case 'map':
    case 'object':
    case 'keyed':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'union':
      return node.of.some((one) => accepts(one, value))
    case 'choice':
      return typeof value === 'string' && node.values.includes(value)
    case 'constant':
      return value === node.value
    case 'later':
    case 'laterChoice':
    case 'misplaced':
      return false
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
    case 'number':
    case 'port':
    case 'status':
    case 'duration':
    case 'size':
    case 'share':
    case 'date':
      return typeof value === 'number'
    case 'json':
    case 'templateTree':
    case 'matcher':
      return true
    default:
      return typeof value === 'string'
  }
}

const mapped = (value: object, write: (key: string, inner: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, write(key, inner)]])),
  )

/** A checked value as the file would write it: durations and sizes with units, `none`, secrets masked. */
export const writtenValue = (node: SchemaNode, value: unknown): unknown => {
  if (value === null) return 'none'
  switch (node.kind) {
    case 'nullable':
      return writtenValue(node.of, value)
    case 'union': {
      const fitting = node.of.find((one) => accepts(one, value))
      return fitting === undefined ? value : writtenValue(fitting, value)
    }
    case 'list':
      return Array.isArray(value) ? value.map((item) => writtenValue(node.of, item)) : value
    case 'map':
    case 'keyed':
      return typeof value === 'object' ? mapped(value, (_, inner) => writtenValue(node.of, inner)) : value
    case 'object':
      if (typeof value !== 'object') return value
      return mapped(value, (key, inner) => {
        const known = node.keys[key]
        return known === undefined ? inner : writtenValue(known.node, inner)
      })
    case 'duration':
      return typeof value === 'number' ? writtenDuration(value) : value
    case 'size':
      return typeof value === 'number' ? writtenSize(value) : value
    case 'share':
      return typeof value === 'number' ? writtenShare(value) : value
    case 'date':
      return typeof value === 'number' ? new Date(value).toISOString() : value
    case 'statusRange':
      return writtenRange(value)
    case 'secret':
      return '***'
    default:
      return value
  }
}
