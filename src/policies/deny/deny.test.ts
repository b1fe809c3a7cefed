import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeExchange, policyOf, replyOf, type FakeRequest } from '../exchange.fixture.ts'
import { deny } from './deny.ts'
import type { DenyOptions } from './options.ts'

const refuses = (options: DenyOptions, request: FakeRequest): boolean =>
  replyOf(policyOf(deny, options).onRequest?.(fakeExchange(request)))?.status === 403

test('any entry of any list refuses', () => {
  const options = {
    ip: ['203.0.113.0/24'],
    paths: ['/wp-admin/*', '/.git/*'],
    methods: ['TRACE'],
    headers: { 'User-Agent': '~.*(sqlmap|nikto).*', 'X-Bad': true as const },
  }
  assert.equal(refuses(options, {}), false)
  assert.equal(refuses(options, { address: '203.0.113.9' }), true)
  assert.equal(refuses(options, { url: '/wp-admin/x' }), true)
  assert.equal(refuses(options, { url: '/.git/config' }), true)
  assert.equal(refuses(options, { method: 'TRACE' }), true)
  assert.equal(refuses(options, { headers: { 'User-Agent': 'x sqlmap/1' } }), true)
  assert.equal(refuses(options, { headers: { 'X-Bad': '' } }), true)
})

test('3.5 parameters of segments do not hide a denied path', () => {
  assert.equal(refuses({ paths: ['/admin/*'] }, { url: '/admin;x=1/users' }), true)
})

test('3.5 an encoded slash, where a route lets it pass, does not hide a denied path', () => {
  for (const url of ['/d/secret%2Fx', '/d%2Fsecret/x', '/d%2F%2Fsecret%2Fx', '/d/secret%2F'])
    assert.equal(refuses({ paths: ['/d/secret/*'] }, { url }), true, url)
  assert.equal(refuses({ paths: ['/d/secret/*'] }, { url: '/d/secretx%2Fy' }), false)
})

test('2.10 repeating a field does not hide a denied value', () => {
  const options = { headers: { 'X-Tool': 'scanner' } }
  assert.equal(refuses(options, { headers: { 'X-Tool': ['fine', 'scanner'] } }), true)
  assert.equal(refuses(options, { headers: { 'X-Tool': ['scanner', 'fine'] } }), true)
  assert.equal(refuses(options, { headers: { 'X-Tool': 'fine' } }), false)
})

test('an absent field fits only a list that asks for absence', () => {
  assert.equal(refuses({ headers: { 'User-Agent': null } }, {}), true)
  assert.equal(refuses({ headers: { 'User-Agent': null } }, { headers: { 'User-Agent': 'x' } }), false)
  assert.equal(refuses({ headers: { 'User-Agent': '~.*' } }, {}), false)
})

test('with mode log it decides, records and lets pass', () => {
  const policy = policyOf(deny, { methods: ['PUT'], mode: 'log' })
  const exchange = fakeExchange({ method: 'PUT' })
  assert.equal(replyOf(policy.onRequest?.(exchange)), undefined)
  assert.equal(
    policy.explain?.(exchange, exchange.notes[0]?.code ?? -1, exchange.notes[0]?.a ?? -1, 0),
    'would be refused (mode: log): on the list methods',
  )
})

test('its refusal is GW4031 and says nothing about the list', () => {
  const reply = replyOf(policyOf(deny, { ip: ['192.0.2.7'] }).onRequest?.(fakeExchange()))
  assert.deepEqual({ ...reply, detail: '' }, { status: 403, code: 'GW4031', detail: '' })
  assert.doesNotMatch(reply?.detail ?? '', /192/)
})

test('lists that cannot be read fail at load', () => {
  assert.throws(() => policyOf(deny, { ip: ['x'] }))
  assert.throws(() => policyOf(deny, { paths: ['/a*'] }))
})
