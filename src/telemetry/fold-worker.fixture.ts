import { parentPort, workerData } from 'node:worker_threads'
import { exchangeLike, factsLike, routeLike } from './exchange.fixture.ts'
import { foldWorker } from './fold.ts'
import { attachMemory, type MemoryHandles } from './memory.ts'
import { createTelemetry } from './telemetry.ts'

/** Counts a few requests, dies, is folded, again and again, with a pause in which readers may look. */
const { handles, lives, requests } = workerData as { handles: MemoryHandles; lives: number; requests: number }
const memory = attachMemory(handles)
const pause = new Int32Array(new SharedArrayBuffer(4))
for (let life = 0; life < lives; life++) {
  const telemetry = createTelemetry(handles, 0, { access: false })
  for (let turn = 0; turn < requests; turn++) telemetry.exchangeEnded(exchangeLike(), routeLike('a', 3), factsLike())
  foldWorker(memory, 0)
  Atomics.wait(pause, 0, 0, 1)
}
parentPort?.postMessage('done')
