import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MainEvent } from './events.ts'
import { heardAt } from './heard.ts'

const place = { file: 'gateway.yaml', line: 1, column: 1 }
const diagnostics = [
  { severity: 'error', code: 'GW1101', message: 'unknown key', ...place },
  { severity: 'warning', code: 'GW2001', message: 'not used', ...place },
] as const
const unchanged: MainEvent = { kind: 'unchanged', configHash: 'a', ms: 1 }
const lost: MainEvent = { kind: 'worker-lost', worker: 1, reason: 'x' }
const notice: MainEvent = { kind: 'notice', level: 'warn', code: undefined, message: 'x' }
const ready: MainEvent = {
  kind: 'ready',
  listeners: [],
  admin: undefined,
  routes: 0,
  configHash: 'a',
  workers: 1,
  files: [],
  level: 'error',
  diagnostics,
  ms: 1,
}

test('an event is heard at its own level and below, not above', () => {
  const heard = (event: MainEvent): string[] =>
    (['debug', 'info', 'warn', 'error'] as const).filter((level) => heardAt(level, event) === event)
  assert.deepEqual(heard(unchanged), ['debug', 'info'])
  assert.deepEqual(heard(notice), ['debug', 'info', 'warn'])
  assert.deepEqual(heard(lost), ['debug', 'info', 'warn', 'error'])
})

test('ready is heard at every level; warnings it brings are left out where only errors are told', () => {
  for (const level of ['debug', 'info', 'warn'] as const) assert.equal(heardAt(level, ready), ready)
  assert.deepEqual(heardAt('error', ready), { ...ready, diagnostics: [diagnostics[0]] })
})
