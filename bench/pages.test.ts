import assert from 'node:assert/strict'
import { test } from 'node:test'
import { costsPage } from './costs-page.ts'
import type { PolicyCost } from './policies.ts'
import { interval, outcomeText } from './report.ts'
import { benchmarksPage, type Result } from './results.ts'
import { isMet, type Check } from './scenario.ts'

const value = { median: 1.034, low: 1.01, high: 1.05, coverage: 0.96, count: 9 }
const check = (limit: number | undefined, goal?: number): Check => ({
  what: "CPU per request ÷ nginx's",
  value,
  unit: '×',
  limit,
  ...(goal === undefined ? {} : { goal }),
})
const result = (checks: readonly Check[]): Result => ({
  scenario: 'small-get',
  title: 'Small GET',
  command: 'npm run bench small-get',
  date: '2026-01-01',
  quick: false,
  machine: { cpu: 'Some CPU', cores: 2, memoryGB: 8, kernel: '6.1.0', node: '26.10.0' },
  versions: ['nginx/1.22.1'],
  outcome: { rows: [{ label: 'gwanmun', figures: { 'CPU µs/request': 17.31 } }], checks, notes: [] },
})

test('a figure keeps its limit when its median does; without a limit it keeps it always', () => {
  assert.equal(isMet(check(1.15)), true)
  assert.equal(isMet(check(1.034)), true)
  assert.equal(isMet(check(1.03)), false)
  assert.equal(isMet(check(undefined)), true)
  assert.equal(isMet({ ...check(1), value: { ...value, median: Number.NaN } }), false)
})

test('the docs page quotes the ratio, its interval, the pairs and the command, and no time of this machine', () => {
  const page = benchmarksPage([result([check(1.15, 1)])])
  assert.match(
    page,
    /\| Small GET \| CPU per request ÷ nginx's \| 1\.034 × \[1\.010, 1\.050\] \| 9 \| ≤ 1\.15 × ✔ \| ≤ 1 × ✖ \| `npm run bench small-get` \|/,
  )
  assert.doesNotMatch(page, /17\.3/)
  assert.match(page, /Some CPU, 2 cores, 8 GB/)
})

test('a missed limit is marked, on the page and in the terminal', () => {
  assert.match(benchmarksPage([result([check(1.02)])]), /≤ 1\.02 × ✖/)
  assert.match(outcomeText('Small GET', result([check(1.02)]).outcome), /≤ 1\.02 × +missed/)
  assert.match(outcomeText('Small GET', result([check(1.15)]).outcome), /≤ 1\.15 × +ok/)
})

test('a single reading has no interval', () => {
  assert.equal(interval({ median: 12.34, low: 12.34, high: 12.34, coverage: 0, count: 1 }, 'MB'), '12.3 MB')
  assert.equal(interval(value, '×'), '1.034 × [1.010, 1.050]')
})

test('the page of costs keeps what was not measured now, in the order of the policies', () => {
  const cost = (name: string): PolicyCost => ({ name, load: 'get', with: `  ${name}: true` })
  const order = ['allow', 'cors', 'headers']
  const ratio = (median: number) => ({ median, low: median - 0.01, high: median + 0.01, coverage: 0.96, count: 9 })
  const first = costsPage(
    [
      { cost: cost('headers'), ratio: ratio(1.05) },
      { cost: cost('allow'), ratio: ratio(1.001) },
    ],
    order,
  )
  const second = costsPage(
    [
      { cost: cost('cors'), ratio: ratio(1.02) },
      { cost: cost('headers'), ratio: ratio(1.07) },
    ],
    order,
    first,
  )
  const rows = second.split('\n').filter((line) => line.startsWith('| `'))
  assert.equal(rows.length, 3)
  assert.match(rows[0] ?? '', /`allow` \| 1\.001 × .*cannot be told from 1/)
  assert.match(rows[1] ?? '', /`cors` \| 1\.020 × \[1\.010, 1\.030\] \|/)
  assert.match(rows[2] ?? '', /`headers` \| 1\.070 × /)
})
