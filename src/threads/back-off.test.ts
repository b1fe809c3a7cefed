import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBackOff } from './back-off.ts'

test('11.6 restarts begin at once, double their pause up to 2 s, and begin anew after a quiet minute', () => {
  let time = 0
  const backOff = createBackOff(() => time)
  assert.deepEqual(
    Array.from({ length: 9 }, () => backOff.next()),
    [0, 50, 100, 200, 400, 800, 1600, 2000, 2000],
  )
  time += 60_001
  assert.equal(backOff.next(), 0)
})
