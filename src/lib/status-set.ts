import { parseStatusRange } from './status-range.ts'

/** Finds what is configured for a status. */
export type ByStatus<T> = (status: number) => T | undefined

/** Compiles keys like `503`, `5xx` and `500-599` to a look-up; the narrowest key wins. Throws at load for another key. */
export const compileByStatus = <T>(entries: readonly (readonly [key: string, value: T])[]): ByStatus<T> => {
  const ranges = entries
    .map(([key, value]) => ({ ...rangeOf(key), value }))
    .sort((a, b) => a.last - a.first - (b.last - b.first))
  return (status) => {
    for (let i = 0; i < ranges.length; i++) {
      const range = ranges[i] as (typeof ranges)[number]
      if (status >= range.first && status <= range.last) return range.value
    }
    return undefined
  }
}

const rangeOf = (key: string): { readonly first: number; readonly last: number } => {
  const range = parseStatusRange(key)
  if (range === undefined) throw new Error(`${JSON.stringify(key)} is no status, like 503, 5xx or 500-599`)
  return { first: range[0], last: range[1] }
}
