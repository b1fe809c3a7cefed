import type { Exchange } from '../contract/exchange.ts'
import type { FieldList } from '../contract/fields.ts'
import type { Matcher } from '../contract/matcher.ts'
import { createAddressSet } from './cidr.ts'
import { canonicalPath, hasEncodedSlash } from './path.ts'
import { compilePathMatcher, type PathMatcher } from './path-matcher.ts'
import type { RequestListOptions } from './request-lists-schema.ts'
import type { MatcherSpec } from './schema.ts'

/** Which list a verdict names; its index is what is noted. */
export const listNames = ['ip', 'paths', 'methods', 'headers'] as const

/** One list that was stated: its place in `listNames`, and whether a request is in it. */
export interface RequestList {
  readonly list: number
  /** `deny` asks for any entry, `allow` for what the whole list demands: they differ for header fields only. */
  fits(exchange: Exchange): boolean
}

/** Compiles the lists that are stated, cheapest first. `every`: all header entries must fit (`allow`), else any. Throws at load. */
export const compileLists = (
  options: RequestListOptions,
  every: boolean,
  matcherOf: (spec: MatcherSpec) => Matcher,
): readonly RequestList[] => {
  const lists: RequestList[] = []
  if (options.methods !== undefined) {
    const methods = new Set(options.methods)
    lists.push({ list: 2, fits: (exchange) => methods.has(exchange.request.method) })
  }
  if (options.ip !== undefined) {
    const addresses = createAddressSet(options.ip)
    lists.push({ list: 0, fits: (exchange) => addresses.has(exchange.client.address) })
  }
  if (options.headers !== undefined) lists.push({ list: 3, fits: headerTest(options.headers, every, matcherOf) })
  if (options.paths !== undefined) {
    const matches = compilePathMatcher(options.paths)
    lists.push({ list: 1, fits: ({ request: { path } }) => matches(path) || (!every && matchesDecoded(path, matches)) })
  }
  return lists
}

/** A route may let `%2F` pass to a service that takes it for a slash: what is denied there is denied so, too. */
const matchesDecoded = (path: string, matches: PathMatcher): boolean => {
  if (!hasEncodedSlash(path)) return false
  const decoded = canonicalPath(path.replaceAll('%2F', '/'))
  return typeof decoded === 'string' && matches(decoded)
}

const headerTest = (
  headers: Readonly<Record<string, MatcherSpec>>,
  every: boolean,
  matcherOf: (spec: MatcherSpec) => Matcher,
): RequestList['fits'] => {
  const tests = Object.entries(headers).map(([name, spec]) => ({
    name: name.toLowerCase() as Lowercase<string>,
    matches: matcherOf(spec),
  }))
  return (exchange) => {
    for (let i = 0; i < tests.length; i++) {
      const test = tests[i] as (typeof tests)[number]
      const value = test.name === 'host' ? exchange.request.host : exchange.request.fields.get(test.name)
      if (test.matches(value) !== every) return !every
      if (!every && holdsOneOfMany(exchange.request.fields, test.name, test.matches)) return true
    }
    return every
  }
}

/** Whether one of several fields of that name fits: a repeated one must not hide a denied value from `deny`. */
const holdsOneOfMany = (fields: FieldList, name: Lowercase<string>, matches: Matcher): boolean => {
  const values = fields.getAll(name)
  return values.length > 1 && values.some(matches)
}
