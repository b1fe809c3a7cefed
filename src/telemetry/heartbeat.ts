import { performance } from 'node:perf_hooks'
import { columnsOf } from './columns.ts'
import { beatAt, heapAt, lagAt, workerWidth } from './layout.ts'
import { attachMemory, type Memory, type MemoryHandles } from './memory.ts'

/** ms between two signs of life. */
export const beatEvery = 100
/** A lag spike is remembered for a few seconds, so that a scrape sees it. */
const fading = 0.95
const beatsPerHeapReading = 10

/**
 * Stamps signs of life of a worker: a beat that counts up, how late its loop is (ms, a fading maximum), and its heap.
 * The timer keeps no process alive.
 */
export const startHeartbeat = (handles: MemoryHandles, workerIndex: number): { stop(): void } => {
  const { totals } = columnsOf(attachMemory(handles), workerIndex + 1)
  let expected = performance.now() + beatEvery
  let beats = 0
  const beat = (): void => {
    const now = performance.now()
    const lag = Math.max(0, now - expected)
    expected = now + beatEvery
    totals[lagAt] = Math.max(lag, (totals[lagAt] as number) * fading)
    if (beats % beatsPerHeapReading === 0) totals[heapAt] = process.memoryUsage().heapUsed
    beats++
    // Never 0, which means that no worker stands here.
    totals[beatAt] = beats
  }
  beat()
  const timer = setInterval(beat, beatEvery)
  timer.unref()
  return {
    stop() {
      clearInterval(timer)
      totals[beatAt] = 0
      totals[lagAt] = 0
      totals[heapAt] = 0
    },
  }
}

/** What main sees of the workers' loops. */
export interface LoopWatch {
  /** ms since the worker's last beat as this watch saw it; 0 before its first one. Call it a few times a second. */
  blockedFor(workerIndex: number): number
  /** Fading maximum of the loop's lateness in ms. */
  lag(workerIndex: number): number
  /** A worker ended: what was seen of it is forgotten. */
  forget(workerIndex: number): void
}

/** Watches beats. Clocks of two threads are not compared: only whether a beat changed, by the watcher's own clock. */
export const createLoopWatch = (memory: Memory, now: () => number = () => performance.now()): LoopWatch => {
  const seen = new Map<number, { beat: number; at: number }>()
  const cell = (workerIndex: number, at: number): number => memory.totals[(workerIndex + 1) * workerWidth + at] ?? 0
  return {
    blockedFor(workerIndex) {
      const beat = cell(workerIndex, beatAt)
      if (beat === 0) {
        seen.delete(workerIndex)
        return 0
      }
      const last = seen.get(workerIndex)
      const time = now()
      if (last === undefined || last.beat !== beat) {
        seen.set(workerIndex, { beat, at: time })
        return 0
      }
      return Math.max(0, time - last.at - beatEvery)
    },
    lag: (workerIndex) => cell(workerIndex, lagAt),
    forget(workerIndex) {
      seen.delete(workerIndex)
    },
  }
}
