import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { LoadResult } from '../contract/threads.ts'
import { conflictsOf } from '../checker.ts'
import { policyOptions } from '../policies/options.ts'
import { loadConfig } from './load.ts'
import { RouteMemo } from './memo.ts'
import { splitRoutes } from './split-routes.ts'

const load = (text: string, memo?: SharedArrayBuffer): Promise<LoadResult> =>
  loadConfig({
    text,
    cwd: '/',
    env: { SET: 'a.example.com' },
    mode: 'start',
    policies: policyOptions,
    findConflicts: conflictsOf,
    generation: 1,
    ...(memo === undefined ? {} : { memo }),
  })

/** Everything that a load tells, as one text. */
const told = (result: LoadResult): string => JSON.stringify([result.snapshot, result.diagnostics])

/** Bodies of routes: right ones, wrong ones, and some that cannot be read alone. */
const bodies = fc.oneof(
  fc.constantFrom(
    ' { path: /a/*, service: orders }',
    ' { path: "/b/{id}", service: orders, rewrite: "/x/{id}" }',
    '\n    path: /c\n    methods: [GET, POST]\n    service: orders\n    timeout: 5s',
    '\n    path: /c\n    # a note\n    respond:\n      status: 200\n      body: |\n        # not a note\n        text\n\n        more',
    ' { path: /d, service: ordes }',
    ' { path: /e, service: orders, timeout: 5x }',
    ' { path: /f, servic: orders, retries: 3 }',
    ' { path: "/g/{id}", service: orders, headers: { request: { set: { X: "{nope}", Y: {id} } } } }',
    ' { path: /h, respond: ok, host: "${SET}" }',
    ' { path: /i, respond: "${NOT_SET}" }',
    ' { path: /j, respond: ok, path: /k }',
    ' { path: /l, respond: ok',
    '\n    path: "/m\n    respond: ok',
    ' &anchor { path: /n, respond: ok }',
    ' *anchor',
    '\n    path: /o\n    respond: {\n  body: ok }',
    '\n   path: /p\n   respond: ok',
    '',
    ' 5',
    ' { path: /q, respond: ok, policies: shared, tags: [a, b] }',
  ),
  fc.nat(30).map((n) => ` { path: "/r/${n}", service: orders, labels: { n: '${n}' } }`),
)
const route = fc
  .tuple(fc.constantFrom('one', 'two', 'three', 'four', 'five', 'six', 'seven'), bodies)
  .map(([name, body]) => `  ${name}:${body}\n`)
const filler = fc.constantFrom('', '', '', '\n', '  # between\n', '# at the margin\n')
const block = fc
  .array(fc.tuple(route, filler), { maxLength: 7 })
  .map((parts) => parts.map(([text, more]) => text + more).join(''))
const before = fc.constantFrom(
  'services: { orders: "http://orders:1" }\npolicies: { shared: { cors: true } }\n',
  '# note\nservices:\n  orders: http://orders:1\npolicies: { shared: { cors: true } }\ndefaults: { host: "{tenant}.example.com" }\n',
  'servces: { orders: "http://orders:1" }\n',
)
const after = fc.constantFrom('', 'drain: 5s\n', 'routes: {}\n', 'global: { cors: true }\n', '---\n')
const text = fc
  .tuple(before, fc.constantFrom('routes:\n', 'routes: # all of them\n', 'routes: {}\n'), block, after)
  .map((parts) => parts.join(''))

test('loading with the memo of another text tells exactly what loading without one tells', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (first, second) => {
      const { memo } = await load(first)
      assert.equal(told(await load(second, memo)), told(await load(second)))
    }),
    { numRuns: 300 },
  )
})

