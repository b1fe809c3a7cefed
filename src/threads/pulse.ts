import { getHeapStatistics } from 'node:v8'
import type { Vitals } from '../contract/data-plane.ts'

const every = 100
/** Looks of the clock between two looks at the heap, which costs some 10 µs. */
const perHeap = 5

/**
 * Watches the loop and the heap of the thread it runs in. `lag` is the least of three looks in a row, so that one stall
 * (a collection, a busy neighbour) is no overload; a share of the heap counts when two looks in a row saw it, since what
 * the first one saw may be garbage. Keeps no process alive.
 */
export function startPulse(): { readonly vitals: Vitals; stop(): void } {
  const vitals = { lag: 0, heap: 0 }
  let due = performance.now() + every
  let last = 0
  let looks = 0
  const lags = [0, 0, 0]
  const timer = setInterval(() => {
    const now = performance.now()
    lags[looks % lags.length] = Math.max(0, now - due)
    vitals.lag = Math.min(...lags)
    due = now + every
    if (looks++ % perHeap !== 0) return
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
    const share = used / limit
    vitals.heap = Math.min(share, last)
    last = share
  }, every)
  timer.unref()
  return { vitals, stop: () => clearInterval(timer) }
}
