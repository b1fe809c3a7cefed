import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileByStatus } from './status-set.ts'

test('the narrowest key that holds a status wins, whatever the order', () => {
  const entries = [
    ['4xx', 'class'],
    ['404', 'one'],
    ['400-410', 'range'],
    ['200-599', 'wide'],
  ] as const
  for (const order of [entries, entries.toReversed()]) {
    const find = compileByStatus(order)
    assert.deepEqual([404, 405, 499, 302, 199].map(find), ['one', 'range', 'class', 'wide', undefined])
  }
})

test('what is no status is refused', () => {
  for (const key of ['', '99', '600', '6xx', '4x', '4xx-499', '400-', 'abc'])
    assert.throws(() => compileByStatus([[key, 1]]), /is no status/, key)
})
