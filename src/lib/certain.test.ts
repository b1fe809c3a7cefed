import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certain } from './certain.ts'

test('a word is certain when nothing else is near', () => {
  assert.equal(certain('rateLimt', ['rateLimit', 'retry', 'path']), 'rateLimit')
  assert.equal(certain('PSOT', ['GET', 'POST', 'PUT']), 'POST')
  assert.equal(certain('nothing', ['rateLimit', 'retry']), undefined)
})

test('two near choices make neither certain', () => {
  assert.equal(certain('PUST', ['PUT', 'POST']), undefined)
  assert.equal(certain('order', ['orders', 'orderz']), undefined)
})

test('another spelling of the same letters is certain beside near ones', () => {
  assert.equal(certain('strip_prefix', ['stripPrefix', 'stripPrefixes']), 'stripPrefix')
  assert.equal(certain('a_b', ['aB', 'a-b']), undefined)
})
