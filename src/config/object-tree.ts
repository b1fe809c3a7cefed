import type { Entry, Tree } from './tree.ts'

/** A position for a config path, where the source shows it. */
export type Locate = (
  pointer: string,
) => { readonly keyStart: number; readonly keyEnd: number; readonly start: number; readonly end: number } | undefined

const nowhere = { keyStart: -1, keyEnd: -1, start: -1, end: -1 }
const deepest = 100

/** A tree of an object made by code. Functions and objects that hold them become code; own enumerable keys only. */
export const objectTree = (value: unknown, source: number, locate: Locate = () => undefined): Tree =>
  build(value, source, '', locate, 0)

const build = (value: unknown, source: number, pointer: string, locate: Locate, depth: number): Tree => {
  const { start, end } = locate(pointer) ?? nowhere
  if (value === null || value === undefined)
    return { kind: 'scalar', source, start, end, value: null, text: '', plain: true }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', source, start, end, value, text: String(value), plain: typeof value !== 'string' }
  }
  if (depth > deepest || !isPlain(value)) return { kind: 'code', source, start, end, value, pointer }
  if (Array.isArray(value)) {
    return {
      kind: 'list',
      source,
      start,
      end,
      items: value.map((item: unknown, index) => build(item, source, `${pointer}/${index}`, locate, depth + 1)),
    }
  }
  const entries: Entry[] = []
  for (const [key, inner] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (inner === undefined) continue
    const below = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const place = locate(below) ?? nowhere
    entries.push({
      key,
      source,
      keyStart: place.keyStart,
      keyEnd: place.keyEnd,
      value: build(inner, source, below, locate, depth + 1),
    })
  }
  return { kind: 'map', source, start, end, entries, flow: false }
}

/** Lists and objects of data; what has a function `create` is a policy, and so code; functions themselves are found as leaves. */
const isPlain = (value: unknown): boolean => {
  if (Array.isArray(value)) return true
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // Any realm's Object.prototype: test runners give objects of their own.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false
  return !('create' in value && typeof value.create === 'function')
}
