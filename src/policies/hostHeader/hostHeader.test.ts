import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeHost } from '../exchange.fixture.ts'
import { hostHeader } from './hostHeader.ts'

test('words stay words, anything else is a fixed host', () => {
  const setting = (options: string): unknown => hostHeader.settings?.(options, fakeHost()).hostHeader
  assert.equal(setting('target'), 'target')
  assert.equal(setting('preserve'), 'preserve')
  assert.deepEqual(setting('orders.internal:8080'), { host: 'orders.internal:8080' })
})
