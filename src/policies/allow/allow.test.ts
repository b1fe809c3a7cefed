import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { deny } from '../deny/deny.ts'
import { fakeExchange, policyOf, replyOf, type FakeRequest } from '../exchange.fixture.ts'
import { allow } from './allow.ts'
import type { AllowOptions } from './options.ts'

const passes = (options: AllowOptions, request: FakeRequest): boolean =>
  replyOf(policyOf(allow, options).onRequest?.(fakeExchange(request))) === undefined

test('only listed addresses pass; an IPv4 address mapped into IPv6 is the IPv4 one', () => {
  const options = { ip: ['192.0.2.0/24', '2001:db8::/32'] }
  assert.equal(passes(options, { address: '192.0.2.200' }), true)
  assert.equal(passes(options, { address: '2001:db8::1' }), true)
  assert.equal(passes(options, { address: '192.0.3.1' }), false)
  assert.equal(passes(options, { address: '::1' }), false)
})

test('paths are patterns over the canonical path, without its parameters', () => {
  const options = { paths: ['/orders/*', '/users/{id:[0-9]+}', '~/v[0-9]+/x', '/files/{name}.pdf', '/exact'] }
  for (const url of [
    '/orders',
    '/orders/',
    '/orders/1/2',
    '/users/7',
    '/v12/x',
    '/files/a.pdf',
    '/exact',
    '/orders;x=1/a',
  ])
    assert.equal(passes(options, { url }), true, url)
  for (const url of ['/ordersfoo', '/users/x', '/users/', '/users/7/a', '/v/x', '/files/.pdf', '/exact/', '/'])
    assert.equal(passes(options, { url }), false, url)
})

test('methods and fields must all fit', () => {
  assert.equal(passes({ methods: ['GET', 'HEAD'] }, { method: 'POST' }), false)
  assert.equal(passes({ methods: ['GET', 'HEAD'] }, { method: 'HEAD' }), true)
  const headers = { 'X-Key': '~k[0-9]+', 'X-Env': ['a', 'b'] }
  assert.equal(passes({ headers }, { headers: { 'x-key': 'k1', 'x-env': 'b' } }), true)
  assert.equal(passes({ headers }, { headers: { 'x-key': 'k1' } }), false)
  assert.equal(passes({ headers }, { headers: { 'x-key': 'kx', 'x-env': 'b' } }), false)
  assert.equal(passes({ headers: { 'X-Debug': null } }, {}), true)
  assert.equal(passes({ headers: { Host: 'api.example.com' } }, {}), true)
})

test('2.10 the joined value of a repeated field is what must fit, as the service reads it', () => {
  assert.equal(passes({ headers: { 'X-Role': 'user' } }, { headers: { 'X-Role': ['user', 'admin'] } }), false)
})

test('a request must be in every list that is stated', () => {
  const options = { ip: ['192.0.2.0/24'], methods: ['GET'] }
  assert.equal(passes(options, {}), true)
  assert.equal(passes(options, { method: 'POST' }), false)
  assert.equal(passes(options, { address: '10.0.0.1' }), false)
  assert.equal(passes({}, { method: 'DELETE', address: '10.0.0.1' }), true)
})

test('a refusal is 403 GW4031 and names its list only to explain', () => {
  const policy = policyOf(allow, { ip: ['10.0.0.0/8'] })
  const exchange = fakeExchange()
  const reply = replyOf(policy.onRequest?.(exchange))
  assert.equal(reply?.status, 403)
  assert.equal(reply?.code, 'GW4031')
  assert.doesNotMatch(reply?.detail ?? '', /10\.0/)
  const [note] = exchange.notes
  assert.equal(policy.explain?.(exchange, note?.code ?? -1, note?.a ?? -1, 0), 'refused: not in the list ip')
})

test('with mode log it decides, records and lets pass', () => {
  const policy = policyOf(allow, { methods: ['GET'], mode: 'log' })
  const exchange = fakeExchange({ method: 'PUT' })
  assert.equal(replyOf(policy.onRequest?.(exchange)), undefined)
  assert.equal(
    policy.explain?.(exchange, exchange.notes[0]?.code ?? -1, exchange.notes[0]?.a ?? -1, 0),
    'would be refused (mode: log): not in the list methods',
  )
})

test('lists that cannot be read fail at load', () => {
  assert.throws(() => policyOf(allow, { ip: ['300.0.0.1'] }))
  assert.throws(() => policyOf(allow, { paths: ['orders'] }))
  assert.throws(() => policyOf(allow, { headers: { a: '~(a' } }))
})

test('deny wins over allow, and what neither lists is refused by allow', () => {
  assert.equal(deny.stage, allow.stage)
  assert.ok(deny.rank < allow.rank)
  const octet = fc.integer({ min: 0, max: 255 })
  const list = fc.array(
    octet.map((n) => `10.0.${n}.0/24`),
    { minLength: 1, maxLength: 40 },
  )
  fc.assert(
    fc.property(list, list, octet, (allowed, denied, n) => {
      const exchange = fakeExchange({ address: `10.0.${n}.9` })
      const refusedByDeny = replyOf(policyOf(deny, { ip: denied }).onRequest?.(exchange)) !== undefined
      const refusedByAllow = replyOf(policyOf(allow, { ip: allowed }).onRequest?.(exchange)) !== undefined
      assert.equal(refusedByDeny, denied.includes(`10.0.${n}.0/24`))
      assert.equal(
        refusedByDeny || refusedByAllow,
        denied.includes(`10.0.${n}.0/24`) || !allowed.includes(`10.0.${n}.0/24`),
      )
    }),
  )
})
