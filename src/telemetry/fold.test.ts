import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { attachMemory, createMemory } from './memory.ts'
import { readMemory } from './reading.ts'

test('a reader never sees a request twice or not at all while counters of dead workers are folded', async () => {
  const handles = createMemory({ workers: 1 })
  const memory = attachMemory(handles)
  const worker = new Worker(new URL('fold-worker.fixture.ts', import.meta.url), {
    workerData: { handles, lives: 200, requests: 7 },
  })
  const seen: number[] = []
  const look = (): void => {
    seen.push(readMemory(memory).row('routes', 3)[0] as number)
  }
  const timer = setInterval(look, 0)
  await once(worker, 'message')
  clearInterval(timer)
  look()
  assert.ok(seen.length > 10)
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  )
  assert.equal(seen.at(-1), 1400)
})
