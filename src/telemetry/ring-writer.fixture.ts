import { parentPort, workerData } from 'node:worker_threads'
import { RingWriter } from './ring.ts'

/** Writes numbered lines of given lengths as fast as it can, and tells how many did not fit. */
const { shared, lengths } = workerData as { shared: SharedArrayBuffer; lengths: readonly number[] }
const ring = new RingWriter(shared)
let dropped = 0
for (const [index, length] of lengths.entries()) {
  if (!ring.write(`${index}:`.padEnd(length, String.fromCharCode(97 + (index % 26))) + '\n')) dropped++
}
parentPort?.postMessage({ dropped })
