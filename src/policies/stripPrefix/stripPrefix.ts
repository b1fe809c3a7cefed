import type { PolicyDefinition } from '../../contract/policy.ts'
import { builtPath } from '../../lib/built-path.ts'
import { canonicalPath, matchingPath } from '../../lib/path.ts'
import { parsePathPattern } from '../../lib/pattern.ts'
import type { StripPrefixOptions } from './options.ts'

const stripped = 1
const notThere = 2
const broken = 3

/** Segments of a fixed prefix, in the form that is matched. */
const segmentsOf = (prefix: string): readonly string[] => {
  const path = canonicalPath(prefix)
  if (typeof path !== 'string') throw new Error(`stripPrefix ${JSON.stringify(prefix)}: ${path.reason}`)
  return matchingPath(path)
    .split('/')
    .filter((segment) => segment !== '')
}

/** Literal segments of a pattern before its first parameter or `*`; an expression has none. */
const literalSegments = (text: string): readonly string[] => {
  const pattern = parsePathPattern(text)
  if (pattern.kind === 'exact') return segmentsOf(pattern.path)
  if (pattern.kind !== 'tree') return []
  const segments: string[] = []
  for (const segment of pattern.segments) {
    if (segment.kind !== 'literal') break
    if (segment.text !== '') segments.push(segment.text)
  }
  return segments
}

/** Where the path goes on behind the prefix, or -1: whole segments only, compared as in routing. */
const behind = (path: string, prefix: readonly string[]): number => {
  let at = 0
  for (let i = 0; i < prefix.length; i++) {
    const slash = path.indexOf('/', at + 1)
    const end = slash < 0 ? path.length : slash
    if (matchingPath(path.slice(at + 1, end)) !== prefix[i]) return -1
    at = end
  }
  return at
}

/** `stripPrefix` (config.md §5.5): drops leading segments; where several patterns fit, the longest literal beginning. */
export const stripPrefix: PolicyDefinition<StripPrefixOptions> = {
  name: 'stripPrefix',
  stage: 'transform',
  rank: 2,
  dry: 'pure',
  create(options, host) {
    if (options === false) return {}
    const prefixes = (options === true ? host.match.paths.map(literalSegments) : [segmentsOf(options)])
      .filter((prefix) => prefix.length > 0)
      .sort((a, b) => b.length - a.length)
    return {
      onRequest(exchange) {
        const { request } = exchange
        for (let i = 0; i < prefixes.length; i++) {
          const at = behind(request.path, prefixes[i] as readonly string[])
          if (at < 0) continue
          const path = at === request.path.length ? '/' : builtPath(request.path.slice(at))
          if (path === undefined) {
            exchange.note(broken)
            return { status: 400, code: 'GW4001', detail: 'What is left of the path behind its prefix is no path.' }
          }
          exchange.clientPath ??= request.path
          request.path = path
          exchange.note(stripped, at)
          return undefined
        }
        exchange.note(notThere)
        return undefined
      },
      explain(exchange, code, length) {
        if (code === stripped) return `dropped ${length} characters: ${exchange.request.path}`
        return code === notThere ? 'the path does not begin with the prefix' : 'refused: what is left is no path'
      },
    }
  },
}
