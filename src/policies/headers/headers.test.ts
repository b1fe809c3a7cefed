import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fakeExchange, linesOf, policyOf, replyOf, type FakeRequest } from '../exchange.fixture.ts'
import { headers } from './headers.ts'
import type { HeaderEdits, HeadersOptions } from './options.ts'

const sent = (request: HeaderEdits, fields: FakeRequest['headers'] = {}, more: FakeRequest = {}): string[] => {
  const exchange = fakeExchange({ ...more, headers: fields })
  assert.equal(replyOf(policyOf(headers, { request }).onRequest?.(exchange)), undefined)
  return linesOf(exchange.request.fields)
}
const answered = (
  response: NonNullable<HeadersOptions['response']>,
  fields: FakeRequest['headers'] = {},
  more: FakeRequest = {},
): string[] => {
  const exchange = fakeExchange(more, { headers: fields })
  assert.equal(replyOf(policyOf(headers, { response }).onResponse?.(exchange)), undefined)
  return linesOf(exchange.response.fields)
}

test('remove takes names in any case and endings', () => {
  assert.deepEqual(
    sent(
      { remove: ['X-Debug', 'X-Internal-*'] },
      { 'X-Debug': ['1', '2'], 'X-Internal-A': 'a', 'X-Internal': 'stays', B: 'b' },
    ),
    ['x-internal: stays', 'b: b'],
  )
})

test('rename keeps every value, exchanges names, and takes the place of what was there', () => {
  assert.deepEqual(sent({ rename: { 'X-Old': 'X-New' } }, { 'X-Old': ['1', '2'], 'X-New': '0' }), [
    'x-new: 1',
    'x-new: 2',
  ])
  assert.deepEqual(sent({ rename: { A: 'B', B: 'A' } }, { A: '1', B: '2' }).sort(), ['a: 2', 'b: 1'])
  assert.deepEqual(sent({ rename: { None: 'X' } }, { X: '1' }), ['x: 1'])
})

test('replace works on each value, with groups, and takes no $ for one', () => {
  assert.deepEqual(
    answered({ replace: { Location: { find: '^http:', with: 'https:' } } }, { Location: 'http://x/http:' }),
    ['location: https://x/http:'],
  )
  assert.deepEqual(
    sent({ replace: { X: { find: '(?<a>[a-z]+)-([0-9]+)', with: '{2}{a}$1{{}}' } } }, { X: ['ab-1 c-2', 'none'] }),
    ['x: 1ab$1{} 2c$1{}', 'x: none'],
  )
})

test('default only when absent, set always, add in addition', () => {
  assert.deepEqual(sent({ default: { A: 'd', B: 'd' } }, { A: '1' }), ['a: 1', 'b: d'])
  assert.deepEqual(sent({ set: { A: 'x' } }, { A: ['1', '2'], C: 'c' }), ['a: x', 'c: c'])
  assert.deepEqual(sent({ add: { A: ['x', 'y'] } }, { A: '1' }), ['a: 1', 'a: x', 'a: y'])
})

test('a missing value sets nothing, and what the client sent goes all the same', () => {
  assert.deepEqual(
    sent(
      {
        set: { 'X-User': '{request.headers.none}' },
        add: { B: ['{request.query.b}'] },
        default: { C: '{request.query.c}' },
      },
      { 'X-User': 'forged' },
    ),
    [],
  )
})

test('templates see the request', () => {
  assert.deepEqual(
    sent({ set: { 'X-Tenant': '{tenant}', 'X-Id': '{request.id}' } }, {}, { params: { tenant: 'acme' } }),
    ['x-tenant: acme', 'x-id: req-1'],
  )
  assert.deepEqual(answered({ set: { 'X-Served-By': '{gateway.node}', 'X-Status': '{response.status}' } }), [
    'x-served-by: node-1',
    'x-status: 200',
  ])
})

test('dedupe keeps the first value', () => {
  assert.deepEqual(answered({ dedupe: ['Vary'] }, { Vary: ['a', 'b', 'c'], X: ['1', '1'] }), [
    'vary: a',
    'x: 1',
    'x: 1',
  ])
})

test('a value with control characters refuses a request with 400, and is left out of an answer', () => {
  const options = { set: { 'X-A': '{id}' } }
  for (const id of ['a\r\nX-B: 1', 'a\nb', '\0']) {
    const exchange = fakeExchange({ params: { id }, headers: { 'X-A': 'forged' } })
    assert.equal(replyOf(policyOf(headers, { request: options }).onRequest?.(exchange))?.code, 'GW4003')
    assert.equal(policyOf(headers, { request: { add: { B: ['{id}'] } } }).onRequest?.(exchange) === undefined, false)
    assert.equal(policyOf(headers, { request: { default: { B: '{id}' } } }).onRequest?.(exchange) === undefined, false)
    assert.deepEqual(answered(options, {}, { params: { id } }), [])
  }
})

