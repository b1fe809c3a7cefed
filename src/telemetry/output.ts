import { write, writeSync } from 'node:fs'
import type { Destination } from './destination.ts'

/** Bytes that may wait when a destination is slow. */
export const queueBytes: number = 16 << 20
const retryEvery = 20
const lineFeed = 10

/** Writes whole lines somewhere, without ever waiting in the caller; what cannot be written is dropped and counted. */
export interface Output {
  /** Takes lines; the buffer belongs to the output from now on. */
  write(lines: Buffer): void
  /** Bytes written. */
  readonly written: number
  /** Lines dropped. */
  readonly dropped: number
  /** Opens the file by its name again before the next write. */
  reopen(): void
  /** Waits until all is written or dropped, at most so many ms. */
  flush(timeout: number): Promise<void>
  /** Writes what waits at once, as far as that works; for the last words of a process. */
  flushSync(): void
  close(timeout: number): Promise<void>
}

/** Opens an output. `onProblem` hears of failures; it is called once for each run of failures, not for each line. */
export const createOutput = (destination: Destination, onProblem: (error: Error) => void): Output =>
  new Writer(destination, onProblem)

class Writer implements Output {
  written = 0
  dropped = 0
  readonly #destination: Destination
  readonly #onProblem: (error: Error) => void
  #queue: Buffer[] = []
  #queued = 0
  /** What is being written, and how much of it is out. */
  #batch: Buffer | undefined
  #done = 0
  #writing = false
  #reopen = false
  #gone = false
  #failing = false
  /** A line was cut by a failure: the next batch begins a new one. */
  #torn = false
  #timer: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []

  constructor(destination: Destination, onProblem: (error: Error) => void) {
    this.#destination = destination
    this.#onProblem = onProblem
  }

  write(lines: Buffer): void {
    if (this.#gone || this.#queued + lines.length > queueBytes) {
      this.dropped += countLines(lines, 0)
      return
    }
    this.#queue.push(lines)
    this.#queued += lines.length
    this.#pump()
  }

  reopen(): void {
    this.#reopen = true
    if (!this.#writing && this.#batch === undefined) this.#reopenNow()
  }

  async flush(timeout: number): Promise<void> {
    if (this.#batch === undefined && this.#queue.length === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeout)
      this.#idle.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  flushSync(): void {
    // A write under way cannot be waited for here; what comes after it is not lost.
    const rest = this.#writing || this.#batch === undefined ? [] : [this.#batch.subarray(this.#done)]
    if (!this.#writing) this.#batch = undefined
    const waiting = [...rest, ...this.#queue]
    this.#queue = []
    this.#queued = 0
    for (const lines of waiting) {
      try {
        this.written += writeSync(this.#destination.descriptor(), lines)
      } catch {
        this.dropped += countLines(lines, 0)
      }
    }
  }

  async close(timeout: number): Promise<void> {
    await this.flush(timeout)
    clearTimeout(this.#timer)
    this.#gone = true
    if (!this.#writing && this.#batch !== undefined) {
      this.dropped += countLines(this.#batch, this.#done)
      this.#batch = undefined
    }
    this.#dropAll()
    if (!this.#writing) this.#reopenNow()
    else this.#reopen = true
  }

  #pump(): void {
    if (this.#writing) return
    this.#batch ??= this.#nextBatch()
    if (this.#batch === undefined) {
      if (this.#reopen) this.#reopenNow()
      for (const resolve of this.#idle.splice(0)) resolve()
      return
    }
    const batch = this.#batch
    let length: number
    let descriptor: number
    try {
      descriptor = this.#destination.descriptor()
      length = this.#lengthThatFits(batch)
      descriptor = this.#destination.descriptor()
    } catch (error) {
      this.#failed(error as Error)
      return
    }
    this.#writing = true
    write(descriptor, batch, this.#done, length, null, (error, count) => {
      this.#writing = false
      if (error === null) this.#wrote(count)
      else if (error.code === 'EAGAIN' || error.code === 'EINTR') this.#later()
      else this.#failed(error)
    })
  }

  /** How much of the batch goes before a rotation, in whole lines; rotates first when not even one line fits. */
  #lengthThatFits(batch: Buffer): number {
    const rest = batch.length - this.#done
    const fitting = this.#wholeLines(batch, this.#destination.room())
    if (fitting > 0) return fitting
    // In the middle of a line it has to be finished where it began.
    if (this.#done > 0 && batch[this.#done - 1] !== lineFeed)
      return batch.indexOf(lineFeed, this.#done) + 1 - this.#done
    try {
      this.#destination.rotate()
      this.#destination.descriptor()
    } catch (error) {
      // The log goes on in the file it has.
      this.#onProblem(error as Error)
      return rest
    }
    return this.#wholeLines(batch, this.#destination.room()) || batch.indexOf(lineFeed, this.#done) + 1 - this.#done
  }

  #wholeLines(batch: Buffer, room: number): number {
    const rest = batch.length - this.#done
    if (rest <= room) return rest
    return room > 0 ? Math.max(0, batch.lastIndexOf(lineFeed, this.#done + room - 1) + 1 - this.#done) : 0
  }

  #nextBatch(): Buffer | undefined {
    if (this.#queue.length === 0) return undefined
    const pieces = this.#torn ? [Buffer.from('\n'), ...this.#queue] : this.#queue
    this.#torn = false
    this.#queue = []
    this.#queued = 0
    this.#done = 0
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
  }

  #wrote(count: number): void {
    this.#failing = false
    this.written += count
    this.#destination.wrote(count)
    this.#done += count
    if (this.#batch !== undefined && this.#done >= this.#batch.length) {
      this.#batch = undefined
      if (this.#reopen) this.#reopenNow()
    }
    this.#pump()
  }

  #failed(error: Error): void {
    if (!this.#failing) this.#onProblem(error)
    this.#failing = true
    if (this.#batch !== undefined) {
      this.dropped += countLines(this.#batch, this.#done)
      this.#torn = this.#done > 0 && this.#batch[this.#done - 1] !== lineFeed
      this.#batch = undefined
    }
    if (this.#destination.permanent) {
      this.#gone = true
      this.#dropAll()
    } else this.#reopenNow()
    this.#pump()
  }

  #dropAll(): void {
    for (const lines of this.#queue) this.dropped += countLines(lines, 0)
    this.#queue = []
    this.#queued = 0
  }

  #reopenNow(): void {
    this.#reopen = false
    try {
      this.#destination.reopen()
    } catch (error) {
      this.#onProblem(error as Error)
    }
  }

  #later(): void {
    this.#timer = setTimeout(() => {
      this.#pump()
    }, retryEvery)
    this.#timer.unref()
  }
}

const countLines = (lines: Buffer, from: number): number => {
  let count = 0
  for (let at = lines.indexOf(lineFeed, from); at >= 0; at = lines.indexOf(lineFeed, at + 1)) count++
  return count
}
