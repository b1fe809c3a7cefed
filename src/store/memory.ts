import type { CounterStore, RecordStore } from '../contract/store.ts'
import { BoundedMap } from './bounded-map.ts'

/** Most entries of either half; what nobody asked for goes first. */
const entryLimit = 100_000

interface Window {
  count: number
  previous: number
  start: number
}

/**
 * Counters of one thread in its own memory: a sliding window of two fixed ones, weighted by how far the present one
 * has come.
 * @param now monotonic ms
 */
export const createMemoryCounters = (now: () => number): CounterStore => {
  const windows = new BoundedMap<Window>(entryLimit)
  const windowOf = (key: string, length: number): Window => {
    const at = now()
    let window = windows.get(key)
    if (window === undefined) {
      window = { count: 0, previous: 0, start: at }
      windows.set(key, window)
    }
    const passed = at - window.start
    if (passed >= length) {
      window.previous = passed < 2 * length ? window.count : 0
      window.count = 0
      window.start += Math.floor(passed / length) * length
    }
    return window
  }
  return {
    take: (key, limit, length) => {
      const window = windowOf(key, length)
      const share = 1 - (now() - window.start) / length
      const used = window.count + window.previous * share
      if (used + 1 > limit) return { left: 0, retryIn: Math.max(1, Math.ceil(length * share)) }
      window.count++
      return { left: Math.max(0, Math.floor(limit - used - 1)), retryIn: 0 }
    },
    add: (key, amount, length) => (windowOf(key, length).count += amount),
  }
}

/** Records in the memory of one thread; gone with it. */
export const createMemoryRecords = (now: () => number): RecordStore => {
  const records = new BoundedMap<{ value: Uint8Array; until: number }>(entryLimit)
  const live = (key: string): Uint8Array | undefined => {
    const record = records.get(key)
    if (record === undefined) return undefined
    if (record.until > now()) return record.value
    records.delete(key)
    return undefined
  }
  const write = (key: string, value: Uint8Array, ttl: number): void => {
    records.set(key, { value, until: now() + ttl })
  }
  return {
    get: live,
    put: write,
    delete: (key) => {
      records.delete(key)
    },
    claim: (key, value, ttl) => {
      if (live(key) !== undefined) return false
      write(key, value, ttl)
      return true
    },
  }
}
