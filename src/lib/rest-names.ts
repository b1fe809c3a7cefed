import { parsePathPattern } from './pattern.ts'

/**
 * Parameters of a route that may hold slashes, as the router captures them: the groups of its path expressions, but for
 * names that another of its patterns gives to a single segment. In a path they keep their slashes, as `*` does.
 */
export const restNames = (paths: readonly string[]): ReadonlySet<string> => {
  const rests = new Set<string>()
  const segments = new Set<string>()
  for (const text of paths) {
    const pattern = parsePathPattern(text)
    if (pattern.kind === 'regex') for (const name of pattern.names) rests.add(name)
    if (pattern.kind === 'tree') for (const name of pattern.names) segments.add(name)
  }
  for (const name of segments) rests.delete(name)
  return rests
}
