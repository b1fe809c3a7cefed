import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { AccessRecord } from '../contract/access-record.ts'
import { shown } from '../lib/shown.ts'
import { formatRun } from './access-record.ts'
import { combinedFormat } from './combined.ts'
import { createLog } from './log.ts'
import { createPrettyFormat } from './pretty.ts'
import { terminalStyle } from './terminal-text.ts'

const plain = { colour: false, unicode: true }
const record = (over: Partial<AccessRecord> = {}): AccessRecord => ({
  time: '2026-01-02T03:04:05.006Z',
  id: 'req_7f3a',
  status: 200,
  method: 'GET',
  path: '/orders/1',
  route: 'readOrders',
  service: 'orders',
  target: 'http://localhost:4001',
  client: '203.0.113.7',
  source: 'service',
  ms: 12.2,
  attempts: 1,
  protocol: 'HTTP/1.1',
  ...over,
})
const line = (over: Partial<AccessRecord> = {}, style = plain): string =>
  createPrettyFormat(style)(record(over)).slice(10)

test('a request line names status, method, path, duration, route and target in columns', () => {
  assert.equal(line(), '200  GET  /orders/1       12 ms  readOrders → localhost:4001   req_7f3a')
  assert.equal(
    line({
      status: 502,
      path: '/delivery/9',
      ms: 3,
      source: 'gateway',
      code: 'GW5021',
      detail: 'delivery: connection refused localhost:4004',
      attempts: 2,
    }),
    '502  GET  /delivery/9      3 ms  gateway GW5021  delivery: connection refused localhost:4004, tried 2×   req_7f3a',
  )
  assert.ok(
    line({ source: 'gateway', code: 'GW5021', detail: 'delivery: cut localhost:4004, tried 2×', attempts: 2 }).endsWith(
      'cut localhost:4004, tried 2×   req_7f3a',
    ),
  )
  assert.equal(
    line({ status: 403, method: 'POST', path: '/orders', ms: 1, source: 'gateway', code: 'GW4031' }),
    '403  POST /orders          1 ms  gateway GW4031   req_7f3a',
  )
  assert.equal(
    line({ source: 'gateway', path: '/health', ms: 0, route: 'health' }),
    '200  GET  /health          0 ms  gateway health',
  )
  assert.equal(
    line({ attempts: 2 }, { colour: false, unicode: false }),
    '200  GET  /orders/1       12 ms  readOrders -> localhost:4001, tried 2x   req_7f3a',
  )
})

test('a longer path widens its column for the lines that follow, up to a limit', () => {
  const format = createPrettyFormat(plain)
  const column = (path: string): number => format(record({ path })).indexOf(' ms')
  const first = column('/a')
  assert.ok(column('/a/much/longer/path') > first)
  assert.equal(column('/a'), column('/a/much/longer/path'))
  assert.equal(column('/x'.repeat(200)), column('/a'))
})

test('a request that was refused before it was understood has a line as well', () => {
  const bare: AccessRecord = {
    time: '2026-01-02T03:04:05.006Z',
    status: 400,
    source: 'gateway',
    client: '203.0.113.7',
    code: 'GW4000',
    detail: 'bad line',
  }
  assert.equal(createPrettyFormat(plain)(bare).slice(10), '400  -    -                0 ms  gateway GW4000  bad line')
})

test('colour follows the class of the status, and is off with NO_COLOR, TERM=dumb or no terminal', () => {
  assert.ok(line({ status: 502 }, { colour: true, unicode: true }).includes('\u001b[31m502\u001b[39m'))
  assert.equal(terminalStyle({ TERM: 'xterm' }, true).colour, true)
  assert.equal(terminalStyle({ TERM: 'xterm', NO_COLOR: '1' }, true).colour, false)
  assert.equal(terminalStyle({ TERM: 'xterm', NO_COLOR: '' }, true).colour, true)
  assert.equal(terminalStyle({ TERM: 'dumb' }, true).colour, false)
  assert.equal(terminalStyle({ TERM: 'xterm' }, false).colour, false)
  assert.equal(terminalStyle({ FORCE_COLOR: '1' }, false).colour, true)
  assert.equal(terminalStyle({ FORCE_COLOR: '1', NO_COLOR: '1' }, false).colour, false)
  assert.deepEqual(
    [terminalStyle({ LANG: 'ko_KR.UTF-8' }, true).unicode, terminalStyle({ LANG: 'C' }, true).unicode],
    [true, false],
  )
})

test('11.12 nothing that a client sends reaches a terminal as a control', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ unit: 'binary', maxLength: 80 }),
      (path, detail) => {
        const text = line({ path, detail, code: 'GW4000', method: path, id: detail })
        assert.doesNotMatch(text, /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u)
        assert.doesNotMatch(combinedFormat(record({ path, method: path, userAgent: detail })), /[^\u0020-\u007e]/)
      },
    ),
  )
  assert.equal(shown('a\u001b[2Jb\u202ec'), String.raw`a\x1b[2Jb\u202ec`)
})

test('a line that is no record is left out when a run is rendered', () => {
  const run = Buffer.from(`${JSON.stringify(record())}\nnot json\n${JSON.stringify(record({ status: 404 }))}\n`)
  const lines = formatRun(run, (one) => String(one.status)).toString()
  assert.equal(lines, '200\n404\n')
})

test('11.12 an entry of the own log is one line of valid JSON whatever is logged', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.dictionary(fc.string({ unit: 'binary', maxLength: 20 }), fc.anything()),
      (message, fields) => {
        const lines: string[] = []
        const log = createLog({ level: 'debug', output: { write: (bytes) => lines.push(bytes.toString()) } })
        log.error(message, { ...fields, circular, error: new Error('x\ny'), many: 'z'.repeat(100_000) })
        assert.equal(lines.length, 1)
        assert.match(lines[0] ?? '', /^[\u0020-\u007e]{1,16384}\n$/)
        const entry = JSON.parse(lines[0] ?? '') as Record<string, unknown>
        assert.equal(entry['level'], 'error')
      },
    ),
  )
})

test('the own log drops what is below its level, and reads well in a terminal', () => {
  const lines: string[] = []
  const output = { write: (bytes: Buffer): unknown => lines.push(bytes.toString()) }
  const log = createLog({ level: 'warn', output, style: plain, time: () => 0 })
  log.info('quiet')
  log.warn('worker lost', { worker: 2, error: new Error('a\nb').message, list: [1] })
  log.setLevel('debug')
  log.debug('now')
  assert.deepEqual(
    lines.map((text) => text.slice(10)),
    [String.raw`warn   worker lost  worker=2  error=a\x0ab  list=[1]` + '\n', 'debug  now\n'],
  )
})
