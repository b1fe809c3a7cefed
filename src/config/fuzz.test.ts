import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { conflictsOf } from '../checker.ts'
import type { LoadResult } from '../contract/threads.ts'
import { policyOptions } from '../policies/options.ts'
import { grammarOf } from './grammar/gateway.ts'
import { loadConfig } from './load.ts'
import { printDiagnostics } from './print.ts'
import { competitorWords } from './words.ts'

const load = (
  given: { readonly text: string; readonly format?: 'yaml' | 'json' } | { readonly object: unknown },
): Promise<LoadResult> =>
  loadConfig({
    ...given,
    cwd: '/',
    env: {},
    mode: 'start',
    policies: policyOptions,
    findConflicts: conflictsOf,
    generation: 1,
  })

/** Every load gives a snapshot or an error, and what is printed of it is no stack and steers no terminal. */
const sane = (result: LoadResult): void => {
  const errors = result.diagnostics.filter((one) => one.severity === 'error')
  assert.equal(result.snapshot === undefined, errors.length > 0)
  const printed = printDiagnostics(result.diagnostics, { color: false, unicode: true })
  assert.doesNotMatch(printed, /\n\s+at .*:[0-9]+:[0-9]+\)?(\n|$)/)
  // eslint-disable-next-line no-control-regex -- exactly those must not be there
  assert.doesNotMatch(printed, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  for (const one of result.diagnostics) {
    assert.ok(one.line >= 0 && one.column >= 0)
    assert.doesNotMatch(one.message, /undefined|\[object|Symbol\(|cannot be read: /)
  }
}

const keys = [
  ...Object.keys(grammarOf(policyOptions).gateway.keys),
  ...Object.keys((grammarOf(policyOptions).route as { keys: object }).keys),
  'targets',
  'url',
  'set',
  'request',
  'response',
  'main',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  ...Object.keys(competitorWords).slice(0, 20),
]
const texts = fc.constantFrom(
  'http://a:1',
  'none',
  'true',
  '5s',
  '10MB',
  '/a/*',
  '/{id}',
  '{request.id}',
  '${X}',
  '${X:-y}',
  '$${',
  '${',
  'GET',
  'all',
  'orders',
  '~(a+)+',
  '~(?=x)',
  '\u001b[31m',
  '__proto__',
  '*.example.com',
  '10.0.0.0/8',
  './x',
)
const tree = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    texts,
    fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.string()),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...keys), tie('tree')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
})).tree

test('random bytes are refused or loaded, never thrown at', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) =>
      sane(await load({ text: Buffer.from(bytes).toString('utf8') })),
    ),
    { numRuns: 500 },
  )
})

test('random texts of YAML’s own characters are refused or loaded', async () => {
  const characters = fc.constantFrom(
    ...'{}[]:,-#&*!|>\'"%@`? \n\t~/$ax1'.split(''),
    'routes:',
    '\n  ',
    ': ',
    '- ',
    '<<: ',
    '${',
    '}',
    '---\n',
    'services:\n  a: ',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(characters, { maxLength: 60 }), async (parts) =>
      sane(await load({ text: parts.join('') })),
    ),
    { numRuns: 1500 },
  )
})

test('random trees of the grammar’s words are refused or loaded, alike as YAML, as JSON and as an object', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (value) => {
      const text = JSON.stringify(value) ?? 'null'
      const yaml = await load({ text })
      const json = await load({ text, format: 'json' })
      sane(yaml)
      sane(json)
      const plain = JSON.parse(text) as unknown
      if (typeof plain !== 'object' || plain === null) return
      const object = await load({ object: plain })
      sane(object)
      assert.deepEqual(codes(object), codes(json))
    }),
    { numRuns: 600 },
  )
})

const codes = (result: LoadResult): string[] =>
  result.diagnostics.map((one) => `${one.code} ${one.path ?? ''}`).toSorted()

test('keys that JavaScript itself knows are data like any other', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype).length
  const result = await load({
    text: `
services: { a: 'http://a:1' }
routes:
  r:
    path: /x
    service: a
    labels: { __proto__: polluted, constructor: x, toString: y }
    headers: { request: { set: { __proto__: p, constructor: c } } }
`,
  })
  assert.deepEqual(result.diagnostics, [])
  const use = result.snapshot?.routes[0]?.policies.find((one) => one.name === 'labels')
  assert.deepEqual(Object.entries(use?.options as object), [
    ['__proto__', 'polluted'],
    ['constructor', 'x'],
    ['toString', 'y'],
  ])
  assert.equal(({} as Readonly<Record<string, unknown>>)['polluted'], undefined)
  assert.equal(Object.getOwnPropertyNames(Object.prototype).length, before)
  const top = await load({ text: '__proto__: { polluted: true }\nconstructor: 1\n' })
  assert.deepEqual(
    top.diagnostics.map((one) => one.code),
    ['GW1101', 'GW1101'],
  )
})

test('nesting without end is refused, not a crash', async () => {
  for (const text of [
    '['.repeat(20_000),
    `a: ${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`,
    `a: ${'['.repeat(3000)}${']'.repeat(3000)}`,
    `respond:\n${Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')}`,
  ]) {
    // eslint-disable-next-line no-await-in-loop -- one stack at a time
    sane(await load({ text }))
  }
})

test('aliases that explode are refused', async () => {
  const lines = ['x-a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (let index = 0; index < 8; index++) {
    const [from, to] = ['abcdefghi'[index] ?? '', 'abcdefghi'[index + 1] ?? '']
    lines.push(`x-${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`)
  }
  const result = await load({ text: `${lines.join('\n')}\n` })
  assert.deepEqual([...new Set(result.diagnostics.map((one) => one.code))], ['GW1009'])
})
