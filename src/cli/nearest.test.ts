import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { distance, nearest } from './nearest.ts'

test('a swap, an insertion, a deletion and a replacement are one edit each', () => {
  assert.equal(distance('check', 'chekc'), 1)
  assert.equal(distance('check', 'checks'), 1)
  assert.equal(distance('check', 'chek'), 1)
  assert.equal(distance('check', 'chack'), 1)
  assert.equal(distance('', 'abc'), 3)
})

test('distance is symmetric, zero only for equals, and bounded by the longer word', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const found = distance(a, b)
      return found === distance(b, a) && (found === 0) === (a === b) && found <= Math.max(a.length, b.length)
    }),
  )
})

test('the nearest word is offered when it is near enough, and no other', () => {
  assert.equal(nearest('bascic', ['basic', 'teams']), 'basic')
  assert.equal(nearest('kubernetes', ['basic', 'teams']), undefined)
})
