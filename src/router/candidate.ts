import type { HostPattern } from '../lib/host-pattern.ts'
import type { PathPattern } from '../lib/pattern.ts'
import { compareSpecificity, hostRank, pathRank } from '../lib/specificity.ts'
import type { Specificity } from '../lib/specificity.ts'
import type { Condition } from './condition.ts'
import type { RouterEntry } from './entry.ts'

/** What the router answers. Shared, and to be left as it is, when nothing was captured. */
export interface RouterMatch<T> {
  readonly value: T | undefined
  readonly params: Readonly<Record<string, string>>
  /** Methods that would have matched, sorted, when only the method is missing. */
  readonly allow: readonly string[] | undefined
}

/** Where in a segment a parameter stands: `before` and `after` are lengths of the text around it. */
export interface Capture {
  readonly name: string
  readonly segment: number
  readonly before: number
  readonly after: number
}

/** An object without prototype that V8 still gives a shape, which `Object.create(null)` has not. */
export const Params = function Params() {} as unknown as new () => Record<string, string>
Object.defineProperty(Params, 'prototype', { value: Object.freeze(Object.create(null)), writable: false })

/** The params of every match that captured nothing. */
export const noParams: Readonly<Record<string, string>> = Object.freeze(new Params())

/** One (host, path) pair of a route. */
export class Candidate<T> implements Specificity {
  readonly value: T
  readonly name: string
  readonly priority: number
  readonly hostRank: number
  readonly pathRank: string
  readonly methodsStated: boolean
  readonly conditions: number
  /** Undefined = any. Holds HEAD wherever it holds GET. */
  readonly methods: ReadonlySet<string> | undefined
  readonly tests: readonly Condition[]
  readonly captures: readonly Capture[]
  /** Number of segments before the rest, or -1 without rest. */
  readonly restAt: number
  readonly hostName: string | undefined
  /** The whole-path expression. */
  readonly regex: RegExp | undefined
  /** Answer that needs nothing of the request; undefined when something is captured. */
  readonly answer: RouterMatch<T> | undefined

  constructor(
    entry: RouterEntry<T>,
    host: HostPattern | undefined,
    path: PathPattern,
    methods: ReadonlySet<string> | undefined,
    tests: readonly Condition[],
    regex: RegExp | undefined,
  ) {
    this.value = entry.value
    this.name = entry.name
    this.priority = entry.priority
    this.hostRank = hostRank(host)
    this.pathRank = pathRank(path)
    this.methodsStated = methods !== undefined
    this.conditions = tests.length
    this.methods = methods
    this.tests = tests
    this.captures = path.kind === 'tree' ? capturesOf(path) : []
    this.restAt = path.kind === 'tree' && path.rest ? path.segments.length : -1
    this.hostName = host?.kind === 'label' ? host.name : undefined
    this.regex = regex
    const captures = this.hostName !== undefined || (path.kind !== 'exact' && path.names.length > 0)
    this.answer = captures ? undefined : Object.freeze({ value: entry.value, params: noParams, allow: undefined })
  }
}

const capturesOf = (path: PathPattern & { kind: 'tree' }): Capture[] =>
  path.segments.flatMap((segment, index) => {
    if (segment.kind === 'literal') return []
    const around = segment.kind === 'expression'
    return [
      {
        name: segment.name,
        segment: index,
        before: around ? segment.before.length : 0,
        after: around ? segment.after.length : 0,
      },
    ]
  })

/** Puts a candidate at its place in a sorted list. */
export const insertCandidate = <T>(list: Candidate<T>[], candidate: Candidate<T>): void => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareSpecificity(list[middle] as Candidate<T>, candidate) <= 0) low = middle + 1
    else high = middle
  }
  list.splice(low, 0, candidate)
}
