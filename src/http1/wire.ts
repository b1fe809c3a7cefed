import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { closeTurn, enterTurn, flushLater, leaveTurn, openTurn } from './turn.ts'

/** The codec's end of a wire. */
export interface WireOwner {
  /** `buffer` is lent: dead when the call returns. */
  onRead(buffer: Buffer, length: number): void
  /** The peer will send no more. */
  onEof(): void
  /** Everything written has left. */
  onDrain(): void
  /** The socket is gone; called once. */
  onClosed(failed: boolean): void
}
/** Stands in until the owner is there. */
const unowned: WireOwner = {
  onRead: () => undefined,
  onEof: () => undefined,
  onDrain: () => undefined,
  onClosed: () => undefined,
}

/** Size of every read buffer, in bytes. */
export const readBufferSize = 65536
/** Taken from its prototype, because what user code answers with may be a Uint8Array and no Buffer. */
const latin1Of: (this: Uint8Array, start: number, end: number) => string = Buffer.prototype.latin1Slice
/** Largest text kept as a string; longer output is gathered in a buffer, which saves two copies. */
const textLimit = 4096

/** Read buffer of all connections whose message fits into one read. */
export const sharedBuffer: Buffer = Buffer.allocUnsafeSlow(readBufferSize)
const sharedMemory = sharedBuffer.buffer

/** Output gathered for one wire at a time; given away when a write of it stays pending. */
let gather: Buffer = Buffer.allocUnsafeSlow(readBufferSize * 2)
let gatherOwner: Wire | undefined
let gathered = 0

/**
 * A socket as the codec sees it: reads are lent, writes leave together at the end of the callback that caused them.
 * How bytes get in and out, and who owns a chunk meanwhile, is the matter of its two kinds: `DirectWire` and
 * `StreamWire`.
 */
export abstract class Wire {
  readonly socket: Socket
  protected owner: WireOwner = unowned
  /** Only plain TCP knows RST; a unix socket or TLS is just closed, the latter without its closing alert. */
  private readonly resets: boolean
  private text = ''
  private isDirty = false
  /** Writes that have not ended. */
  protected pending = 0
  protected isPaused = false
  private ending = false
  protected closed = false
  private failed = false
  /** The peer takes no more; what it said before is still read. */
  protected broken = false
  /** Bytes or characters offered to the kernel so far, those included that it has not taken yet. */
  sent = 0

  constructor(socket: Socket) {
    this.socket = socket
    this.resets = socket.remotePort !== undefined && !(socket instanceof TLSSocket)
    socket.on('end', () => this.arrived(sharedBuffer, 0))
    socket.on('error', () => {
      this.failed = true
    })
    socket.on('close', () => this.gone())
  }

  /** Says who reads and hears of what happens; once, before anything can arrive. */
  attach(owner: WireOwner): void {
    this.owner = owner
  }

  /** Bytes were read, or none: the peer's end. False stops reading. */
  protected arrived(buffer: Buffer, length: number): boolean {
    openTurn()
    try {
      // The write that failed took the reset's error with it, so the end looks like an orderly one.
      if (length === 0 && this.broken) this.socket.destroy()
      else if (length === 0) this.owner.onEof()
      else this.owner.onRead(buffer, length)
    } catch (error) {
      // Nobody knows where this connection stands.
      this.socket.destroy()
      throw error
    } finally {
      closeTurn()
    }
    return !this.isPaused
  }

