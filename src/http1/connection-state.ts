import type { HeadRefusal } from './head-refusals.ts'

/** Where a client connection stands: reading a head, reading a body, waiting for an answer … */
export const state = { head: 0, body: 1, busy: 2, discard: 3, tunnel: 4, lingering: 5, closed: 6 } as const
/** What its deadline is for: what it waits to read. Output that waits has a `WriteWatch`. */
export const timer = { none: 0, head: 1, idle: 2, body: 3, linger: 4, half: 5 } as const

/** Limits that no one has to set. Sizes in bytes, times in ms. */
export const limits = {
  /** Kept of a next request while one is in flight. */
  carry: 65_536,
  /** Read of a body that nobody wants, so that the connection can be kept. */
  discard: 65_536,
  /** Read behind an answer that closes the connection. */
  linger: 1_048_576,
  /** How long that is read, so that the answer is not lost in a reset. */
  lingerTime: 2000,
  /** A client that closed its half is taken for gone when nothing was sent to it for this long. */
  halfClosed: 500,
} as const

export const tooSlow: HeadRefusal = { code: 'GW4081', detail: 'The head did not arrive in time.' }
export const cutShort: HeadRefusal = { code: 'GW4000', detail: 'The connection ended in the middle of the head.' }
