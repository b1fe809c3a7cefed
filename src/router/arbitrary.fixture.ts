import * as fc from 'fast-check'
import type { MatchInput } from '../contract/plan.ts'
import type { ConditionSnapshot } from '../contract/snapshot.ts'
import { Fields } from '../lib/fields.ts'
import type { RouterEntry } from './entry.ts'

/** Which parts of the grammar random routes use. */
export interface Grammar {
  readonly expressions: boolean
  readonly addresses: boolean
}

const literal = fc.constantFrom('a', 'b', 'c', '1', 'xa', 'a.z', '@a', '%40a')
const parameter = fc.constant('{p}')
const expression = fc.constantFrom('{p:[0-9]+}', '{p:[a-b]}', 'x{p}', '{p}.z', 'x{p:[0-9]*}', '{p:.*a}')
const regexes = ['~/a/(?<r>.*)', '~/(?<r>[a-b])/.+', '~/[0-9]+', '~.*', '~/a(/b)?', '~/(a|b)+/c', '~/.+/[0-9]']

const pathPattern = (grammar: Grammar): fc.Arbitrary<string> => {
  const segment = grammar.expressions
    ? fc.oneof(
        { weight: 4, arbitrary: literal },
        { weight: 3, arbitrary: parameter },
        { weight: 2, arbitrary: expression },
      )
    : fc.oneof({ weight: 4, arbitrary: literal }, { weight: 3, arbitrary: parameter })
  const tree = fc
    .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '', '', '/', '/*', '/*'))
    .map(([segments, end]) => {
      const text = segments.map((part, index) => `/${part.replace('{p', `{p${index}`)}`).join('') + end
      return text === '' ? '/' : text
    })
  return grammar.expressions
    ? fc.oneof({ weight: 8, arbitrary: tree }, { weight: 1, arbitrary: fc.constantFrom(...regexes) })
    : tree
}

const texts = fc.constantFrom('1', '2')
const matcher = (grammar: Grammar): fc.Arbitrary<unknown> =>
  fc.oneof(
    texts,
    fc.constant(true),
    fc.constant(null),
    fc.constant(['1', '3']),
    ...(grammar.expressions ? [fc.constantFrom('~[0-9]', '~1|x')] : []),
  )
const condition = (grammar: Grammar): fc.Arbitrary<ConditionSnapshot> => {
  const named = fc.record({
    kind: fc.constantFrom('headers' as const, 'query' as const, 'cookies' as const),
    name: fc.constantFrom('n', 'm'),
    matcher: matcher(grammar),
  })
  if (!grammar.addresses) return named
  const cidrs = fc.subarray(['10.0.0.0/8', '10.1.0.0/16', '192.0.2.7/32', '2001:db8::/32', '2000::/3'], {
    minLength: 1,
  })
  return fc.oneof(
    { weight: 3, arbitrary: named },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('ip' as const), name: fc.constant(''), matcher: cidrs }) },
  )
}

/** Two conditions of one name cannot be written in one file; they are left in where they do no harm to a proof. */
const conditions = (grammar: Grammar): fc.Arbitrary<ConditionSnapshot[]> =>
  fc.uniqueArray(condition(grammar), {
    minLength: 1,
    maxLength: 2,
    selector: ({ kind, name, matcher }) => `${kind} ${name} ${grammar.expressions ? JSON.stringify(matcher) : ''}`,
  })

const methods = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.subarray(['GET', 'POST', 'HEAD', 'OPTIONS'], { minLength: 1, maxLength: 2 }) },
)
const hosts = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 2,
    arbitrary: fc.subarray(['h.com', 'a.h.com', '*.h.com', '{t}.h.com', '*.com', 'other'], {
      minLength: 1,
      maxLength: 2,
    }),
  },
)

/** Route tables of up to eight routes, dense enough that several match most requests; value = index. */
export const arbitraryEntries = (grammar: Grammar): fc.Arbitrary<readonly RouterEntry<number>[]> =>
  fc
    .array(
      fc.record({
        hosts,
        paths: fc.array(pathPattern(grammar), { minLength: 1, maxLength: 2 }),
        methods,
        conditions: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: conditions(grammar) }),
        priority: fc.constantFrom(0, 0, 0, 0, 1, -1),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((routes) => routes.map((route, index) => ({ ...route, value: index, name: `r${index}` })))

const segmentText = fc.constantFrom('a', 'b', 'c', '1', '12', 'xa', 'x1', 'a.z', 'q', '%20', 'a;v=1', 'z%C3%A9', 'x')
const optional = (name: string): fc.Arbitrary<readonly string[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constantFrom('1', '2', '3', 'x').map((value) => [name, value]) },
  )

export const arbitraryInput: fc.Arbitrary<MatchInput> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'PUT'),
    host: fc.constantFrom('h.com', 'a.h.com', 'b.h.com', 'a.b.h.com', 'x.com', 'other', 'nowhere'),
    segments: fc.array(segmentText, { maxLength: 5 }),
    slash: fc.constantFrom('', '', '/'),
    fields: fc.tuple(
      optional('n'),
      optional('n'),
      optional('m'),
      optional('access-control-request-method').map((pair) =>
        pair.length === 0 ? pair : [pair[0] as string, pair[1] === '1' ? 'GET' : 'POST'],
      ),
    ),
    cookie: fc.tuple(optional('n'), optional('m')),
    query: fc.tuple(optional('n'), optional('n'), optional('m')),
    address: fc.constantFrom('10.0.0.1', '10.1.2.3', '192.0.2.7', '2001:db8::1', '2001:db9::1', '203.0.113.9'),
  })
  .map(({ method, host, segments, slash, fields, cookie, query, address }) => {
    const pairs = (list: readonly (readonly string[])[], joint: string): string =>
      list
        .filter((pair) => pair.length > 0)
        .map((pair) => pair.join('='))
        .join(joint)
    const cookies = pairs(cookie, '; ')
    const path = segments.map((part) => `/${part}`).join('') + slash
    return {
      method,
      host,
      path: path === '' ? '/' : path,
      query: pairs(query, '&'),
      fields: Fields.of(...fields.flat(), ...(cookies === '' ? [] : ['cookie', cookies])),
      address,
    }
  })