  /**
   * Says whether a body flows over several reads. A chunk must then stay valid while its write is pending and this wire
   * is paused. Takes effect with the next read.
   */
  abstract flow(on: boolean): void
  /** Bytes the kernel has not taken yet. */
  abstract get queued(): number
  /** Hands bytes or latin1 text to the kernel; true while the bytes must be left alone. */
  protected abstract write(data: string | Uint8Array): boolean
  /** Stops reading after the current callback. */
  abstract pause(): void
  /** Reads on; the destination has let go of what it was given. */
  abstract resume(): void
  /** Reads on although the destination may still hold a chunk. */
  abstract restart(): void

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? ''
  }
  get isClosed(): boolean {
    return this.closed
  }
  /** Bytes the kernel has taken so far. */
  get taken(): number {
    return this.sent - this.queued
  }
  /** A write is pending: the source should pause. */
  get blocked(): boolean {
    return this.pending > 0
  }

  /** The peer takes no more for now; output that has grown long is tried at once. */
  get isFull(): boolean {
    if (this.text.length > readBufferSize) this.flush()
    return this.pending > 0
  }

  private touch(): void {
    if (this.isDirty) return
    this.isDirty = true
    flushLater(this)
  }

  /** Queues latin1 text. */
  send(text: string): void {
    if (gatherOwner === this) {
      if (gathered + text.length <= gather.length) {
        gathered += gather.latin1Write(text, gathered)
        return
      }
      this.flush()
    }
    this.text = this.text === '' ? text : this.text + text
    this.touch()
  }

  /**
   * Queues a lent chunk. Bytes in the shared buffer are copied; those of a flowing connection's own buffer, or memory
   * the caller leaves alone while the wire is blocked, may be written from where they stand.
   */
  sendBytes(chunk: Uint8Array): void {
    const length = chunk.length
    if (length === 0 || this.closed) return
    if (length <= textLimit && gatherOwner !== this) {
      this.send(latin1Of.call(chunk, 0, length))
      return
    }
    if (length >= 32768 && chunk.buffer !== sharedMemory) {
      this.flush()
      this.write(chunk)
      return
    }
    this.gather(chunk)
  }

  private gather(chunk: Uint8Array): void {
    if (gatherOwner !== this) {
      gatherOwner?.flush()
      if (this.text.length > gather.length >> 1) this.flush()
      // oxlint-disable-next-line typescript/no-this-alias -- the one place that says whose bytes are gathered
      gatherOwner = this
      gathered = this.text === '' ? 0 : gather.latin1Write(this.text, 0)
      this.text = ''
      this.touch()
    }
    if (gathered + chunk.length > gather.length) {
      this.flush()
      return this.gather(chunk)
    }
    gather.set(chunk, gathered)
    gathered += chunk.length
  }

  /** Hands what is queued to the kernel. */
  flush(): void {
    this.isDirty = false
    if (gatherOwner === this) {
      gatherOwner = undefined
      const bytes = gather.subarray(0, gathered)
      if (this.write(bytes)) gather = Buffer.allocUnsafeSlow(readBufferSize * 2)
    } else if (this.text !== '') {
      const text = this.text
      this.text = ''
      this.write(text)
    }
    if (this.ending && this.pending === 0) this.finish()
  }

  /**
   * Sends FIN. Only when the kernel has everything: the wish to shut down would stand behind a pending write, and until
   * it is through libuv refuses to reset the connection (and Node then never closes it).
   */
  private finish(): void {
    this.ending = false
    if (!this.closed) this.socket.end()
  }

  /** A pending write is done: nothing is pending any more. */
  protected drained(): void {
    if (this.ending && !this.isDirty) this.finish()
    enterTurn()
    try {
      this.owner.onDrain()
    } finally {
      leaveTurn()
    }
  }

  /** Sends FIN after what is queued. */
  end(): void {
    this.ending = true
    this.touch()
  }
  /** Cuts with RST, so that the peer never mistakes a part for the whole. */
  reset(): void {
    if (this.closed) return
    this.text = ''
    if (gatherOwner === this) gatherOwner = undefined
    // Between the wish to shut down and its end there is no resetting; all bytes are with the kernel by then.
    const isFinishing = this.socket.writableEnded && !this.socket.writableFinished
    if (this.resets && !isFinishing) this.socket.resetAndDestroy()
    else this.socket.destroy()
  }
  /** Closes at once; what is queued is lost. */
  destroy(): void {
    if (!this.closed) this.socket.destroy()
  }
  /** A write failed. What the peer said before it went is still to be read; reading will then tell of its end. */
  protected fail(): void {
    this.failed = true
    this.broken = true
    this.pending = 0
    if (this.ending) this.finish()
    this.restart()
  }
  /** The socket is gone. */
  protected gone(): void {
    if (this.closed) return
    this.closed = true
    if (gatherOwner === this) gatherOwner = undefined
    this.text = ''
    enterTurn()
    try {
      this.owner.onClosed(this.failed)
    } finally {
      leaveTurn()
    }
  }
}
