import type { ConditionSnapshot } from '../contract/snapshot.ts'
import { parseHostPattern } from '../lib/host-pattern.ts'
import type { HostPattern } from '../lib/host-pattern.ts'
import { parsePathPattern } from '../lib/pattern.ts'
import type { PathPattern } from '../lib/pattern.ts'
import { hostRank, pathRank } from '../lib/specificity.ts'
import type { Specificity } from '../lib/specificity.ts'

/** A route whose conflicts are looked for: patterns as written, and the listeners it is served on. */
export interface ConflictEntry {
  readonly name: string
  readonly listeners: readonly string[]
  readonly hosts: readonly string[]
  readonly paths: readonly string[]
  readonly methods: readonly string[]
  readonly conditions: readonly ConditionSnapshot[]
  readonly priority: number
}

/** One (host, path) pair of a route, with its rank. */
export interface Leaf extends Specificity {
  readonly host: HostPattern | undefined
  readonly path: PathPattern
}

/** A route taken apart. */
export interface CheckedRoute {
  readonly index: number
  readonly entry: ConflictEntry
  readonly leaves: readonly Leaf[]
  /** Undefined = any; holds HEAD wherever it holds GET. */
  readonly methods: ReadonlySet<string> | undefined
  /** No expressions and no addresses: what it takes can be decided by trying. */
  readonly finite: boolean
}

const hasRegex = (matcher: unknown): boolean =>
  Array.isArray(matcher) ? matcher.some(hasRegex) : typeof matcher === 'string' && matcher.startsWith('~')

/** Fields that mean something to the router itself, so that setting one changes more than its condition. */
const special = new Set(['host', 'cookie', 'access-control-request-method'])

/** Whether a request can be made to fulfil the conditions, or not, one by one and by trying few values. */
const areFinite = (conditions: readonly ConditionSnapshot[]): boolean => {
  const names = new Set(conditions.map(({ kind, name }) => `${kind} ${name.toLowerCase()}`))
  return (
    names.size === conditions.length &&
    conditions.every(({ kind, name, matcher }) => {
      if (kind === 'ip' || hasRegex(matcher)) return false
      if (kind === 'headers') return !special.has(name.toLowerCase())
      return kind === 'query' || !/[;\s\\]|\\"/.test(JSON.stringify(matcher))
    })
  )
}

const isFinite = (path: PathPattern): boolean =>
  path.kind === 'exact' || (path.kind === 'tree' && path.segments.every((segment) => segment.kind !== 'expression'))

/** Takes a route apart; undefined when a pattern is not valid, which `check` reports elsewhere. */
export const checkedRoute = (entry: ConflictEntry, index: number): CheckedRoute | undefined => {
  const leaves: Leaf[] = []
  const hosts = entry.hosts.length === 0 ? [undefined] : entry.hosts.map(parseHostPattern)
  for (const text of entry.paths) {
    const path = parsePathPattern(text)
    if (path.kind === 'fault') return undefined
    for (const host of hosts) {
      if (host?.kind === 'fault') return undefined
      leaves.push({
        host,
        path,
        priority: entry.priority,
        hostRank: hostRank(host),
        pathRank: pathRank(path),
        methodsStated: entry.methods.length > 0,
        conditions: entry.conditions.length,
        name: entry.name,
      })
    }
  }
  const methods = entry.methods.includes('GET') ? [...entry.methods, 'HEAD'] : entry.methods
  return {
    index,
    entry,
    leaves,
    methods: methods.length === 0 ? undefined : new Set(methods),
    finite: leaves.every((leaf) => isFinite(leaf.path)) && areFinite(entry.conditions),
  }
}
