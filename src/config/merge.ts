import type { SchemaNode } from '../contract/schema.ts'
import { check } from './check.ts'
import { defaultOf } from './default-value.ts'
import type { KeyPlace } from './scope.ts'

/** Key places of objects; given only where the resolved configuration is shown, so that a load does without. */
export type PlaceTable = WeakMap<object, ReadonlyMap<string, KeyPlace>>

/** Gives a new object the places of those it was made of, nearer ones first. */
const carry = <T extends object>(places: PlaceTable | undefined, made: T, ...of: readonly object[]): T => {
  if (places === undefined) return made
  const all = new Map<string, KeyPlace>()
  for (const one of of) for (const [key, place] of places.get(one) ?? []) if (!all.has(key)) all.set(key, place)
  places.set(made, all)
  return made
}

type Values = Readonly<Record<string, unknown>>
const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Lays a nearer value over a farther one, entry by entry (config.md §3): keys of objects and names of maps replace one
 * another, lists are joined. What the nearer one removes, the farther one does not set.
 */
export const mergeEntries = (node: SchemaNode, far: unknown, near: unknown, places?: PlaceTable): unknown => {
  if (node.kind === 'nullable') return mergeEntries(node.of, far, near, places)
  if (!isValues(far) || !isValues(near)) return Array.isArray(far) && Array.isArray(near) ? joined(far, near) : near
  if (node.kind === 'map') return carry(places, mergeMaps(far, near, node.key === 'fieldName'), near, far)
  if (node.kind !== 'object') return near
  const kept = withoutRemoved(far, near, places)
  const merged = new Map(Object.entries(kept))
  for (const [key, value] of Object.entries(near)) {
    const inner = node.keys[key]
    const both = merged.has(key) && inner !== undefined
    merged.set(key, both ? mergeEntries(inner.node, merged.get(key), value, places) : value)
  }
  return carry(places, Object.fromEntries(merged), near, far)
}

const joined = (far: readonly unknown[], near: readonly unknown[]): readonly unknown[] => [
  ...far.filter((item) => !near.includes(item)),
  ...near,
]

const mergeMaps = (far: Values, near: Values, folded: boolean): Values => {
  const fold = (name: string): string => (folded ? name.toLowerCase() : name)
  const taken = new Set(Object.keys(near).map(fold))
  return Object.fromEntries([
    ...Object.entries(far).filter(([name]) => !taken.has(fold(name))),
    ...Object.entries(near),
  ])
}

/** Drops from the farther edits what the nearer ones remove by name. */
const withoutRemoved = (far: Values, near: Values, places: PlaceTable | undefined): Values => {
  const removed = near['remove']
  if (!Array.isArray(removed)) return far
  const names = new Set(removed.map((name) => String(name).toLowerCase()))
  const entries = Object.entries(far).map(([key, value]) => {
    if (!isValues(value) || !['set', 'add', 'default'].includes(key)) return [key, value] as const
    const kept = Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name.toLowerCase())))
    return [key, carry(places, kept, value)] as const
  })
  return carry(places, Object.fromEntries(entries), far)
}

/** Fills in what the grammar says for absent keys, in objects at every depth that are there. */
export const withDefaults = (node: SchemaNode, value: unknown, places?: PlaceTable): unknown => {
  if (node.kind === 'nullable') return value === null ? null : withDefaults(node.of, value, places)
  if (node.kind !== 'object' || !isValues(value)) return value
  const filled = new Map<string, unknown>()
  for (const [key, inner] of Object.entries(value)) {
    const entry = node.keys[key]
    filled.set(key, entry === undefined ? inner : withDefaults(entry.node, inner, places))
  }
  for (const [key, entry] of Object.entries(node.keys)) {
    if (entry.default !== undefined && !filled.has(key)) filled.set(key, defaultOf(entry, check))
  }
  return carry(places, Object.fromEntries(filled), value)
}
