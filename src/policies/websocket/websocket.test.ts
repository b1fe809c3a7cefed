import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeExchange, fakeHost, policyOf, replyOf, type FakeRequest } from '../exchange.fixture.ts'
import type { WebsocketOptions } from './options.ts'
import { websocket } from './websocket.ts'

const settings = (options: WebsocketOptions): unknown => websocket.settings?.(options, fakeHost()).websocket
const status = (options: WebsocketOptions, headers: FakeRequest['headers']): number | undefined =>
  replyOf(policyOf(websocket, options).onRequest?.(fakeExchange({ headers: headers ?? {} })))?.status
const handshake = { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' }

test('limits have defaults; none is no limit', () => {
  assert.deepEqual(settings({}), { idle: 300_000, ping: 30_000, maxAge: 86_400_000 })
  assert.deepEqual(settings({ idle: 1000, ping: null, maxAge: null }), { idle: 1000, ping: 0, maxAge: 0 })
})

test('without origins nothing is looked at', () => {
  assert.deepEqual(policyOf(websocket, {}), {})
})

test('8.10 only listed origins upgrade; a handshake without an origin does not', () => {
  const options = { origins: ['https://*.example.com'] }
  assert.equal(status(options, { ...handshake, Origin: 'https://app.example.com' }), undefined)
  assert.equal(status(options, { ...handshake, Origin: 'https://evil.com' }), 403)
  assert.equal(status(options, { ...handshake, Origin: 'null' }), 403)
  assert.equal(status(options, handshake), 403)
  assert.equal(status({ origins: ['https://app.example.com', null] }, handshake), undefined)
})

test('ordinary requests pass whatever their origin', () => {
  assert.equal(status({ origins: ['https://app.example.com'] }, { Origin: 'https://evil.com' }), undefined)
})

test('explain says who may upgrade', () => {
  const told = (origins: WebsocketOptions['origins'], headers: FakeRequest['headers']): unknown => {
    const policy = policyOf(websocket, { origins })
    const exchange = fakeExchange({ headers: { ...handshake, ...headers } })
    const reply = replyOf(policy.onRequest?.(exchange))
    return [policy.explain?.(exchange, exchange.notes[0]?.code ?? -1, 0, 0), reply?.detail]
  }
  assert.deepEqual(told(['https://a'], { Origin: 'https://a' }), ['https://a may upgrade', undefined])
  assert.deepEqual(told(['https://a'], { Origin: 'https://b' }), [
    'https://b may not upgrade: it is not among the origins',
    'Pages of this origin may not open a WebSocket here.',
  ])
  assert.deepEqual(told(['https://a'], {}), [
    'refused: the handshake has no Origin',
    'Only listed origins may open a WebSocket here, and this handshake has no Origin.',
  ])
  assert.deepEqual(told(['https://a', null], {}), ['a handshake without Origin may upgrade', undefined])
})