test('a chain of edits, each loaded with the memo of the one before, tells what whole loads tell', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(route, fc.nat(6)), { minLength: 2, maxLength: 6 }), async (edits) => {
      let lines = Array.from({ length: 6 }, (_, index) => `  r${index}: { path: /r${index}, service: orders }\n`)
      let memo: SharedArrayBuffer | undefined
      for (const [edited, at] of edits) {
        lines = lines.toSpliced(at, 1, edited)
        const whole = `services: { orders: "http://o:1" }\nroutes:\n${lines.join('')}`
        // eslint-disable-next-line no-await-in-loop -- each needs the memo of the one before
        const result = await load(whole, memo)
        // eslint-disable-next-line no-await-in-loop -- as above
        assert.equal(told(result), told(await load(whole)))
        memo = result.memo
      }
    }),
    { numRuns: 60 },
  )
})

test('a mistake in the one route that changed is found where it stands; the others are remembered', async () => {
  const lines = Array.from({ length: 50 }, (_, index) => `  r${index}: { path: /r${index}, service: orders }\n`)
  const whole = (changed: string): string =>
    `services: { orders: "http://o:1" }\nroutes:\n${lines.toSpliced(20, 1, changed).join('')}`
  const { memo } = await load(whole('  r20: { path: /x, service: orders }\n'))
  assert.ok(memo !== undefined)
  const known = new RouteMemo(memo)
  assert.deepEqual(
    lines.map((line, index) => known.recall('/config.yaml', line, 0, 0)?.unit.name ?? `not r${index}`),
    lines.map((_, index) => (index === 20 ? 'not r20' : `r${index}`)),
  )
  const result = await load(whole('  # moved\n  r20: { path: /y, service: orders, timeout: 7x }\n'), memo)
  assert.deepEqual(
    result.diagnostics.map((one) => [one.code, one.line, one.column]),
    [['GW1103', 24, 46]],
  )
})

test('what a value of the environment decides is decided anew', async () => {
  const text =
    'routes:\n  a: { path: /a, respond: ok, bodyLimit: "${LIMIT}" }\n  b: { proxy_pass: "${LIMIT}", path: /b }\n'
  const loadWith = (limit: string, memo?: SharedArrayBuffer): Promise<LoadResult> =>
    loadConfig({
      text,
      cwd: '/',
      env: { LIMIT: limit },
      mode: 'start',
      policies: policyOptions,
      findConflicts: conflictsOf,
      generation: 1,
      ...(memo === undefined ? {} : { memo }),
    })
  for (const [first, second] of [
    ['none', '1KB'],
    ['1KB', 'none'],
    ['none', 'wrong'],
  ] as const) {
    // eslint-disable-next-line no-await-in-loop -- each pair by itself
    const { memo } = await loadWith(first)
    // eslint-disable-next-line no-await-in-loop -- as above
    assert.equal(told(await loadWith(second, memo)), told(await loadWith(second)))
  }
})

test('texts whose routes cannot be told apart safely are not split', () => {
  for (const one of [
    'routes:\n\ta: 1\n',
    'routes:\n  a: &x 1\n',
    'routes:\n  a: 1\n b: 2\n',
    'routes:\n  a: 1\n  a: 2\n',
    'routes:\n  "a": 1\n',
    'routes:\n  a: 1\n---\nb: 2\n',
    'routes:\n  a: 1\nroutes:\n  b: 1\n',
    'routes: {}\n',
    'routes:\n  a: 1\r\n',
    'services: {}\n',
  ]) {
    assert.equal(splitRoutes(one), undefined, JSON.stringify(one))
  }
})

test('a split keeps every other place of the text', () => {
  const whole = 'a: 1\nroutes: # all\n  x: 1\n\n  # note\n  y:\n    z: 2\n\nb: 2\n'
  const split = splitRoutes(whole) ?? assert.fail('not split')
  assert.equal(split.rest.length, whole.length)
  assert.equal(split.rest.indexOf('b: 2'), whole.indexOf('b: 2'))
  assert.deepEqual(
    split.routes.map((one) => whole.slice(one.start, one.end)),
    ['  x: 1\n\n  # note\n', '  y:\n    z: 2\n\n'],
  )
})
