import type { ConditionSnapshot } from '../contract/snapshot.ts'
import { createMatcher } from '../lib/matcher.ts'
import type { PathPattern, SegmentPattern } from '../lib/pattern.ts'
import { sampleTexts } from '../lib/regex-sample.ts'
import { parseRegex } from '../lib/regex-syntax.ts'
import type { MatcherSpec } from '../lib/schema.ts'
import { encodeSegment, decodeSegment } from '../lib/segment.ts'
import type { CheckedRoute, Leaf } from './checked-route.ts'
import { compiled } from './path-tree.ts'

/** Most pairs that are compared; what lies beyond is not warned about. */
const mostPairs = 100_000

/** Two routes that take some request with the same rank, so that only their names decide. */
export interface Tie {
  readonly winner: CheckedRoute
  readonly loser: CheckedRoute
}

const isPlainText = (matcher: unknown): matcher is string => typeof matcher === 'string' && !matcher.startsWith('~')
const nameOf = (condition: ConditionSnapshot): string =>
  `${condition.kind} ${condition.kind === 'headers' ? condition.name.toLowerCase() : condition.name}`

/** Key of what has to be equal for two paths of one rank to overlap. */
const pathKey = (path: PathPattern): string => {
  if (path.kind === 'exact') return path.path
  if (path.kind === 'regex') return `~${path.source.length}`
  const segments = path.segments.map((segment) =>
    segment.kind === 'literal' ? segment.text : segment.kind === 'parameter' ? '{}' : '{:}',
  )
  return `${segments.join('/')}${path.rest ? '/*' : ''}`
}

/** Expressions and texts that they take, each made once. */
class Expressions {
  private readonly known = new Map<string, { readonly regex: RegExp; readonly samples: readonly string[] }>()

  of(source: string): { readonly regex: RegExp; readonly samples: readonly string[] } {
    let made = this.known.get(source)
    if (made === undefined) {
      const regex = compiled(source)
      const node = parseRegex(source)
      const samples = 'kind' in node ? sampleTexts(node, 6).filter((text) => regex.test(text)) : []
      this.known.set(source, (made = { regex, samples }))
    }
    return made
  }
}

type ExpressionSegment = SegmentPattern & { kind: 'expression' }

const takesSegment = (
  { before, after, expression }: ExpressionSegment,
  text: string,
  expressions: Expressions,
): boolean => {
  if (text.length <= before.length + after.length || !text.startsWith(before) || !text.endsWith(after)) return false
  return (
    expression === undefined ||
    expressions.of(expression).regex.test(decodeSegment(text.slice(before.length, text.length - after.length)))
  )
}

/** Whether some text that `a` takes is known to be one that `b` takes. */
const samplesMeet = (a: ExpressionSegment, b: ExpressionSegment, expressions: Expressions): boolean => {
  const inner = a.expression === undefined ? [] : expressions.of(a.expression).samples
  return inner.some((text) => text !== '' && takesSegment(b, a.before + encodeSegment(text) + a.after, expressions))
}

const meetSegments = (a: SegmentPattern, b: SegmentPattern, expressions: Expressions): boolean => {
  if (a.kind !== 'expression' || b.kind !== 'expression') return true
  if (a.expression !== undefined || b.expression !== undefined)
    return samplesMeet(a, b, expressions) || samplesMeet(b, a, expressions)
  // Bare parameters meet when the texts around them do not contradict each other.
  const beginsAlike = a.before.startsWith(b.before) || b.before.startsWith(a.before)
  return beginsAlike && (a.after.endsWith(b.after) || b.after.endsWith(a.after))
}

/** Whether some path is known that both take; their keys are equal. */
const meetPaths = (a: PathPattern, b: PathPattern, expressions: Expressions): boolean => {
  if (a.kind === 'regex' && b.kind === 'regex') {
    const first = expressions.of(a.source)
    const second = expressions.of(b.source)
    return (
      a.source === b.source ||
      first.samples.some((path) => second.regex.test(path)) ||
      second.samples.some((path) => first.regex.test(path))
    )
  }
  if (a.kind !== 'tree' || b.kind !== 'tree') return true
  return a.segments.every((segment, index) => meetSegments(segment, b.segments[index] as SegmentPattern, expressions))
}

const alternatives = (matcher: unknown): readonly MatcherSpec[] =>
  Array.isArray(matcher) ? (matcher as MatcherSpec[]) : [matcher as MatcherSpec]

