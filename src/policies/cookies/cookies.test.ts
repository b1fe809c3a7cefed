import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fakeExchange, policyOf, type FakeResponse } from '../exchange.fixture.ts'
import { cookies } from './cookies.ts'
import type { CookiesOptions } from './options.ts'

const answered = (options: CookiesOptions, values: readonly string[], response: FakeResponse = {}): string[] => {
  const exchange = fakeExchange({}, { ...response, headers: { 'Set-Cookie': values, X: '1' } })
  void policyOf(cookies, options).onResponse?.(exchange)
  assert.equal(exchange.response.fields.get('x'), '1')
  return exchange.response.fields.getAll('set-cookie')
}

test('attributes are forced on every cookie, in place of its own', () => {
  assert.deepEqual(
    answered({ secure: true, httpOnly: true, sameSite: 'Lax' }, [
      'a=1; Path=/; samesite=None',
      'b=2; HttpOnly; secure; Max-Age=5',
    ]),
    ['a=1; Path=/; Secure; HttpOnly; SameSite=Lax', 'b=2; Max-Age=5; Secure; HttpOnly; SameSite=Lax'],
  )
  assert.deepEqual(
    answered({ domain: 'example.com', path: '/shop' }, [
      'a=1; DOMAIN=internal; Path=/x; Expires=Wed, 09 Jun 2027 10:18:14 GMT',
    ]),
    ['a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT; Domain=example.com; Path=/shop'],
  )
})

test('none and false take an attribute away', () => {
  assert.deepEqual(
    answered({ domain: null, path: null, secure: false, httpOnly: false }, [
      'a=1; Domain=x; Path=/; Secure; HttpOnly; SameSite=Lax',
    ]),
    ['a=1; SameSite=Lax'],
  )
})

test('a __Host- cookie keeps what browsers ask of it', () => {
  assert.deepEqual(
    answered({ domain: 'example.com', path: '/x', secure: true, httpOnly: true }, ['__Host-id=1; Path=/; Secure']),
    ['__Host-id=1; Path=/; Secure; HttpOnly'],
  )
  assert.deepEqual(answered({ secure: true }, ['__Host-id=1; Path=/']), ['__Host-id=1; Path=/; Secure'])
  assert.deepEqual(answered({ secure: false }, ['__Host-id=1; Path=/; Secure']), ['__Host-id=1; Path=/; Secure'])
})

test('only cookies of a service are changed', () => {
  assert.deepEqual(answered({ secure: true }, ['a=1'], { source: 'gateway' }), ['a=1'])
})

test('name and value stay whatever they are', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '=', '"', '%', ' ', ',', 'ü', '-') })
  fc.assert(
    fc.property(text, (value) => {
      const [cookie = ''] = answered({ secure: true, path: '/p' }, [`n=${value}; Path=/; x=y`])
      assert.equal(cookie, `${`n=${value}`.trim()}; x=y; Path=/p; Secure`)
    }),
  )
})

test('an attribute that could hold another fails at load', () => {
  assert.throws(() => policyOf(cookies, { path: '/; Domain=evil.com' }))
  assert.throws(() => policyOf(cookies, { domain: 'a\r\nb' }))
})