test('fields of the codec and of the gateway cannot be set in any way', () => {
  for (const name of [
    'Connection',
    'content-length',
    'Transfer-Encoding',
    'Host',
    'TE',
    'Upgrade',
    'X-Forwarded-For',
    'Via',
  ]) {
    assert.throws(() => policyOf(headers, { request: { set: { [name]: 'x' } } }), /cannot be set/)
    assert.throws(() => policyOf(headers, { response: { add: { [name]: ['x'] } } }), /cannot be set/)
    assert.throws(() => policyOf(headers, { request: { default: { [name]: 'x' } } }), /cannot be set/)
    assert.throws(() => policyOf(headers, { request: { rename: { 'X-A': name } } }), /cannot be set/)
    assert.throws(
      () => policyOf(headers, { request: { replace: { [name]: { find: 'a', with: 'b' } } } }),
      /cannot be set/,
    )
  }
})

test('values, expressions and groups that cannot be are refused at load', () => {
  assert.throws(() => policyOf(headers, { request: { set: { A: 'a\nb' } } }), /control/)
  assert.throws(() => policyOf(headers, { request: { replace: { A: { find: 'a', with: '\n' } } } }), /control/)
  assert.throws(() => policyOf(headers, { request: { replace: { A: { find: '(a)\\1', with: '' } } } }))
  assert.throws(() => policyOf(headers, { request: { replace: { A: { find: 'a', with: '{b}' } } } }), /no group/)
  assert.throws(() => policyOf(headers, { request: { set: { A: '{claims.sub}' } } }), /not known/)
})

test('a side without edits has no hook', () => {
  assert.equal('onResponse' in policyOf(headers, { request: { remove: ['a'] } }), false)
  assert.equal('onRequest' in policyOf(headers, { response: { remove: ['a'] } }), false)
})

/** The order of config.md §5.5 said once more, over plain lists. */
const model = (
  edits: Required<NonNullable<HeadersOptions['response']>>,
  start: readonly (readonly [string, string])[],
): string[] => {
  let list = start.map(([name, value]) => ({ name, value }))
  list = list.filter(({ name }) => !edits.remove?.includes(name))
  const renames = edits.rename as Record<string, string>
  const moved = Object.keys(renames).filter((from) => list.some(({ name }) => name === from))
  const targets = moved.map((from) => renames[from])
  const added = moved.flatMap((from) =>
    list.filter(({ name }) => name === from).map(({ value }) => ({ name: renames[from] as string, value })),
  )
  list = [...list.filter(({ name }) => !moved.includes(name) && !targets.includes(name)), ...added]
  for (const [name, { find, with: text }] of Object.entries(edits.replace as object) as [
    string,
    { find: string; with: string },
  ][])
    list = list.map((field) => (field.name === name ? { name, value: field.value.replaceAll(find, text) } : field))
  for (const [name, value] of Object.entries(edits.default as object) as [string, string][])
    if (!list.some((field) => field.name === name)) list.push({ name, value })
  for (const [name, value] of Object.entries(edits.set as object) as [string, string][])
    list = [...list.filter((field) => field.name !== name), { name, value }]
  for (const [name, values] of Object.entries(edits.add as object) as [string, string[]][])
    for (const value of values) list.push({ name, value })
  const seen = new Set<string>()
  list = list.filter(({ name }) => {
    if (!edits.dedupe?.includes(name)) return true
    const isFirst = !seen.has(name)
    seen.add(name)
    return isFirst
  })
  const names = [...new Set(list.map(({ name }) => name))].sort()
  return names.map(
    (name) =>
      `${name}: ${list
        .filter((field) => field.name === name)
        .map(({ value }) => value)
        .join()}`,
  )
}

test('edits run in the order remove, rename, replace, default, set, add, dedupe', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd')
  const value = fc.constantFrom('x', 'y', 'xy', 'z')
  const edits = fc.record({
    remove: fc.array(name, { maxLength: 2 }),
    rename: fc.dictionary(name, name, { maxKeys: 3 }),
    replace: fc.dictionary(name, fc.record({ find: fc.constantFrom('x', 'y'), with: value }), { maxKeys: 2 }),
    default: fc.dictionary(name, value, { maxKeys: 2 }),
    set: fc.dictionary(name, value, { maxKeys: 2 }),
    add: fc.dictionary(name, fc.array(value, { maxLength: 2 }), { maxKeys: 2 }),
    dedupe: fc.array(name, { maxLength: 2 }),
  })
  fc.assert(
    fc.property(edits, fc.array(fc.tuple(name, value), { maxLength: 8 }), (options, start) => {
      const exchange = fakeExchange()
      for (const [field, text] of start) exchange.response.fields.append(field, text)
      void policyOf(headers, { response: options }).onResponse?.(exchange)
      const { fields } = exchange.response
      const names = [...new Set(fields.names)].sort()
      assert.deepEqual(
        names.map((field) => `${field}: ${fields.getAll(field as 'a').join()}`),
        model(options, start),
      )
    }),
    { numRuns: 500 },
  )
})

test('a Location on this host that is made of the request leads to no other host', () => {
  for (const next of ['/evil.test', '\\evil.test', '\t/evil.test', '/\t/evil.test'])
    assert.deepEqual(
      answered({ set: { Location: '/{request.headers.next}' } }, {}, { headers: { next } }),
      ['location: /evil.test'],
      JSON.stringify(next),
    )
})
