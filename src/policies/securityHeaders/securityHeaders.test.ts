import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeExchange, linesOf, policyOf, type FakeRequest, type FakeResponse } from '../exchange.fixture.ts'
import type { SecurityHeadersOptions } from './options.ts'
import { securityHeaders } from './securityHeaders.ts'

const answered = (
  options: SecurityHeadersOptions,
  request: FakeRequest = {},
  response: FakeResponse = {},
): string[] => {
  const exchange = fakeExchange(request, response)
  void policyOf(securityHeaders, options).onResponse?.(exchange)
  return linesOf(exchange.response.fields)
}
const plain = ['x-frame-options: DENY', 'x-content-type-options: nosniff', 'referrer-policy: no-referrer']

test('the defaults, with HSTS over TLS only', () => {
  assert.deepEqual(answered({}), plain)
  assert.deepEqual(answered({}, { scheme: 'https' }), [
    ...plain,
    'strict-transport-security: max-age=31536000; includeSubDomains',
  ])
})

test('every option', () => {
  assert.deepEqual(
    answered(
      {
        frame: 'SAMEORIGIN',
        referrer: 'origin',
        csp: "default-src 'self'",
        permissions: 'camera=()',
        hsts: { maxAge: 1000, includeSubDomains: false, preload: true },
      },
      { scheme: 'https' },
    ),
    [
      'x-frame-options: SAMEORIGIN',
      'x-content-type-options: nosniff',
      'referrer-policy: origin',
      "content-security-policy: default-src 'self'",
      'permissions-policy: camera=()',
      'strict-transport-security: max-age=1; preload',
    ],
  )
})

test('none leaves a field out', () => {
  assert.deepEqual(answered({ frame: null, contentType: null, referrer: null, hsts: null }, { scheme: 'https' }), [])
})

test('the value of the service wins', () => {
  assert.deepEqual(
    answered(
      {},
      { scheme: 'https' },
      { headers: { 'X-Frame-Options': 'SAMEORIGIN', 'Strict-Transport-Security': 'max-age=0' } },
    ),
    [
      'x-frame-options: SAMEORIGIN',
      'strict-transport-security: max-age=0',
      'x-content-type-options: nosniff',
      'referrer-policy: no-referrer',
    ],
  )
})

test('answers of the gateway have them too', () => {
  assert.deepEqual(answered({}, {}, { source: 'gateway', status: 404, code: 'GW4041' }), plain)
})

test('a value that could break a field fails at load', () => {
  assert.throws(() => policyOf(securityHeaders, { csp: "default-src 'self';\n img-src *" }))
})
