import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { correctText } from './correct-text.ts'

const finding = (line: number, column: number, marked: string, fix?: Diagnostic['fix']): Diagnostic => ({
  severity: 'error',
  code: 'GW1101',
  message: 'unknown key',
  file: 'gateway.yaml',
  line,
  column,
  endColumn: column + marked.length,
  ...(fix === undefined ? {} : { fix }),
})

test('only the marked words change; comments, blanks, quotes and line ends stay', () => {
  const text = '# rateLimt\r\na:   { rateLimt: 1, "tiemout" : 2 }  # why\r\n\r\n\'servce\': x'
  const { text: corrected, corrections } = correctText(text, [
    finding(4, 1, "'servce'", { from: 'servce', to: 'service' }),
    finding(2, 8, 'rateLimt', { from: 'rateLimt', to: 'rateLimit' }),
    finding(2, 21, '"tiemout"', { from: 'tiemout', to: 'timeout' }),
  ])
  assert.equal(corrected, '# rateLimt\r\na:   { rateLimit: 1, "timeout" : 2 }  # why\r\n\r\n\'service\': x')
  assert.deepEqual(corrections[0], { file: 'gateway.yaml', line: 2, column: 8, from: 'rateLimt', to: 'rateLimit' })
  assert.deepEqual(
    corrections.map(({ to }) => to),
    ['rateLimit', 'timeout', 'service'],
  )
})

test('a place that does not hold the very word is left alone: variables, aliases, other quotes, no position', () => {
  const text = 'a: ${MODE}\nb: *one\nc: "p\\u0061th"\n'
  const fix = { from: 'enforec', to: 'enforce' }
  const diagnostics = [
    finding(1, 4, '${MODE}', fix),
    finding(2, 4, '*one', fix),
    finding(3, 4, '"p\\u0061th"', { from: 'path', to: 'paths' }),
    finding(0, 0, '', fix),
    finding(9, 1, 'x', fix),
    finding(1, 1, 'a'),
  ]
  assert.deepEqual(correctText(text, diagnostics), { text, corrections: [] })
})

test('a place that two findings speak of is corrected once', () => {
  const fix = { from: 'ordes', to: 'orders' }
  const { text, corrections } = correctText('service: ordes\n', [
    finding(1, 10, 'ordes', fix),
    finding(1, 10, 'ordes', fix),
  ])
  assert.equal(text, 'service: orders\n')
  assert.equal(corrections.length, 1)
})

test('a switch is not put into quotes, where it would be a text', () => {
  const fix = { from: 'on', to: 'true' }
  assert.equal(correctText('a: on\n', [finding(1, 4, 'on', fix)]).text, 'a: true\n')
  assert.equal(correctText('a: "on"\n', [finding(1, 4, '"on"', fix)]).text, 'a: "on"\n')
})
