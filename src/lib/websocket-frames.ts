/** Opcodes of RFC 6455 §5.2 that the gateway itself uses. */
const continuation = 0
const binary = 2
const close = 8
const pong = 10

/**
 * Follows the frames of one direction of a WebSocket by their headers alone (RFC 6455 §5.2): payload is skipped and
 * nothing is kept. What breaks the rules of framing is a fault; from then on this direction is bytes without boundaries.
 */
export class FrameTracker {
  private readonly masked: boolean
  private readonly extended: boolean
  private faulty = false
  private closed = false
  /** In the middle of a fragmented message. */
  private fragmented = false
  private isControl = false
  private isClose = false
  /** Bytes of the present header read so far, 0 outside of headers; and how many it has, as far as that is known. */
  private headerRead = 0
  private headerSize = 2
  /** Bytes of an extended length still to come. */
  private lengthLeft = 0
  /** Bytes of payload still to come; while the header is read, what is known of their number. */
  private left = 0

  /**
   * @param masked frames of this direction are masked: those of clients
   * @param extended an extension was agreed upon, so reserved bits of data frames may be set
   */
  constructor(masked: boolean, extended: boolean) {
    this.masked = masked
    this.extended = extended
  }

  /** These are no frames: boundaries are not known any more. */
  get isFaulty(): boolean {
    return this.faulty
  }
  /** A whole Close frame has passed; nothing may follow it (RFC 6455 §5.5.1). */
  get isClosed(): boolean {
    return this.closed
  }
  /** Between two frames. */
  get isBoundary(): boolean {
    return this.left === 0 && this.headerRead === 0 && !this.faulty
  }
  /** A control frame may be put in here: between frames, also those of one message, and never behind a Close frame. */
  get takesControl(): boolean {
    return this.isBoundary && !this.closed
  }

  /**
   * Reads on; with `oneFrame` it stops behind the present frame if that ends within these bytes.
   * @returns the position behind what was read
   */
  read(bytes: Uint8Array, from: number, to: number, oneFrame: boolean): number {
    let at = from
    while (at < to) {
      if (this.faulty) return to
      if (this.headerRead === 0 && this.left > 0) {
        const skipped = Math.min(this.left, to - at)
        this.left -= skipped
        at += skipped
      } else if (!this.readHeader(bytes[at++] as number)) continue
      if (this.left > 0) continue
      if (this.isClose) this.closed = true
      if (oneFrame) return at
    }
    return at
  }

  /** Takes one byte of a header. True when the header is whole. */
  private readHeader(byte: number): boolean {
    const index = this.headerRead++
    if (index === 0) this.readFirst(byte)
    else if (index === 1) this.readSecond(byte)
    else if (this.lengthLeft > 0) {
      this.left = this.left * 256 + byte
      if (--this.lengthLeft === 0) this.checkLength()
    }
    if (this.faulty || this.headerRead < this.headerSize) return false
    this.headerRead = 0
    this.headerSize = 2
    return true
  }

  private readFirst(byte: number): void {
    const code = byte & 0x0f
    const isFinal = byte >= 0x80
    this.isControl = code >= close
    this.isClose = code === close
    const isKnown = this.isControl ? code <= pong && isFinal : code <= binary
    const isReserved = (byte & 0x70) !== 0 && (this.isControl || !this.extended)
    const isInOrder = this.isControl || this.fragmented === (code === continuation)
    if (!isKnown || isReserved || !isInOrder || this.closed) this.faulty = true
    else if (!this.isControl) this.fragmented = !isFinal
  }

  private readSecond(byte: number): void {
    const length = byte & 0x7f
    const isMasked = byte >= 0x80
    this.lengthLeft = length === 127 ? 8 : length === 126 ? 2 : 0
    this.left = this.lengthLeft === 0 ? length : 0
    this.headerSize = 2 + this.lengthLeft + (isMasked ? 4 : 0)
    if (isMasked !== this.masked || (this.isControl && this.lengthLeft > 0)) this.faulty = true
  }

  /** The shortest form is a must; a length beyond 2^53 could not be counted, and would never arrive. */
  private checkLength(): void {
    const least = this.headerSize >= 10 ? 65_536 : 126
    if (this.left < least || this.left > Number.MAX_SAFE_INTEGER) this.faulty = true
  }
}

/** An unmasked Close frame (RFC 6455 §5.5.1), as a service sends it. */
export const closeFrame = (code: number): Buffer => Buffer.of(0x88, 2, code >> 8, code & 0xff)

/** A masked Close frame, as a client sends it; `mask` is four unpredictable bytes (RFC 6455 §5.3). */
export const maskedCloseFrame = (code: number, mask: Uint8Array): Buffer => {
  const [a = 0, b = 0, c = 0, d = 0] = mask
  return Buffer.of(0x88, 0x82, a, b, c, d, (code >> 8) ^ a, (code & 0xff) ^ b)
}

/** A Ping frame as a service sends it; at most 125 bytes of payload. */
export const pingFrame = (payload: Uint8Array): Buffer => Buffer.of(0x89, payload.length, ...payload)