const meetMatchers = (a: MatcherSpec, b: MatcherSpec): boolean => {
  if (a === null || b === null) return a === b
  if (isPlainText(a)) return createMatcher(b)(a)
  if (isPlainText(b)) return createMatcher(a)(b)
  return true
}

const meetConditions = (a: readonly ConditionSnapshot[], b: readonly ConditionSnapshot[]): boolean =>
  a.every((condition) => {
    const other = b.find((candidate) => nameOf(candidate) === nameOf(condition))
    if (other === undefined || condition.kind === 'ip') return true
    return alternatives(condition.matcher).some((x) => alternatives(other.matcher).some((y) => meetMatchers(x, y)))
  })

const meetMethods = (a: CheckedRoute, b: CheckedRoute): boolean => {
  if (a.methods === undefined || b.methods === undefined) return a.methods === b.methods
  for (const method of a.methods) if (b.methods.has(method)) return true
  return false
}

interface Place {
  readonly route: CheckedRoute
  readonly leaf: Leaf
}

/** Routes that state the same plain values of the same names meet only those with equal values; others meet in their own way. */
const conditionKey = (route: CheckedRoute): string => {
  const conditions = [...route.entry.conditions].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  if (!conditions.every((condition) => isPlainText(condition.matcher))) return ''
  return conditions.map((condition) => `${nameOf(condition)}=${String(condition.matcher)}`).join('\n')
}

const groups = (routes: readonly CheckedRoute[]): Iterable<readonly Place[]> => {
  const byRank = new Map<string, Place[]>()
  for (const route of routes) {
    for (const leaf of route.leaves) {
      const host =
        leaf.host === undefined
          ? ''
          : leaf.host.kind === 'exact'
            ? leaf.host.host
            : `${leaf.host.kind} ${leaf.host.suffix}`
      const key = `${leaf.priority} ${leaf.methodsStated} ${leaf.conditions} ${leaf.pathRank} ${host} ${pathKey(leaf.path)}`
      const group = byRank.get(key)
      if (group === undefined) byRank.set(key, [{ route, leaf }])
      else group.push({ route, leaf })
    }
  }
  return byRank.values()
}

/** Places of one rank, by what their conditions name, so that equal names with other values are never compared. */
class Rivals {
  private readonly byNames = new Map<string, { readonly all: Place[]; readonly byValues: Map<string, Place[]> }>()

  add(key: string, place: Place): void {
    const names = namesOf(key)
    let group = this.byNames.get(names)
    if (group === undefined) this.byNames.set(names, (group = { all: [], byValues: new Map() }))
    group.all.push(place)
    const same = group.byValues.get(key)
    if (same === undefined) group.byValues.set(key, [place])
    else same.push(place)
  }

  /** Those that may meet a route with this key; `''` is the key of conditions that are not all plain texts. */
  *facing(key: string): Iterable<Place> {
    const names = namesOf(key)
    for (const [otherNames, { all, byValues }] of this.byNames) {
      yield* key !== '' && otherNames === names ? (byValues.get(key) ?? []) : all
    }
  }
}

const namesOf = (key: string): string => key.replace(/=.*$/gm, '')

/** Pairs of equal rank that take a common request; at most one for each loser. The routes are those of one listener. */
export const findTies = (routes: readonly CheckedRoute[]): readonly Tie[] => {
  const ties: Tie[] = []
  const lost = new Set<CheckedRoute>()
  const expressions = new Expressions()
  let pairs = 0
  for (const group of groups(routes)) {
    if (group.length < 2) continue
    const rivals = new Rivals()
    for (const loser of [...group].sort((a, b) => (a.leaf.name < b.leaf.name ? -1 : 1))) {
      const key = conditionKey(loser.route)
      for (const winner of lost.has(loser.route) ? [] : rivals.facing(key)) {
        if (winner.route === loser.route) continue
        if (++pairs > mostPairs) return ties
        if (!meet(winner, loser, expressions)) continue
        lost.add(loser.route)
        ties.push({ winner: winner.route, loser: loser.route })
        break
      }
      rivals.add(key, loser)
    }
  }
  return ties
}

const meet = (a: Place, b: Place, expressions: Expressions): boolean =>
  meetMethods(a.route, b.route) &&
  meetPaths(a.leaf.path, b.leaf.path, expressions) &&
  meetConditions(a.route.entry.conditions, b.route.entry.conditions)
