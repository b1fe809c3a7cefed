import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import type { Diagnostic } from '../contract/diagnostic.ts'
import { printDiagnostic, printSummary } from './print.ts'

const plain = { color: false, unicode: true }
const found: Diagnostic = {
  severity: 'error',
  code: 'GW1201',
  file: 'bad.yaml',
  line: 14,
  column: 14,
  endColumn: 19,
  message: 'no service is named "ordes"',
  help: 'did you mean "orders"?',
  source: { line: 13, text: ['    path: /orders/*', '    service: ordes'] },
}

test('a diagnostic shows its line, the one before, and a mark with the help', () => {
  assert.equal(
    printDiagnostic(found, plain),
    `error GW1201 no service is named "ordes"
  --> bad.yaml:14:14
   |
13 |     path: /orders/*
14 |     service: ordes
   |              ^^^^^ did you mean "orders"?
`,
  )
})

test('the gutter is as wide as the line number, and a blank line before is left out', () => {
  assert.equal(
    printDiagnostic(
      {
        ...found,
        line: 3,
        column: 5,
        endColumn: 6,
        help: undefined as never,
        source: { line: 2, text: ['', '    x: 1'] },
      },
      plain,
    ),
    `error GW1201 no service is named "ordes"
 --> bad.yaml:3:5
  |
3 |     x: 1
  |     ^
`,
  )
})

test('without a position the config path is shown', () => {
  const { source: _, ...rest } = found
  assert.equal(
    printDiagnostic({ ...rest, file: 'gateway.ts', line: 0, column: 0, path: 'routes.a.service' }, plain),
    `error GW1201 no service is named "ordes"
 --> gateway.ts (routes.a.service)
  did you mean "orders"?
`,
  )
})

test('a position is shown although the lines around it are not known', () => {
  const { source: _, path: __, help: ___, ...rest } = found
  assert.equal(
    printDiagnostic({ ...rest, line: 14, column: 3 }, plain),
    `error GW1201 no service is named "ordes"\n --> ${rest.file}:14:3\n`,
  )
})

test('colours are only there when they are asked for', () => {
  const colored = printDiagnostic(found, { color: true, unicode: true })
  assert.ok(colored.startsWith('\u001b[31merror\u001b[0m'))
  assert.equal(stripVTControlCharacters(colored), printDiagnostic(found, plain))
})

test('what a file says cannot steer the terminal', () => {
  const printed = printDiagnostic(
    { ...found, message: 'x\u001b[2J', source: { line: 14, text: ['\u001b]0;title\u0007 \u202e'] } },
    plain,
  )
  for (const char of ['\u001b', '\u0007', '\u202e']) assert.ok(!printed.includes(char))
})

test('the mark stands under wide letters too, and long lines are cut around it', () => {
  const wide = printDiagnostic(
    { ...found, column: 8, endColumn: 9, source: { line: 14, text: ['a: "한국어" x'] } },
    plain,
  ).split('\n')
  assert.equal(wide[3], '14 | a: "한국어" x')
  assert.equal(wide[4], `   | ${' '.repeat(10)}^ did you mean "orders"?`)
  const text = `${'a'.repeat(300)}MARK${'b'.repeat(300)}`
  const cut = printDiagnostic(
    { ...found, column: 301, endColumn: 305, source: { line: 14, text: [text] } },
    { ...plain, width: 80 },
  ).split('\n')
  assert.ok((cut[3] ?? '').length <= 80)
  const at = (cut[4] ?? '').indexOf('^')
  assert.equal((cut[3] ?? '').slice(at, at + 4), 'MARK')
})

test('the last line counts, in words and with symbols that the terminal has', () => {
  const summary = { file: 'bad.yaml', routes: 3, services: 1, ms: 13.7 }
  assert.equal(
    printSummary([found, { ...found, severity: 'warning' }], summary, plain),
    '✖ 1 error, 1 warning in bad.yaml (14 ms)\n',
  )
  assert.equal(printSummary([], summary, plain), '✔ bad.yaml is valid: 3 routes, 1 service (14 ms)\n')
  assert.equal(
    printSummary([], summary, { color: false, unicode: false }),
    'ok bad.yaml is valid: 3 routes, 1 service (14 ms)\n',
  )
})
