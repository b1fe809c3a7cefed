import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { coarse, estimate, isNarrow, mayStop, median, percentile, quoted } from './statistics.ts'

test('the median of an odd list is its middle value, of an even one the mean of the two middle ones', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.ok(Number.isNaN(median([])))
})

test('percentiles are taken by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
  assert.equal(percentile(hundred, 0.99), 99)
  assert.equal(percentile(hundred, 0.5), 50)
  assert.equal(percentile(hundred, 1), 100)
  assert.equal(percentile([7], 0.01), 7)
})

test('the ranks of the interval are those of the published tables', () => {
  // Ranks of the 95 % interval of a median (Hollander & Wolfe, table A.20): n → lower rank.
  for (const [count, rank] of [
    [6, 1],
    [8, 1],
    [9, 2],
    [11, 2],
    [12, 3],
    [15, 4],
    [20, 6],
    [25, 8],
    [30, 10],
    [41, 14],
  ] as const) {
    const found = estimate(Array.from({ length: count }, (_, i) => i + 1))
    assert.equal(found.low, rank, `n = ${count}`)
    assert.equal(found.high, count + 1 - rank, `n = ${count}`)
    assert.ok(found.coverage >= 0.95, `n = ${count} covers ${found.coverage}`)
  }
})

test('fewer than six values give their range and say that it covers less than 95 %', () => {
  const found = estimate([5, 1, 3])
  assert.deepEqual([found.low, found.median, found.high], [1, 3, 5])
  assert.equal(found.coverage, 0.75)
})

test('the interval holds the median and never leaves the range, in whatever order the values come', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 60 }), (values) => {
      const found = estimate(values)
      assert.ok(found.low <= found.median && found.median <= found.high)
      assert.ok(found.low >= Math.min(...values) && found.high <= Math.max(...values))
      assert.deepEqual(estimate(values.toReversed()), found)
    }),
  )
})

test('the interval covers the true median of a skewed distribution in about 95 of 100 samples', () => {
  let state = 12345
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >>> 8) / 0x800000
  }
  let covered = 0
  for (let i = 0; i < 2000; i++) {
    const found = estimate(Array.from({ length: 15 }, () => -Math.log(1 - random())))
    if (found.low <= Math.LN2 && Math.LN2 <= found.high) covered++
  }
  assert.ok(covered / 2000 > 0.94 && covered / 2000 < 0.985, `${covered} of 2000`)
})

test('runs go on until at least nine pairs agree within three per cent, and end at forty-one', () => {
  const same = (count: number): number[] => Array.from({ length: count }, () => 1.02)
  assert.equal(mayStop(same(8), quoted), false)
  assert.equal(mayStop(same(9), quoted), true)
  const wild = (count: number): number[] => Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 0.9 : 1.1))
  assert.equal(mayStop(wild(40), quoted), false)
  assert.equal(mayStop(wild(41), quoted), true)
  assert.equal(mayStop(wild(3), coarse), true)
})

test('an interval that reaches out on one side only is not narrow', () => {
  assert.equal(isNarrow({ median: 1, low: 0.99, high: 1.04, coverage: 0.96, count: 9 }, 0.03), false)
  assert.equal(isNarrow({ median: 1, low: 0.96, high: 1.01, coverage: 0.96, count: 9 }, 0.03), false)
  assert.equal(isNarrow({ median: 1, low: 0.98, high: 1.02, coverage: 0.96, count: 9 }, 0.03), true)
})
