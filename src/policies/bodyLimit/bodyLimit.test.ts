import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fakeExchange, policyOf, replyOf } from '../exchange.fixture.ts'
import { bodyLimit } from './bodyLimit.ts'

test('an announced length over the limit is 413 at once', () => {
  const policy = policyOf(bodyLimit, 100)
  assert.equal(replyOf(policy.onRequest?.(fakeExchange({ length: 101 })))?.code, 'GW4131')
  assert.equal(replyOf(policy.onRequest?.(fakeExchange({ length: 100 }))), undefined)
  assert.equal(replyOf(policy.onRequest?.(fakeExchange({ length: 'none' }))), undefined)
})

test('a limit of nothing takes no body at all', () => {
  const policy = policyOf(bodyLimit, 0)
  assert.equal(replyOf(policy.onRequest?.(fakeExchange({ length: 1 })))?.status, 413)
  assert.equal(replyOf(policy.onRequest?.(fakeExchange({ length: 0 }))), undefined)
})

test('a stream is cut by the chunk that goes over the limit, not before', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.array(fc.nat(60), { maxLength: 20 }), (limit, sizes) => {
      const policy = policyOf(bodyLimit, limit)
      const exchange = fakeExchange({ length: 'stream' })
      assert.equal(replyOf(policy.onRequest?.(exchange)), undefined)
      let sum = 0
      for (const size of sizes) {
        sum += size
        const reply = policy.onRequestBody?.(exchange, new Uint8Array(size))
        assert.equal(reply?.status, sum > limit ? 413 : undefined)
        if (reply === undefined) continue
        assert.equal(reply.close, true)
        assert.equal(
          policy.explain?.(exchange, exchange.notes.at(-1)?.code ?? -1, exchange.notes.at(-1)?.a ?? -1, 0),
          `cut after ${sum} bytes, ${limit} allowed`,
        )
        return
      }
    }),
  )
})

test('two exchanges are counted apart', () => {
  const policy = policyOf(bodyLimit, 10)
  const [one, two] = [fakeExchange({ length: 'stream' }), fakeExchange({ length: 'stream' })]
  void policy.onRequest?.(one)
  void policy.onRequest?.(two)
  assert.equal(policy.onRequestBody?.(one, new Uint8Array(8)), undefined)
  assert.equal(policy.onRequestBody?.(two, new Uint8Array(8)), undefined)
  assert.equal(policy.onRequestBody?.(one, new Uint8Array(3))?.status, 413)
})

test('what of a stream came before the limit was asked counts too', () => {
  const policy = policyOf(bodyLimit, 100)
  const late = fakeExchange({ length: 'stream' })
  Object.assign(late, { requestBytes: 60 })
  assert.equal(replyOf(policy.onRequest?.(late)), undefined)
  assert.equal(policy.onRequestBody?.(late, new Uint8Array(40)), undefined)
  assert.equal(policy.onRequestBody?.(late, new Uint8Array(1))?.status, 413)
  const tooMuch = fakeExchange({ length: 'stream' })
  Object.assign(tooMuch, { requestBytes: 101 })
  const reply = replyOf(policy.onRequest?.(tooMuch))
  assert.deepEqual([reply?.status, reply?.close], [413, true])
})
