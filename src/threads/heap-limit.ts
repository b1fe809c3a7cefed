import { totalmem } from 'node:os'

/**
 * MB of heap that a data worker may take before it ends itself instead of the machine or the container ending the
 * whole process: an equal part of half the memory there is, from 128 to 4,096. Bodies and sockets live outside of it.
 */
export function heapLimit(workers: number, memory: number = memoryHere()): number {
  const share = memory / 2 / Math.max(1, workers) / 2 ** 20
  return Math.round(Math.min(4096, Math.max(128, share)))
}

/** Bytes of the container where it has a limit, of the machine otherwise. */
const memoryHere = (): number => {
  const limit = process.constrainedMemory()
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}
