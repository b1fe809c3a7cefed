import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fakeExchange, policyOf, replyOf, type FakeRequest } from '../exchange.fixture.ts'
import type { QueryOptions } from './options.ts'
import { query } from './query.ts'

const sent = (options: QueryOptions, text: string, more: FakeRequest = {}): string => {
  const exchange = fakeExchange({ ...more, url: `/x?${text}` })
  assert.equal(replyOf(policyOf(query, options).onRequest?.(exchange)), undefined)
  return exchange.request.query
}

test('what no edit names stays exactly as it was written', () => {
  assert.equal(sent({ remove: ['gone'] }, 'a=1&gone=2&b=%7e+x&&c&a=%zz'), 'a=1&b=%7e+x&&c&a=%zz')
})

test('names compare decoded, and a trailing * takes any ending', () => {
  assert.equal(sent({ remove: ['utm_*', 'a b'] }, 'utm_source=x&a+b=1&a%20b=2&%75tm_x=3&k=v'), 'k=v')
})

test('rename keeps values as written, exchanges names, and takes the place of what was there', () => {
  assert.equal(sent({ rename: { old: 'new' } }, 'old=%2F&new=0&old'), 'new=%2F&new')
  assert.equal(sent({ rename: { a: 'b', b: 'a' } }, 'a=1&b=2'), 'b=1&a=2')
  assert.equal(sent({ rename: { a: 'ü b' } }, 'a=1'), '%C3%BC%20b=1')
})

test('replace works on decoded values', () => {
  assert.equal(sent({ replace: { q: { find: 'a b', with: 'c&d' } } }, 'q=xa+by&q=z&r=a+b'), 'q=xc%26dy&q=z&r=a+b')
})

test('default only when absent, set in place of all, add in addition', () => {
  assert.equal(sent({ default: { a: 'd', b: 'd' } }, 'a=1'), 'a=1&b=d')
  assert.equal(sent({ set: { a: 'x y' } }, 'a=1&k=v&a=2'), 'a=x%20y&k=v')
  assert.equal(sent({ add: { a: ['x', 'y'] } }, 'a=1'), 'a=1&a=x&a=y')
  assert.equal(sent({ set: { a: '1' } }, ''), 'a=1')
})

test('a missing value sets nothing, and one sent by the client goes', () => {
  assert.equal(sent({ set: { tenant: '{request.headers.none}' } }, 'tenant=forged&k=v'), 'k=v')
})

test('no value can add a parameter of its own', () => {
  fc.assert(
    fc.property(fc.string(), (id) => {
      const text = sent({ set: { id: '{id}' } }, 'k=v', { params: { id } })
      const parsed = [...new URLSearchParams(text)]
      assert.deepEqual(parsed, [
        ['k', 'v'],
        ['id', id.toWellFormed()],
      ])
    }),
  )
})

test('3.12 more than 1000 parameters are 400', () => {
  const exchange = fakeExchange({ url: `/x?${'a&'.repeat(1001)}` })
  const policy = policyOf(query, { remove: ['a'] })
  assert.equal(replyOf(policy.onRequest?.(exchange))?.status, 400)
  assert.equal(policy.explain?.(exchange, exchange.notes[0]?.code ?? -1, 0, 0), 'refused: more than 1000 parameters')
})

test('templates and expressions that cannot be are refused at load', () => {
  assert.throws(() => policyOf(query, { set: { a: '{' } }))
  assert.throws(() => policyOf(query, { replace: { a: { find: '(?=a)', with: '' } } }))
})
