import type { ConditionSnapshot } from '../contract/snapshot.ts'
import type { MatchInput } from '../contract/plan.ts'
import { parseCidr } from '../lib/cidr.ts'
import { Fields } from '../lib/fields.ts'
import type { HostPattern } from '../lib/host-pattern.ts'
import { canonicalPath, matchingPath } from '../lib/path.ts'
import type { PathPattern, SegmentPattern } from '../lib/pattern.ts'
import { encodeQuery } from '../lib/query.ts'
import { sampleTexts } from '../lib/regex-sample.ts'
import { parseRegex } from '../lib/regex-syntax.ts'
import { encodeSegment } from '../lib/segment.ts'
import { compiled } from './path-tree.ts'

/**
 * Requests that a pattern takes and that few others take. For patterns without expressions those with the first shape
 * are complete: if a route wins any request at all, it wins one of these, because a fresh segment is taken only by
 * what takes every segment.
 */
export interface Fresh {
  /** A text that stands nowhere in the configuration; a segment, label, method and value. */
  readonly word: string
  /** Segments of the deepest pattern. */
  readonly deepest: number
}

/** A text that none of the others holds. */
export const freshWord = (texts: Iterable<string>): string => {
  const all = [...texts].join('\n').toLowerCase()
  let word = 'zq'
  while (all.includes(word)) word += 'zq'
  return word
}

/** Other things that a segment may look like, to get past expressions. */
const shapes = ['90', '~Q(!)', '%EC%A4%91%20', 'a.b']
/** Number of shapes that paths are made in; the first is the fresh word. */
export const shapeCount: number = shapes.length + 1

const samplesOf = (source: string, count: number): readonly string[] => {
  const node = parseRegex(source)
  return 'kind' in node ? sampleTexts(node, count) : []
}

const segmentTexts = (segment: SegmentPattern, free: string): readonly string[] => {
  if (segment.kind === 'literal') return [segment.text]
  if (segment.kind === 'parameter') return [free]
  const { before, after, expression } = segment
  if (expression === undefined) return [before + free + after]
  const regex = compiled(expression)
  return samplesOf(expression, 6)
    .filter((text) => text !== '' && regex.test(text))
    .map((text) => before + encodeSegment(text) + after)
}

/** All ways to choose one of each list, as joined paths; at most `most`. */
const joined = (lists: readonly (readonly string[])[], most: number): readonly string[] =>
  lists.reduce<readonly string[]>(
    (paths, list) => paths.flatMap((path) => list.map((text) => `${path}/${text}`)).slice(0, most),
    [''],
  )

/** Paths that the pattern takes, in one of the shapes; canonical. */
export const pathWitnesses = (pattern: PathPattern, fresh: Fresh, shape: number): readonly string[] => {
  if (pattern.kind === 'exact') return [pattern.path]
  if (pattern.kind === 'regex') {
    const regex = compiled(pattern.source)
    return samplesOf(pattern.source, 12).filter(
      (path) => canonicalPath(path) === path && matchingPath(path) === path && regex.test(path),
    )
  }
  const free = shape === 0 ? fresh.word : (shapes[shape - 1] as string)
  const bases = joined(
    pattern.segments.map((segment) => segmentTexts(segment, free)),
    16,
  )
  if (!pattern.rest) return bases
  const ends: string[] = []
  for (let more = fresh.deepest + 1; more > 0; more--) ends.push(`/${free}`.repeat(more), `${`/${free}`.repeat(more)}/`)
  ends.push('', '/')
  return bases.flatMap((base) => ends.map((end) => base + end || '/'))
}

/** Hosts that the pattern takes. */
export const hostWitnesses = (pattern: HostPattern | undefined, fresh: Fresh): readonly string[] => {
  const label = fresh.word
  if (pattern === undefined) return [`${label}.${label}`]
  if (pattern.kind === 'exact') return [pattern.host]
  return pattern.kind === 'label'
    ? [`${label}.${pattern.suffix}`]
    : [`${label}.${label}.${pattern.suffix}`, `${label}.${pattern.suffix}`]
}

/** A header, query parameter, cookie or the address with the value it has in a request; undefined is absent. */
export interface Fact {
  readonly kind: ConditionSnapshot['kind']
  readonly name: string
  readonly value: string | undefined
}

const addressText = (words: Uint32Array, version: 4 | 6): string => {
  if (version === 4) return [24, 16, 8, 0].map((bits) => ((words[3] as number) >>> bits) & 255).join('.')
  return [...words]
    .flatMap((word) => [word >>> 16, word & 0xffff])
    .map((group) => group.toString(16))
    .join(':')
}

const valuesOf = (condition: ConditionSnapshot, fresh: Fresh): readonly (string | undefined)[] => {
  const list = Array.isArray(condition.matcher) ? (condition.matcher as readonly unknown[]) : [condition.matcher]
  if (condition.kind === 'ip') {
    return list.flatMap((cidr) => {
      const range = parseCidr(String(cidr))
      return range === undefined
        ? []
        : [addressText(range.last, range.version), addressText(range.first, range.version)]
    })
  }
  return (list as readonly (string | true | null)[]).flatMap((item) => {
    if (item === null) return [undefined]
    if (item === true) return [fresh.word]
    return item.startsWith('~')
      ? samplesOf(item.slice(1), 4).filter((text) => compiled(item.slice(1)).test(text))
      : [item]
  })
}

/** Ways to fulfil all conditions; at most 64. */
export const factWitnesses = (conditions: readonly ConditionSnapshot[], fresh: Fresh): readonly (readonly Fact[])[] =>
  conditions.reduce<readonly (readonly Fact[])[]>(
    (ways, condition) =>
      ways
        .flatMap((way) =>
          valuesOf(condition, fresh).map((value) => [...way, { kind: condition.kind, name: condition.name, value }]),
        )
        .slice(0, 64),
    [[]],
  )

/** The request that has these facts. */
export const requestOf = (method: string, host: string, path: string, facts: readonly Fact[]): MatchInput => {
  const fields = new Fields()
  const cookies: string[] = []
  const query: string[] = []
  let address = '203.0.113.77'
  let stated = host
  for (const { kind, name, value } of facts) {
    if (value === undefined) continue
    if (kind === 'ip') address = value
    else if (kind === 'query') query.push(`${encodeQuery(name)}=${encodeQuery(value)}`)
    else if (kind === 'cookies') cookies.push(`${name}=${value}`)
    else if (name.toLowerCase() === 'host') stated = value
    else fields.append(name.toLowerCase() as Lowercase<string>, value)
  }
  if (cookies.length > 0) fields.append('cookie', cookies.join('; '))
  return { method, host: stated, path, query: query.join('&'), fields, address }
}
