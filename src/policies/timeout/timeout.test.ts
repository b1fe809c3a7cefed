import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeHost } from '../exchange.fixture.ts'
import { timeoutOptions, type TimeoutOptions } from './options.ts'
import { timeout } from './timeout.ts'

const settings = (options: TimeoutOptions): unknown => timeout.settings?.(options, fakeHost()).timeout

test('what is not written has its default', () => {
  const defaults = {
    total: 30_000,
    connect: 5_000,
    attempt: 0,
    idle: 60_000,
    streamIdle: 300_000,
    whole: 0,
    header: undefined,
  }
  assert.deepEqual(settings({}), defaults)
  assert.deepEqual(settings(timeoutOptions.builtIn ?? {}), defaults)
})

test('none is no limit', () => {
  assert.deepEqual(settings({ total: null, connect: null, attempt: null, idle: null, whole: null }), {
    total: 0,
    connect: 0,
    attempt: 0,
    idle: 0,
    streamIdle: 0,
    whole: 0,
    header: undefined,
  })
})

test('what is written holds, a stated idle for streams too', () => {
  assert.deepEqual(settings({ total: 1, connect: 2, attempt: 3, idle: 4, whole: 5, header: 'X-Request-Timeout' }), {
    total: 1,
    connect: 2,
    attempt: 3,
    idle: 4,
    streamIdle: 4,
    whole: 5,
    header: 'x-request-timeout',
  })
})
