import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzDifferential } from './differential.ts'

const check = (kind: 'request' | 'response', count: number): void => {
  const tally = fuzzDifferential(kind, count, 20_261_120)
  // A generator that only makes garbage, or a parser that refuses everything, would agree with anything.
  assert.equal(tally.inputs, count)
  for (const part of ['accepted', 'refused', 'chunked', 'withLength'] as const)
    assert.ok(tally[part] > count / 50, `${part}: ${tally[part]} of ${count}`)
  assert.ok(tally.pipelined > count / 500, `pipelined: ${tally.pipelined}`)
}

test('of 50,000 generated requests, what our parser accepts node:http accepts with the same framing', () => {
  check('request', 50_000)
})
test('of 25,000 generated answers, what our parser accepts node:http accepts with the same framing', () => {
  check('response', 25_000)
})
