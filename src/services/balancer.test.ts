import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { FakeHost, serviceOf } from './connection.fixture.ts'
import { leastRequests, roundRobin } from './balancer.ts'
import { TargetState } from './target-state.ts'

const targetsOf = (weights: readonly number[]): TargetState[] => {
  const host = new FakeHost()
  const { pool } = serviceOf([])
  return weights.map(
    (weight, index) =>
      new TargetState({ url: `http://10.0.0.${index}`, weight, zone: undefined, backup: false }, index, pool, host),
  )
}
const all = (): boolean => true

test('10,000 picks over weights 3 and 1 are 7,500 and 2,500, within 2 %', () => {
  const targets = targetsOf([3, 1])
  const counts = [0, 0]
  for (let i = 0; i < 10_000; i++) counts[roundRobin(targets, all)?.slot ?? 0]!++
  assert.ok(Math.abs((counts[0] ?? 0) - 7_500) <= 150, String(counts))
})

test('turns are smooth: 3 and 1 is a b a a in some rotation, 5 1 1 never five of the heavy one in a row, never two of a light one', () => {
  const pattern = (weights: readonly number[], picks: number): string => {
    const targets = targetsOf(weights)
    return Array.from({ length: picks }, () => 'abc'[roundRobin(targets, all)?.slot ?? 0]).join('')
  }
  assert.doesNotMatch(pattern([3, 1], 40), /aaaa|bb/)
  assert.doesNotMatch(pattern([5, 1, 1], 70), /aaaaa|bb|cc/)
  assert.match(pattern([1, 1, 1], 9), /^(?:abc){3}$/)
})

test('over any weights, after each whole round every target has had exactly its share', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      (weights, rounds) => {
        const targets = targetsOf(weights)
        const sum = weights.reduce((a, b) => a + b, 0)
        const counts = weights.map(() => 0)
        for (let i = 0; i < sum * rounds; i++) {
          const slot = roundRobin(targets, all)?.slot ?? 0
          counts[slot] = (counts[slot] ?? 0) + 1
          // At every moment nobody is more than one turn ahead of its share.
          for (const [index, weight] of weights.entries())
            assert.ok(Math.abs((counts[index] ?? 0) - ((i + 1) * weight) / sum) <= weights.length, 'smooth')
        }
        assert.deepEqual(
          counts,
          weights.map((weight) => weight * rounds),
        )
      },
    ),
  )
})

test('only usable targets are picked; none usable is nothing', () => {
  const targets = targetsOf([1, 1, 1])
  for (let i = 0; i < 20; i++) assert.notEqual(roundRobin(targets, (target) => target.slot !== 1)?.slot, 1)
  assert.equal(
    roundRobin(targets, () => false),
    undefined,
  )
  assert.equal(
    leastRequests(targets, () => false),
    undefined,
  )
})

test('a target that was out for long does not get everything when it is back', () => {
  const targets = targetsOf([1, 1])
  for (let i = 0; i < 1_000; i++) roundRobin(targets, (target) => target.slot === 0)
  const next = Array.from({ length: 10 }, () => roundRobin(targets, all)?.slot)
  assert.equal(next.filter((slot) => slot === 1).length, 5)
})

test('least-requests takes who has fewest in flight for its weight, equals in turn', () => {
  const targets = targetsOf([1, 1, 2])
  const [a, b, c] = targets as [TargetState, TargetState, TargetState]
  a.inFlight = 2
  b.inFlight = 1
  c.inFlight = 3
  assert.equal(leastRequests(targets, all), b)
  c.inFlight = 1
  assert.equal(leastRequests(targets, all), c)
  a.inFlight = b.inFlight = c.inFlight = 0
  const picked = Array.from({ length: 8 }, () => leastRequests(targets, all)?.slot)
  assert.deepEqual(
    [0, 1, 2].map((slot) => picked.filter((one) => one === slot).length),
    [2, 2, 4],
  )
})

test('least-requests keeps the load even when one target is slow', () => {
  const targets = targetsOf([1, 1])
  const [slow, fast] = targets as [TargetState, TargetState]
  for (let i = 0; i < 100; i++) {
    const target = leastRequests(targets, all)
    if (target === slow) slow.inFlight++
  }
  assert.equal(slow.inFlight, 1)
  assert.equal(fast.inFlight, 0)
})
