import type { ConditionSnapshot } from '../contract/snapshot.ts'
import { parseCidr } from '../lib/cidr.ts'
import type { HostPattern } from '../lib/host-pattern.ts'
import { createMatcher } from '../lib/matcher.ts'
import type { PathPattern, SegmentPattern } from '../lib/pattern.ts'
import type { MatcherSpec } from '../lib/schema.ts'
import { decodeSegment } from '../lib/segment.ts'
import { compareSpecificity } from '../lib/specificity.ts'
import type { CheckedRoute, Leaf } from './checked-route.ts'
import { compiled } from './path-tree.ts'

/** Whether every host that `b` takes is one that `a` takes. */
const coversHost = (a: HostPattern | undefined, b: HostPattern | undefined): boolean => {
  if (a === undefined || b === undefined) return a === undefined
  if (a.kind === 'exact') return b.kind === 'exact' && a.host === b.host
  if (a.kind === 'label') {
    if (b.kind === 'label') return a.suffix === b.suffix
    return b.kind === 'exact' && b.host.indexOf('.') > 0 && b.host.slice(b.host.indexOf('.') + 1) === a.suffix
  }
  if (b.kind === 'exact') return b.host.endsWith(`.${a.suffix}`)
  return b.suffix === a.suffix || b.suffix.endsWith(`.${a.suffix}`)
}

const coversSegment = (a: SegmentPattern, b: SegmentPattern): boolean => {
  if (a.kind === 'literal') return b.kind === 'literal' && a.text === b.text
  if (a.kind === 'parameter') return b.kind !== 'literal' || b.text !== ''
  if (b.kind === 'expression')
    return a.before === b.before && a.after === b.after && (a.expression === undefined || a.expression === b.expression)
  if (b.kind === 'parameter' || b.text.length <= a.before.length + a.after.length) return false
  if (!b.text.startsWith(a.before) || !b.text.endsWith(a.after)) return false
  return (
    a.expression === undefined ||
    compiled(a.expression).test(decodeSegment(b.text.slice(a.before.length, b.text.length - a.after.length)))
  )
}

const asTree = (
  path: PathPattern,
): { readonly segments: readonly SegmentPattern[]; readonly rest: boolean } | undefined => {
  if (path.kind === 'tree') return path
  if (path.kind === 'regex') return undefined
  return {
    segments: path.path
      .slice(1)
      .split('/')
      .map((text) => ({ kind: 'literal', text })),
    rest: false,
  }
}

/** An expression without the names of its groups, which change nothing of what it takes. */
export const withoutNames = (source: string): string => source.replaceAll(/\(\?<[^>]*>/g, '(?:')

/** Whether every path that `b` takes is one that `a` takes, as far as it can be told for certain. */
const coversPath = (a: PathPattern, b: PathPattern): boolean => {
  if (a.kind === 'regex') {
    if (
      a.source === '.*' ||
      a.source === '/.*' ||
      (b.kind === 'regex' && withoutNames(a.source) === withoutNames(b.source))
    )
      return true
    return b.kind === 'exact' && compiled(a.source).test(b.path)
  }
  const wide = asTree(a)
  const narrow = asTree(b)
  if (wide === undefined) return false
  if (narrow === undefined) return wide.rest && wide.segments.length === 0
  if (
    wide.rest
      ? wide.segments.length > narrow.segments.length
      : narrow.rest || wide.segments.length !== narrow.segments.length
  )
    return false
  return wide.segments.every((segment, index) => coversSegment(segment, narrow.segments[index] as SegmentPattern))
}

const alternatives = (matcher: MatcherSpec): readonly (string | true | null)[] =>
  typeof matcher === 'string' || matcher === true || matcher === null ? [matcher] : matcher

/** Whether whatever one alternative of a matcher takes is taken by the other matcher. */
const impliesMatcher = (from: string | true | null, to: MatcherSpec): boolean => {
  if (alternatives(to).includes(from)) return true
  if (from === null) return false
  if (alternatives(to).includes(true)) return true
  return typeof from === 'string' && !from.startsWith('~') && createMatcher(to)(from)
}

const within = (inner: string, outer: string): boolean => {
  const a = parseCidr(inner)
  const b = parseCidr(outer)
  if (a === undefined || b === undefined || a.version !== b.version) return false
  const below = (x: Uint32Array, y: Uint32Array): boolean => {
    const word = x.findIndex((value, at) => value !== y[at])
    return word < 0 || (x[word] as number) < (y[word] as number)
  }
  return below(b.first, a.first) && below(a.last, b.last)
}

/** Whether the condition `to` holds wherever `from` does. */
const impliesCondition = (from: ConditionSnapshot, to: ConditionSnapshot): boolean => {
  const sameName = to.kind === 'headers' ? from.name.toLowerCase() === to.name.toLowerCase() : from.name === to.name
  if (from.kind !== to.kind || !sameName) return false
  if (from.kind === 'ip') {
    const list = (value: unknown): readonly string[] =>
      typeof value === 'string' ? [value] : (value as readonly string[])
    return list(from.matcher).every((inner) => list(to.matcher).some((outer) => within(inner, outer)))
  }
  return alternatives(from.matcher as MatcherSpec).every((item) => impliesMatcher(item, to.matcher as MatcherSpec))
}

const coversLeaf = (a: CheckedRoute, b: CheckedRoute, leaf: Leaf): boolean =>
  a.entry.conditions.every((condition) => b.entry.conditions.some((own) => impliesCondition(own, condition))) &&
  a.leaves.some(
    (other) =>
      compareSpecificity(other, leaf) < 0 && coversHost(other.host, leaf.host) && coversPath(other.path, leaf.path),
  )

/** Whether the routes together take, with a higher rank, all that `route` takes; false also when that cannot be told. */
export const areCovering = (others: Iterable<CheckedRoute>, route: CheckedRoute): boolean => {
  const list = [...others]
  return route.leaves.every((leaf) => {
    const covering = list.filter((other) => coversLeaf(other, route, leaf))
    if (route.methods === undefined) return covering.some((other) => other.methods === undefined)
    return [...route.methods].every((method) =>
      covering.some((other) => other.methods === undefined || other.methods.has(method)),
    )
  })
}
