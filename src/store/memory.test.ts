import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createMemoryCounters, createMemoryRecords } from './memory.ts'

test('a limit lets through exactly its number in a window, then says when to come again', () => {
  let now = 0
  const counters = createMemoryCounters(() => now)
  for (let left = 4; left >= 0; left--) assert.deepEqual(counters.take('a', 5, 1_000), { left, retryIn: 0 })
  const refused = counters.take('a', 5, 1_000)
  assert.equal(refused.left, 0)
  assert.ok(refused.retryIn > 0 && refused.retryIn <= 1_000)
  assert.equal(counters.take('b', 5, 1_000).left, 4, 'another key has its own')
  now += 2_000
  assert.equal(counters.take('a', 5, 1_000).left, 4)
})

test('over any rhythm no fixed window holds more than the limit, and a steady caller below it is never refused', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }),
      (limit, gaps) => {
        let now = 1_000
        const counters = createMemoryCounters(() => now)
        const taken: number[] = []
        for (const gap of gaps) {
          now += gap
          if (counters.take('a', limit, 1_000).retryIn === 0) taken.push(now)
        }
        // The sliding window weighs the one before, so that two neighbours together stay below twice the limit.
        const first = taken[0] ?? 0
        const windows = new Map<number, number>()
        for (const at of taken)
          windows.set(Math.floor((at - first) / 1_000), (windows.get(Math.floor((at - first) / 1_000)) ?? 0) + 1)
        for (const count of windows.values()) assert.ok(count <= limit, `${count} of ${limit}`)
        const steady = createMemoryCounters(() => now)
        for (let i = 0; i < 50; i++) {
          now += 1_000 / limit + 1
          assert.equal(steady.take('b', limit + 1, 1_000).retryIn, 0)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('a counter adds up and begins anew with each window', () => {
  let now = 0
  const counters = createMemoryCounters(() => now)
  assert.equal(counters.add('a', 2, 1_000), 2)
  assert.equal(counters.add('a', 3, 1_000), 5)
  now = 999
  assert.equal(counters.add('a', 1, 1_000), 6)
  now = 1_000
  assert.equal(counters.add('a', 1, 1_000), 1)
})

test('a flood of keys is bounded and does not slow the counters down', () => {
  const counters = createMemoryCounters(() => 0)
  for (let i = 0; i < 250_000; i++) counters.add(`k${i}`, 1, 1_000)
  assert.equal(counters.add('k249999', 1, 1_000), 2)
  assert.equal(counters.add('k0', 1, 1_000), 1)
})

test('a record lives as long as it was given, claims are for one only, and what is deleted is gone', async () => {
  let now = 0
  const records = createMemoryRecords(() => now)
  const value = Buffer.from('v')
  await records.put('a', value, 100)
  assert.deepEqual(await records.get('a'), value)
  assert.equal(await records.claim('a', value, 100), false)
  now = 100
  assert.equal(await records.get('a'), undefined)
  assert.equal(await records.claim('a', value, 50), true)
  assert.equal(await records.claim('a', value, 50), false)
  await records.delete('a')
  assert.equal(await records.claim('a', value, 50), true)
})

test('records behave like a map with life times, over random commands', async () => {
  const command = fc.record({
    kind: fc.constantFrom('get', 'put', 'delete', 'claim', 'time'),
    key: fc.constantFrom('a', 'b', 'c'),
    text: fc.string({ maxLength: 3 }),
    ttl: fc.integer({ min: 1, max: 100 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      let now = 0
      const records = createMemoryRecords(() => now)
      const model = new Map<string, { readonly text: string; readonly until: number }>()
      const live = (key: string): string | undefined => {
        const one = model.get(key)
        return one !== undefined && one.until > now ? one.text : undefined
      }
      for (const { kind, key, text, ttl } of commands) {
        if (kind === 'get') assert.equal((await records.get(key))?.toString(), live(key))
        else if (kind === 'put') {
          await records.put(key, Buffer.from(text), ttl)
          model.set(key, { text, until: now + ttl })
        } else if (kind === 'delete') {
          await records.delete(key)
          model.delete(key)
        } else if (kind === 'claim') {
          const free = live(key) === undefined
          assert.equal(await records.claim(key, Buffer.from(text), ttl), free)
          if (free) model.set(key, { text, until: now + ttl })
        } else now += ttl
      }
    }),
    { numRuns: 300 },
  )
})
