import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProcessStatus } from '../../src/threads/control-calls.ts'
import { createControlLink } from '../../src/threads/control-link.ts'

const status: ProcessStatus = {
  state: 'running',
  stale: false,
  reloadedAt: 0,
  reason: undefined,
  diagnostics: [],
  listeners: [],
  workers: [],
  workersWanted: 1,
  configFile: undefined,
  hash: '',
  routes: 0,
  workersLost: 0,
  controlRestarts: 0,
  reloads: { done: 0, refused: 0 },
}

test('a control that stands still is ended and started again', async () => {
  const lost: string[] = []
  let wake: () => void = () => {}
  const once = new Promise<void>((resolve) => (wake = resolve))
  const refuse = (): never => {
    throw new Error('not asked in this test')
  }
  const link = createControlLink(
    new URL('fixtures/stalling-control.ts', import.meta.url),
    { version: 'test', mode: 'start', startedAt: 0, terminal: false },
    {
      targets: () => {},
      reload: refuse,
      check: refuse,
      shown: refuse,
      explain: refuse,
      replaceWorkers: refuse,
      notice: () => {},
    },
    (reason) => {
      lost.push(reason)
      wake()
    },
    400,
  )
  await new Promise((resolve) => setTimeout(resolve, 100))
  link.status(status)
  await once
  assert.equal(lost.length, 1)
  await link.end()
})
