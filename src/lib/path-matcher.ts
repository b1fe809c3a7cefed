import { linearRegex } from './linear-regex.ts'
import { matchingPath } from './path.ts'
import { parsePathPattern, type PathPattern, type SegmentPattern } from './pattern.ts'
import { decodeSegment } from './segment.ts'

/** Whether a canonical path fits; its `;parameters` do not count, as in routing. */
export type PathMatcher = (path: string) => boolean

type SegmentTest = (segment: string) => boolean

const expressionOf = (source: string): RegExp => {
  const expression = linearRegex(source)
  if (!(expression instanceof RegExp)) throw new Error(`expression ${JSON.stringify(source)}: ${expression.reason}`)
  return expression
}

const segmentTest = (pattern: SegmentPattern): SegmentTest => {
  if (pattern.kind === 'literal') return (segment) => segment === pattern.text
  if (pattern.kind === 'parameter') return (segment) => segment !== ''
  const { before, after } = pattern
  const expression = pattern.expression === undefined ? undefined : expressionOf(pattern.expression)
  return (segment) => {
    if (segment.length <= before.length + after.length || !segment.startsWith(before) || !segment.endsWith(after))
      return false
    return (
      expression === undefined ||
      expression.test(decodeSegment(segment.slice(before.length, segment.length - after.length)))
    )
  }
}

const treeMatcher = (pattern: Extract<PathPattern, { kind: 'tree' }>): PathMatcher => {
  const tests = pattern.segments.map(segmentTest)
  return (path) => {
    let from = 1
    for (let i = 0; i < tests.length; i++) {
      if (from > path.length) return false
      const slash = path.indexOf('/', from)
      const end = slash < 0 ? path.length : slash
      if (!(tests[i] as SegmentTest)(path.slice(from, end))) return false
      from = end + 1
    }
    return pattern.rest || from > path.length
  }
}

/** Compiles path patterns (config.md §4.1) to one test: any of them. For lists of a few; routes have the router's tree. Throws at load. */
export const compilePathMatcher = (patterns: readonly string[]): PathMatcher => {
  const exact = new Set<string>()
  const others: PathMatcher[] = []
  for (const text of patterns) {
    const pattern = parsePathPattern(text)
    if (pattern.kind === 'fault') throw new Error(`pattern ${JSON.stringify(text)}: ${pattern.reason}`)
    if (pattern.kind === 'exact') exact.add(pattern.path)
    else if (pattern.kind === 'tree') others.push(treeMatcher(pattern))
    else {
      const expression = expressionOf(pattern.source)
      others.push((path) => expression.test(path))
    }
  }
  return (full) => {
    const path = matchingPath(full)
    if (exact.has(path)) return true
    for (let i = 0; i < others.length; i++) if ((others[i] as PathMatcher)(path)) return true
    return false
  }
}
