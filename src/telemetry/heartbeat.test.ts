import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsOf } from './columns.ts'
import { beatEvery, createLoopWatch, startHeartbeat } from './heartbeat.ts'
import { beatAt, heapAt } from './layout.ts'
import { attachMemory, createMemory } from './memory.ts'
import { perWorker } from './reading.ts'
import { stepName } from '../lib/step-name.ts'
import { createStepStamp, readStepStamp } from './stamp.ts'

test('a worker whose beat stands still is blocked for as long as that lasts, by the clock of the watcher', () => {
  const memory = attachMemory(createMemory({ workers: 2 }))
  const { totals } = columnsOf(memory, 2)
  let now = 5000
  const watch = createLoopWatch(memory, () => now)
  assert.equal(watch.blockedFor(1), 0)
  totals[beatAt] = 1
  assert.equal(watch.blockedFor(1), 0)
  now += 1500
  assert.equal(watch.blockedFor(1), 1500 - beatEvery)
  totals[beatAt] = 2
  assert.equal(watch.blockedFor(1), 0)
  now += 40
  assert.equal(watch.blockedFor(1), 0)
  now += 5000
  watch.forget(1)
  assert.equal(watch.blockedFor(1), 0)
})

test('a heartbeat shows that its worker lives, and nothing after it stopped', () => {
  const handles = createMemory({ workers: 2 })
  const memory = attachMemory(handles)
  const heartbeat = startHeartbeat(handles, 1)
  assert.equal(perWorker(memory, beatAt)[0], 0)
  assert.equal(perWorker(memory, beatAt)[1], 1)
  assert.ok((perWorker(memory, heapAt)[1] as number) > 0)
  heartbeat.stop()
  assert.deepEqual(perWorker(memory, beatAt), [0, 0])
})

test('the step a worker is in can be read from another thread', () => {
  const handles = createMemory({ workers: 2 })
  const stamp = createStepStamp(handles, 1)
  assert.equal(readStepStamp(handles, 1), undefined)
  stamp.enter(stepName('orders: use ./score.ts'))
  assert.equal(readStepStamp(handles, 1), 'orders: use ./score.ts')
  assert.equal(readStepStamp(handles, 0), undefined)
  stamp.enter(stepName('x\n'.repeat(500)))
  assert.equal(readStepStamp(handles, 1), 'x?'.repeat(500).slice(0, 127))
  stamp.leave()
  assert.equal(readStepStamp(handles, 1), undefined)
})
