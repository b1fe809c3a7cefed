import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import type { PastRequest } from '../contract/past-request.ts'
import { pastRequestLines } from './past-request.ts'
import { createTerminal } from './terminal.ts'

const none = new Writable({ write: (_chunk, _encoding, done) => done() })
const terminal = createTerminal(
  { env: { LANG: 'C.UTF-8' }, stdout: none, stderr: none, stdinIsTty: false, platform: 'linux' },
  { noColor: true, quiet: false, noInput: true },
)
const past: PastRequest = {
  record: { time: '2026-01-02T03:04:05.006Z', status: 499, source: 'gateway', client: '203.0.113.7' },
  missing: ['the body'],
}

test('a record with the least that one has makes whole lines', () => {
  assert.deepEqual(pastRequestLines(past, terminal), [
    '         2026-01-02T03:04:05.006Z  from 203.0.113.7',
    'Route    none  listener not known',
    'Answer   499 made by the gateway',
    '',
    'Today    cannot be told without the body',
  ])
})

test('no text of a record steers the terminal', () => {
  const evil = '\u001b[2J\u009b31m\u202e\r\n'
  const texts = ['id', 'method', 'host', 'path', 'listener', 'route', 'service', 'target', 'code', 'detail', 'protocol']
  const record = {
    ...past.record,
    source: evil,
    client: evil,
    time: evil,
    ...Object.fromEntries(texts.map((name) => [name, evil])),
  }
  const asked = { method: 'GET', url: evil, headers: [] }
  const lines = pastRequestLines(
    { record, missing: [evil], asked, today: { route: undefined, status: 404, code: 'GW4041' } },
    terminal,
  )
  assert.doesNotMatch(lines.join(''), /[\p{Cc}\p{Cf}]/u)
})
