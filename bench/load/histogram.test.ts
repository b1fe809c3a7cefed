import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Histogram } from './histogram.ts'

test('values below 128 µs are exact', () => {
  const found = new Histogram()
  for (let value = 0; value < 128; value++) found.record(value)
  assert.equal(found.percentile(0.5), 63)
  assert.equal(found.percentile(1), 127)
  assert.equal(found.max, 127)
})

test('an empty histogram answers 0', () => {
  const found = new Histogram()
  assert.deepEqual([found.total, found.max, found.mean, found.percentile(0.99)], [0, 0, 0, 0])
})

test('every percentile is the exact nearest-rank value or at most 1/64 above it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 36 }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const found = new Histogram()
        for (const value of values) found.record(value)
        const sorted = values.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
        const answer = found.percentile(share)
        assert.ok(answer >= exact && answer <= exact * (1 + 1 / 64), `${answer} for ${exact}`)
      },
    ),
  )
})

test('powers of two and their neighbours fall into the buckets that hold them', () => {
  for (let bit = 0; bit <= 40; bit++) {
    for (const value of [2 ** bit - 1, 2 ** bit, Math.min(2 ** 40, 2 ** bit + 1)]) {
      const found = new Histogram()
      found.record(value)
      found.record(2 ** 40)
      assert.ok(found.percentile(0.5) >= value && found.percentile(0.5) <= value * (1 + 1 / 64), `${value}`)
    }
  }
})

test('adding two histograms is recording all their values in one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000_000)), fc.array(fc.nat(10_000_000)), (left, right) => {
      const [a, b, both] = [new Histogram(), new Histogram(), new Histogram()]
      for (const value of left) a.record(value)
      for (const value of right) b.record(value)
      for (const value of [...left, ...right]) both.record(value)
      a.add(b)
      assert.deepEqual([a.total, a.max, a.mean], [both.total, both.max, both.mean])
      for (const share of [0, 0.5, 0.9, 0.99, 1]) assert.equal(a.percentile(share), both.percentile(share))
    }),
  )
})
