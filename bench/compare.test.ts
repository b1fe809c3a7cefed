import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, type Contestant } from './compare.ts'
import { nginx } from './peers/nginx.ts'
import { Session } from './session.ts'
import type { Bench } from './scenario.ts'
import { quoted, type StopRule } from './statistics.ts'

async function withBench(rule: StopRule, work: (bench: Bench) => Promise<void>): Promise<void> {
  const session = new Session()
  try {
    await work({ session, rule, seconds: 2, subject: nginx, only: [], quotable: false, say: () => {} })
  } finally {
    await session.end()
  }
}

function contestant(label: string, log: string[], value: (run: number) => number, renews = false): Contestant {
  let runs = 0
  return {
    label,
    warmUp: 9,
    run: (seconds) => {
      log.push(seconds === 9 ? `warm ${label}` : label)
      if (seconds === 9) return Promise.resolve({ value: 1000, figures: { cost: 1000 } })
      const found = value(runs++)
      return Promise.resolve({ value: found, figures: { cost: found } })
    },
    ...(renews ? { renew: () => Promise.resolve(void log.push(`renew ${label}`)) } : {}),
  }
}

test('runs go forth and back after an uncounted warm-up, and end when the interval is narrow', async () => {
  const log: string[] = []
  await withBench(quoted, async (bench) => {
    const found = await compare(
      bench,
      contestant('A', log, () => 11),
      [contestant('B', log, () => 10)],
    )
    assert.deepEqual(log.slice(0, 10), ['warm A', 'warm B', 'A', 'B', 'B', 'A', 'A', 'B', 'B', 'A'])
    assert.equal(found.rounds, 9)
    assert.equal(found.ratios[0]?.median, 1.1)
    assert.deepEqual(
      found.rows.map(({ label, figures }) => [label, figures['cost']]),
      [
        ['A', 11],
        ['B', 10],
      ],
    )
  })
})

test('what drifts hits both alike and leaves the ratio as it is', async () => {
  let clock = 0
  const drifting = (factor: number) => () => factor * (100 + clock++)
  await withBench(quoted, async (bench) => {
    const found = await compare(bench, contestant('A', [], drifting(1)), [contestant('B', [], drifting(1))])
    assert.ok(Math.abs((found.ratios[0]?.median ?? 0) - 1) < 0.012, `${found.ratios[0]?.median}`)
  })
})

test('wild values are measured forty-one times and no more', async () => {
  await withBench(quoted, async (bench) => {
    const found = await compare(
      bench,
      contestant('A', [], (run) => (run % 2 === 0 ? 1 : 2)),
      [contestant('B', [], () => 1)],
    )
    assert.equal(found.rounds, 41)
  })
})

test('after every third round all get fresh processes and are warmed up again', async () => {
  const log: string[] = []
  await withBench(quoted, async (bench) => {
    await compare(
      bench,
      contestant('A', log, () => 1, true),
      [contestant('B', log, () => 1, true)],
    )
  })
  const first = log.indexOf('renew A')
  assert.deepEqual(log.slice(first, first + 5), ['renew A', 'renew B', 'warm A', 'warm B', 'B'])
  assert.equal(log.slice(0, first).filter((entry) => entry === 'A').length, 3)
  assert.equal(log.filter((entry) => entry === 'renew A').length, 2)
})

test('a config is entered whenever the other one was in force, and only then', async () => {
  const log: string[] = []
  const entering = (label: string): Contestant => ({
    ...contestant(label, log, () => 1),
    enter: () => Promise.resolve(void log.push(`enter ${label}`)),
  })
  await withBench({ ...quoted, least: 2, most: 2 }, async (bench) => {
    await compare(bench, entering('A'), [entering('B')])
  })
  assert.deepEqual(log, ['enter A', 'warm A', 'enter B', 'warm B', 'enter A', 'A', 'enter B', 'B', 'B', 'enter A', 'A'])
})

test('every ratio has to be narrow before several are done', async () => {
  await withBench(quoted, async (bench) => {
    const calm = contestant('B', [], () => 1)
    const wild = contestant('C', [], (run) => 1 + (run % 3))
    const found = await compare(
      bench,
      contestant('A', [], () => 1),
      [calm, wild],
    )
    assert.equal(found.rounds, 41)
    assert.equal(found.ratios.length, 2)
  })
})
