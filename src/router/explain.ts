import type { ConditionSnapshot } from '../contract/snapshot.ts'
import type { MatchInput } from '../contract/plan.ts'
import { parseHostPattern } from '../lib/host-pattern.ts'
import { parsePathPattern } from '../lib/pattern.ts'
import { compareSpecificity, firstDifference, hostRank, pathRank } from '../lib/specificity.ts'
import type { Specificity } from '../lib/specificity.ts'
import type { RouterEntry } from './entry.ts'
import { createRouter } from './router.ts'

/** What became of one route for one request. */
export interface RouteVerdict {
  /** Index into the entries. */
  readonly route: number
  readonly name: string
  readonly won: boolean
  /** The first thing about the route that was in the way, in words: `methods are GET`; undefined for the winner. */
  readonly reason: string | undefined
}

const anything = { hosts: [], paths: ['/*'], methods: [], conditions: [] }

/** Whether a route that states only these things takes the request: the router itself is asked. */
const takes = (entry: RouterEntry<unknown>, stated: Partial<RouterEntry<unknown>>, input: MatchInput): boolean =>
  createRouter([{ ...entry, ...anything, ...stated, value: true }]).match(input).value === true

const either = (list: readonly string[]): string =>
  list.length < 2 ? list.join() : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`

const matcherWords = (matcher: unknown): string => {
  if (matcher === true) return 'sent'
  if (matcher === null) return 'not sent'
  return Array.isArray(matcher) ? either(matcher.map(matcherWords)) : (matcher as string)
}

const conditionWords = ({ kind, name, matcher }: ConditionSnapshot): string => {
  if (kind === 'ip') return `address is in ${either(Array.isArray(matcher) ? matcher.map(String) : [String(matcher)])}`
  const thing = { headers: 'header', query: 'query', cookies: 'cookie' }[kind]
  return `${thing} ${name} is ${matcherWords(matcher)}`
}

const methodWords = (methods: readonly string[]): string =>
  methods.length === 1 ? `method is ${methods[0]}` : `methods are ${methods.join(', ')}`

/** What a route states that the request is not. */
const missing = (entry: RouterEntry<unknown>, input: MatchInput): string | undefined => {
  const { hosts, paths, methods, conditions } = entry
  if (hosts.length > 0 && !takes(entry, { hosts }, input)) return `host is ${either(hosts)}`
  if (!takes(entry, { paths }, input)) return `path is ${either(paths)}`
  if (methods.length > 0 && !takes(entry, { methods }, input)) return methodWords(methods)
  const failed = conditions.find((condition) => !takes(entry, { conditions: [condition] }, input))
  return failed === undefined ? undefined : conditionWords(failed)
}

interface Way extends Specificity {
  readonly host: string | undefined
  readonly path: string
}

/** The best of the route's (host, path) pairs that take the request. */
const bestWay = (entry: RouterEntry<unknown>, input: MatchInput): Way | undefined => {
  const ways: Way[] = []
  for (const host of entry.hosts.length === 0 ? [undefined] : entry.hosts) {
    for (const path of entry.paths) {
      const hostPattern = host === undefined ? undefined : parseHostPattern(host)
      const pathPattern = parsePathPattern(path)
      if (hostPattern?.kind === 'fault' || pathPattern.kind === 'fault') continue
      if (!takes(entry, { hosts: host === undefined ? [] : [host], paths: [path] }, input)) continue
      ways.push({
        host,
        path,
        priority: entry.priority,
        hostRank: hostRank(hostPattern),
        pathRank: pathRank(pathPattern),
        methodsStated: entry.methods.length > 0,
        conditions: entry.conditions.length,
        name: entry.name,
      })
    }
  }
  return ways.sort(compareSpecificity)[0]
}

/** Why the winner goes before a route that takes the request too (config.md §4.3). */
const outranked = (entry: RouterEntry<unknown>, winner: RouterEntry<unknown>, input: MatchInput): string => {
  const own = bestWay(entry, input)
  const other = bestWay(winner, input)
  if (own === undefined || other === undefined) return `${winner.name} goes first`
  // Only a preflight can lose to what ranks lower: it is first matched as the method that it asks for.
  if (compareSpecificity(other, own) > 0) return `${methodWords(entry.methods)}, and the preflight asks for another`
  switch (firstDifference(other, own)) {
    case 'priority':
      return `priority is ${own.priority}, that of ${winner.name} ${other.priority}`
    case 'host':
      return `host is ${own.host ?? 'any'}, that of ${winner.name} ${other.host}`
    case 'path':
      return `path is ${own.path}, that of ${winner.name} ${other.path}`
    case 'methods':
      return `methods are any, those of ${winner.name} ${winner.methods.join(', ')}`
    case 'conditions':
      return `conditions are ${own.conditions}, those of ${winner.name} ${other.conditions}`
    default:
      return `name comes after ${winner.name}, and nothing else decides`
  }
}

/**
 * For each route what was in its way, for somebody who asks: slow beside a match. `won` is the value that the router
 * answered with, undefined when none matched; entries are those of the router, in any order.
 */
export const explainMatch = <T>(
  entries: readonly RouterEntry<T>[],
  input: MatchInput,
  won: T | undefined,
): readonly RouteVerdict[] => {
  const winner = won === undefined ? undefined : entries.find((entry) => entry.value === won)
  return entries.map((entry, route) => {
    if (entry === winner) return { route, name: entry.name, won: true, reason: undefined }
    const reason = missing(entry, input) ?? (winner === undefined ? 'nothing matched' : outranked(entry, winner, input))
    return { route, name: entry.name, won: false, reason }
  })
}
