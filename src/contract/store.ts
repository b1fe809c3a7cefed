import type { MaybePromise } from './exchange.ts'

/** Counters half of the Store port: synchronous, in shared memory, reconciled with the store in the background. */
export interface CounterStore {
  /** Takes one of `limit` per `window` ms; tells what is left and when to try again (ms). */
  take(key: string, limit: number, window: number): { readonly left: number; readonly retryIn: number }
  /** Adds to a counter that resets every `window` ms and tells its total. */
  add(key: string, amount: number, window: number): number
}

/** Records half of the Store port: bytes by key with a life time in ms. */
export interface RecordStore {
  get(key: string): MaybePromise<Uint8Array | undefined>
  put(key: string, value: Uint8Array, ttl: number): MaybePromise<void>
  delete(key: string): MaybePromise<void>
  /** Writes only if the key is free; tells whether it was. */
  claim(key: string, value: Uint8Array, ttl: number): MaybePromise<boolean>
}
