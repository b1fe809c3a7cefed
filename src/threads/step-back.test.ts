import assert from 'node:assert/strict'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { niceness } from './step-back.ts'

const body = `
  const { readFileSync } = require('node:fs')
  const { parentPort } = require('node:worker_threads')
  import(${JSON.stringify(new URL('step-back.ts', import.meta.url).href)}).then(({ stepBack }) => {
    stepBack('control')
    const fields = readFileSync('/proc/thread-self/stat', 'latin1').replace(/^.*\\) /s, '').split(' ')
    parentPort.postMessage(Number(fields[16]))
  })
`

test('a thread that steps back does so alone', async () => {
  const before = getPriority()
  const worker = new Worker(body, { eval: true })
  const [nice] = (await once(worker, 'message')) as [number]
  assert.equal(nice, process.platform === 'linux' ? Math.max(before, niceness.control) : before)
  assert.equal(getPriority(), before)
})
