import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeHost } from '../exchange.fixture.ts'
import { labels } from './labels.ts'

test('labels travel with the route as a copy', () => {
  const options = { team: 'orders', tier: '1' }
  const setting = labels.settings?.(options, fakeHost()).labels
  assert.deepEqual(setting, options)
  assert.notEqual(setting, options)
})
