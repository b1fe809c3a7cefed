import type { MatchInput } from '../contract/plan.ts'
import { idOf } from '../lib/field-names.ts'
import { parseHostPattern } from '../lib/host-pattern.ts'
import type { HostPattern } from '../lib/host-pattern.ts'
import { parsePathPattern } from '../lib/pattern.ts'
import { matchingPath } from '../lib/path.ts'
import { Candidate, noParams } from './candidate.ts'
import type { RouterMatch } from './candidate.ts'
import { createCondition } from './condition.ts'
import type { RouterEntry } from './entry.ts'
import { HostTable } from './host-table.ts'
import { compiled } from './path-tree.ts'
import { Search } from './search.ts'

/** Finds the route of a request (config.md §4). Synchronous, and not to be entered again from inside. */
export interface Router<T> {
  /**
   * The most specific route that takes the request; its path must be canonical and its host lower case. A value that
   * is undefined means 404, or 405 when `allow` is there.
   */
  match(input: MatchInput): RouterMatch<T>
}

/** Patterns added between two yields: a tenth of a millisecond for expressions, which are the slowest. */
const patternsPerSlice = 8

const askedMethodId = idOf('access-control-request-method')
const none: RouterMatch<never> = Object.freeze({ value: undefined, params: noParams, allow: undefined })

class TreeRouter<T> implements Router<T> {
  private readonly search: Search<T>

  constructor(levels: readonly HostTable<T>[], deepest: number) {
    this.search = new Search(levels, deepest)
  }

  match(input: MatchInput): RouterMatch<T> {
    const search = this.search
    search.begin(input, matchingPath(input.path))
    let found: Candidate<T> | undefined
    if (input.method === 'OPTIONS') {
      const asked = input.fields.getById(askedMethodId)
      if (asked !== undefined) found = search.find(asked)
    }
    found ??= search.find(input.method)
    if (found !== undefined)
      return found.answer ?? { value: found.value, params: search.params(found), allow: undefined }
    if (!search.missed) return none
    const allow = search.allowed(input.method)
    return allow.length === 0 ? none : { value: undefined, params: noParams, allow }
  }
}

const hostPattern = (text: string): HostPattern => {
  const pattern = parseHostPattern(text)
  if (pattern.kind === 'fault') throw new RangeError(`host "${text}": ${pattern.reason}`)
  return pattern
}

/** Sets of methods are few; routes with the same ones share them. */
const methodSet = (
  methods: readonly string[],
  known: Map<string, ReadonlySet<string>>,
): ReadonlySet<string> | undefined => {
  if (methods.length === 0) return undefined
  const key = methods.join(' ')
  let set = known.get(key)
  if (set === undefined) known.set(key, (set = new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)))
  return set
}

/**
 * Builds a router in slices of well under a millisecond: run the generator to its end, doing something else between two
 * steps if need be. Throws a RangeError for a pattern or condition that `check` would refuse.
 */
export function* buildRouter<T>(entries: readonly RouterEntry<T>[]): Generator<void, Router<T>, void> {
  const levels = new Map<number, HostTable<T>>()
  const methods = new Map<string, ReadonlySet<string>>()
  let deepest = 0
  let added = 0
  for (const entry of entries) {
    let level = levels.get(entry.priority)
    if (level === undefined) levels.set(entry.priority, (level = new HostTable()))
    const tests = entry.conditions.map(createCondition)
    const takes = methodSet(entry.methods, methods)
    const hosts = entry.hosts.length === 0 ? [undefined] : entry.hosts.map(hostPattern)
    for (const text of entry.paths) {
      const path = parsePathPattern(text)
      if (path.kind === 'fault') throw new RangeError(`path "${text}": ${path.reason}`)
      if (path.kind === 'tree') deepest = Math.max(deepest, path.segments.length)
      const regex = path.kind === 'regex' ? compiled(path.source) : undefined
      for (const host of hosts) {
        level.tree(host).add(path, new Candidate(entry, host, path, takes, tests, regex))
        if (++added % patternsPerSlice === 0) yield
      }
    }
  }
  const sorted = [...levels].sort((a, b) => b[0] - a[0]).map((level) => level[1])
  return new TreeRouter(sorted, deepest)
}

/** Builds a router at once; 10,000 routes take some tens of milliseconds. */
export const createRouter = <T>(entries: readonly RouterEntry<T>[]): Router<T> => {
  const steps = buildRouter(entries)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
