/**
 * A bounded ring of bytes between one writer and one reader in two threads. The writer never waits: what does not fit
 * is refused. The head moves by whole records only, so whatever the reader finds is a run of whole records.
 */
export const ringHeaderBytes = 128
const headAt = 0
/** On a cache line of its own, or the two threads would take each other's turns. */
const tailAt = 16

interface Latin1Buffer extends Buffer {
  latin1Write(text: string, offset: number, length: number): number
}

const openRing = (shared: SharedArrayBuffer): { marks: Int32Array; bytes: Latin1Buffer } => {
  const size = shared.byteLength - ringHeaderBytes
  if (size < 64 || (size & (size - 1)) !== 0) throw new RangeError(`a ring has a power of two of bytes, not ${size}`)
  return {
    marks: new Int32Array(shared, 0, ringHeaderBytes / Int32Array.BYTES_PER_ELEMENT),
    bytes: Buffer.from(shared, ringHeaderBytes, size),
  }
}

/** The writing end. Positions run freely over 32 bits and are cut to the ring by a mask. */
export class RingWriter {
  readonly #marks: Int32Array
  readonly #bytes: Latin1Buffer
  readonly #size: number
  #head: number
  #tail: number

  constructor(shared: SharedArrayBuffer) {
    const { marks, bytes } = openRing(shared)
    this.#marks = marks
    this.#bytes = bytes
    this.#size = bytes.length
    // A new worker goes on where a dead one stopped.
    this.#head = Atomics.load(marks, headAt)
    this.#tail = Atomics.load(marks, tailAt)
  }

  /** Writes one record of characters up to U+00FF; false when it does not fit now. */
  write(text: string): boolean {
    const length = text.length
    const size = this.#size
    const head = this.#head
    if (((head - this.#tail) | 0) + length > size) {
      this.#tail = Atomics.load(this.#marks, tailAt)
      if (((head - this.#tail) | 0) + length > size) return false
    }
    const at = head & (size - 1)
    if (at + length <= size) this.#bytes.latin1Write(text, at, length)
    else {
      const first = size - at
      this.#bytes.latin1Write(text.slice(0, first), at, first)
      this.#bytes.latin1Write(text.slice(first), 0, length - first)
    }
    const next = (head + length) | 0
    this.#head = next
    Atomics.store(this.#marks, headAt, next)
    return true
  }
}

/** The reading end; its position is in shared memory, so a restarted reader goes on where the last one stopped. */
export class RingReader {
  readonly #marks: Int32Array
  readonly #bytes: Buffer

  constructor(shared: SharedArrayBuffer) {
    const { marks, bytes } = openRing(shared)
    this.#marks = marks
    this.#bytes = bytes
  }

  /** Bytes that wait. */
  get waiting(): number {
    return (Atomics.load(this.#marks, headAt) - Atomics.load(this.#marks, tailAt)) | 0
  }

  /** Takes everything that waits as a copy of its own, undefined when there is nothing; the room is free at once. */
  read(): Buffer | undefined {
    const head = Atomics.load(this.#marks, headAt)
    const tail = Atomics.load(this.#marks, tailAt)
    const length = (head - tail) | 0
    if (length === 0) return undefined
    const copy = Buffer.allocUnsafeSlow(length)
    const at = tail & (this.#bytes.length - 1)
    const first = Math.min(length, this.#bytes.length - at)
    this.#bytes.copy(copy, 0, at, at + first)
    if (first < length) this.#bytes.copy(copy, first, 0, length - first)
    Atomics.store(this.#marks, tailAt, head)
    return copy
  }
}
