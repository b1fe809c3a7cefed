import type { ResolvedConfig } from './resolved-config.ts'

/** One value of a resolved configuration. */
export interface ResolvedValue {
  readonly path: string
  readonly value: unknown
  /** `gateway.yaml:12`, `built in`, or empty. */
  readonly origin: string
}

/** The nearest origin at or above a path. */
const originOf = (origins: ReadonlyMap<string, string>, path: string): string => {
  for (let at = path; at !== ''; at = at.includes('.') ? at.slice(0, at.lastIndexOf('.')) : '') {
    const found = origins.get(at)
    if (found !== undefined) return found
  }
  return ''
}

const leaves = (value: unknown, path: string): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
    : [[path, value]]

/** Every leaf at or below a path; everything for an empty one. */
export const valuesAt = ({ tree, origins }: ResolvedConfig, path: string): ResolvedValue[] => {
  let at: unknown = tree
  for (const key of path === '' ? [] : path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return []
    at = (at as Record<string, unknown>)[key]
  }
  return leaves(at, path).map(([leaf, value]) => ({ path: leaf, value, origin: originOf(origins, leaf) }))
}

/** Every path that has something, inner ones too. */
export const pathsOf = ({ tree }: ResolvedConfig): string[] => {
  const walk = (value: unknown, path: string): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => {
          const at = path === '' ? key : `${path}.${key}`
          return [at, ...walk(inner, at)]
        })
      : []
  return walk(tree, '')
}
