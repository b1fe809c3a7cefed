import type { PolicyDefinition } from '../../contract/policy.ts'
import { builtPath } from '../../lib/built-path.ts'
import { canonicalPath } from '../../lib/path.ts'
import { parsePathPattern } from '../../lib/pattern.ts'
import type { StripPrefixOptions } from './options.ts'

const stripped = 1
const notThere = 2
const broken = 3

/** Segments of a fixed prefix, canonical. */
const segmentsOf = (prefix: string): readonly string[] => {
  const path = canonicalPath(prefix)
  if (typeof path !== 'string') throw new Error(`stripPrefix ${JSON.stringify(prefix)}: ${path.reason}`)
  return path.split('/').filter((segment) => segment !== '')
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

/** Where the path goes on behind the prefix, or -1: whole segments only, their `;parameters` do not count. */
const behind = (path: string, prefix: readonly string[]): number => {
  let at = 0
  for (let i = 0; i < prefix.length; i++) {
    const segment = prefix[i] as string
    if (!path.startsWith(segment, at + 1)) return -1
    const end = at + 1 + segment.length
    const next = path.charCodeAt(end)
    if (end === path.length || next === 0x2f) at = end
    else if (next === 0x3b) {
      const slash = path.indexOf('/', end)
      at = slash < 0 ? path.length : slash
    } else return -1
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
