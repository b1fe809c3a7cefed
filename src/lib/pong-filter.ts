import type { FrameTracker } from './websocket-frames.ts'

/** Bytes of payload in a ping of the gateway. */
export const pingSize = 8
/** Two bytes of header, four of mask, and the payload: the whole frame of a client's answer. */
const answerSize = 14
const pongByte = 0x8a
const lengthByte = 0x80 | pingSize

/**
 * Takes the masked Pong frames that answer the gateway's own pings out of what a client sends; everything else passes
 * as it is. Only bytes that may be the beginning of such a frame are kept back, 13 at most, until the next ones tell.
 */
export class PongFilter {
  private readonly payload: Uint8Array
  private readonly held: Buffer = Buffer.alloc(answerSize)
  private count = 0

  /** @param payload the 8 bytes that the gateway's pings carry */
  constructor(payload: Uint8Array) {
    this.payload = payload
  }

  /** Passes a lent chunk on to `give`, in parts where an answer stands between them. `frames` follows what was given. */
  pass(chunk: Uint8Array, frames: FrameTracker, to: { give(bytes: Uint8Array): void }): void {
    const end = chunk.length
    const before = this.count
    let from = 0
    let at = 0
    while (at < end) {
      if (this.count === 0 && (!frames.isBoundary || chunk[at] !== pongByte)) {
        at = frames.read(chunk, at, end, true)
        continue
      }
      const begin = at
      const isEarlier = at === 0 && before > 0
      const fits = this.take(chunk, at, end)
      if (!fits) {
        // Another frame after all: what an earlier chunk brought of it goes first, the rest with the bytes around it.
        if (isEarlier) to.give(this.held.subarray(0, before))
        at += this.count - (isEarlier ? before : 0)
        frames.read(this.held, 0, this.count, false)
        this.count = 0
        continue
      }
      if (begin > from) to.give(chunk.subarray(from, begin))
      at += this.count - (isEarlier ? before : 0)
      from = at
      if (this.count === answerSize) this.count = 0
    }
    if (from < end) to.give(from === 0 ? chunk : chunk.subarray(from))
  }

  /** Forgets what is kept back: nothing more is given. */
  drop(): void {
    this.count = 0
  }

  /** Gives what is kept back: no more comes. */
  flush(frames: FrameTracker, to: { give(bytes: Uint8Array): void }): void {
    if (this.count === 0) return
    const bytes = this.held.subarray(0, this.count)
    this.count = 0
    frames.read(bytes, 0, bytes.length, false)
    to.give(bytes)
  }

  /** Adds bytes to what is kept. False: the last one proved that it is no answer of ours. */
  private take(bytes: Uint8Array, from: number, end: number): boolean {
    for (let at = from; at < end && this.count < answerSize; at++) {
      this.held[this.count] = bytes[at] as number
      if (!this.isExpected(this.count++)) return false
    }
    return true
  }

  private isExpected(index: number): boolean {
    const byte = this.held[index] as number
    if (index === 0) return byte === pongByte
    if (index === 1) return byte === lengthByte
    return index < 6 || (byte ^ (this.held[2 + ((index - 6) & 3)] as number)) === this.payload[index - 6]
  }
}
