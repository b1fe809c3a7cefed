import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseHostPattern } from './host-pattern.ts'
import { parsePathPattern } from './pattern.ts'
import { hostRank, pathRank } from './specificity.ts'

test('each form of a path pattern is taken apart', () => {
  assert.deepEqual(parsePathPattern('/orders'), { kind: 'exact', path: '/orders' })
  assert.deepEqual(parsePathPattern('/'), { kind: 'exact', path: '/' })
  assert.deepEqual(parsePathPattern('/orders/'), { kind: 'exact', path: '/orders/' })
  assert.deepEqual(parsePathPattern('/*'), { kind: 'tree', segments: [], rest: true, names: ['*'] })
  assert.deepEqual(parsePathPattern('/orders/{id}/*'), {
    kind: 'tree',
    segments: [
      { kind: 'literal', text: 'orders' },
      { kind: 'parameter', name: 'id' },
    ],
    rest: true,
    names: ['id', '*'],
  })
  const segment = (text: string): unknown => {
    const pattern = parsePathPattern(text)
    return pattern.kind === 'tree' ? pattern.segments.at(-1) : pattern
  }
  assert.deepEqual(segment('/f/{n}.pdf'), {
    kind: 'expression',
    name: 'n',
    before: '',
    after: '.pdf',
    expression: undefined,
  })
  assert.deepEqual(segment('/o/{id}:cancel'), {
    kind: 'expression',
    name: 'id',
    before: '',
    after: ':cancel',
    expression: undefined,
  })
  assert.deepEqual(segment('/o/{id:[^/]{2,3}}'), {
    kind: 'expression',
    name: 'id',
    before: '',
    after: '',
    expression: '[^/]{2,3}',
  })
  assert.deepEqual(segment('/o/v{id:[}]+}x'), {
    kind: 'expression',
    name: 'id',
    before: 'v',
    after: 'x',
    expression: '[}]+',
  })
  assert.deepEqual(segment('/o/{id}/'), { kind: 'literal', text: '' })
  assert.deepEqual(parsePathPattern('~/v(?<major>[0-9]+)/.*'), {
    kind: 'regex',
    source: '/v(?<major>[0-9]+)/.*',
    names: ['major'],
  })
})

test('literal text of a pattern is put in the form that is matched, so that it meets paths in any spelling', () => {
  assert.deepEqual(parsePathPattern('/café/%7eu/a%3ab'), { kind: 'exact', path: '/caf%C3%A9/~u/a:b' })
  assert.deepEqual(parsePathPattern('/%41'), { kind: 'exact', path: '/A' })
  assert.deepEqual(parsePathPattern('/a b'), { kind: 'exact', path: '/a%20b' })
})

test('a wrong path pattern is refused with its reason and place', () => {
  const faults: readonly (readonly [string, RegExp, number])[] = [
    ['orders', /begins with \//, 0],
    ['', /begins with \//, 0],
    ['/a//b', /double slashes/, 3],
    ['/a/../b', /dot segments/, 3],
    ['/a/.', /dot segments/, 3],
    ['/a/*/b', /stands alone, as the last segment/, 3],
    ['/a*', /stands alone/, 2],
    ['/a/{id', /not closed/, 3],
    ['/a/id}', /no partner/, 5],
    ['/a/{x}-{y}', /one parameter/, 7],
    ['/{x}/{x}', /stands twice/, 6],
    ['/{1x}', /is named by/, 2],
    ['/{}', /is named by/, 2],
    ['/{request}', /cannot be called request/, 2],
    ['/{*}', /without braces/, 1],
    ['/{id:}', /expression is empty/, 5],
    ['/{id:(a)\\1}', /back-references/, 8],
    ['/{id:(?=a)}', /look-around/, 5],
    ['/a?b=1', /match\.query/, 2],
    ['/a;b', /dropped before matching/, 2],
    ['/a%5Cb', /backslash/, 1],
    ['/a%zz', /broken percent escape/, 1],
    ['/a%252e', /encoded twice/, 1],
    ['~/(a', /not closed/, 2],
    ['~/(?<service>a)', /cannot be called service/, 5],
  ]
  for (const [text, reason, offset] of faults) {
    const fault = parsePathPattern(text)
    assert.ok(fault.kind === 'fault', text)
    assert.match(fault.reason, reason, text)
    assert.equal(fault.offset, offset, text)
  }
})

test('each form of a host pattern is taken apart, in lower case', () => {
  assert.deepEqual(parseHostPattern('API.Example.com.'), { kind: 'exact', host: 'api.example.com' })
  assert.deepEqual(parseHostPattern('*.Example.com'), { kind: 'wildcard', suffix: 'example.com' })
  assert.deepEqual(parseHostPattern('{tenant}.example.com'), { kind: 'label', name: 'tenant', suffix: 'example.com' })
  assert.deepEqual(parseHostPattern('10.0.0.5'), { kind: 'exact', host: '10.0.0.5' })
  assert.deepEqual(parseHostPattern('[2001:DB8:0::1]'), { kind: 'exact', host: '[2001:db8::1]' })
  assert.deepEqual(parseHostPattern('münchen.example'), { kind: 'exact', host: 'xn--mnchen-3ya.example' })
})

test('a wrong host pattern is refused with its reason', () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['*', /left out/],
    ['', /at least one label/],
    ['a..b', /empty/],
    ['-a.b', /not a label/],
    ['a b', /not a label/],
    ['a.com:8080', /no port/],
    ['https://a.com', /no scheme/],
    ['::1', /stands in brackets/],
    ['[10.0.0.1]', /not an IPv6/],
    ['a.*.com', /as the first label/],
    ['a.{t}.com', /as the first label/],
    ['{a b}.com', /is named by/],
    [`${'a'.repeat(64)}.com`, /not a label/],
  ]
  for (const [text, reason] of faults) {
    const fault = parseHostPattern(text)
    assert.ok(fault.kind === 'fault', text)
    assert.match(fault.reason, reason, text)
  }
})

test('patterns are ranked as config.md §4.3 says', () => {
  const rank = (text: string): string => {
    const pattern = parsePathPattern(text)
    assert.ok(pattern.kind !== 'fault', text)
    return pathRank(pattern)
  }
  const order = [
    '/a/b',
    '~/long[a-z]+/.*',
    '~/a.*',
    '/a/b/{x}',
    '/a/{x:[0-9]+}/b',
    '/a/{x}.pdf/{y}',
    '/a/{x}/b/{y}',
    '/a/{x}/{y:1}',
    '/a/{x}/{y}',
    '/a/{x}/*',
    '/a/*',
    '/{x}/b',
    '/*',
  ]
  assert.deepEqual(
    [...order].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)),
    order,
  )
  assert.equal(rank('/a/{x:[0-9]+}'), rank('/b/{y}.pdf'))
  const hosts = ['a.b.c', '{t}.b.c', '*.b.c', '{t}.c', '*.c']
  const hostOf = (text: string): number => {
    const pattern = parseHostPattern(text)
    assert.ok(pattern.kind !== 'fault', text)
    return hostRank(pattern)
  }
  assert.deepEqual(
    [...hosts].sort((a, b) => hostOf(a) - hostOf(b)),
    hosts,
  )
  assert.ok(hostOf('*.c') < hostRank(undefined))
})
