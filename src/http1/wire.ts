import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { closeTurn, enterTurn, flushLater, leaveTurn, openTurn } from './turn.ts'

/**
 * A TCP socket as the codec sees it: reads arrive in a buffer that is lent, writes leave at the end of the read
 * callback that caused them, as one system call. This is the one file that touches Node's private handle
 * (`docs/decisions/0003`): `socket.write` and the `data` event cost about 7 µs a request more. On a Node that was not
 * tried, or for sockets without such a handle (TLS), the public stream interface is used instead.
 */
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

interface WriteRequest {
  handle: unknown
  oncomplete: (this: WriteRequest, status: number) => void
  wire: Wire
  buffer: unknown
  writeStatus: number | null
}
interface Handle {
  reading: boolean
  readonly writeQueueSize: number
  readStart(): number
  readStop(): number
  writeLatin1String(request: null, text: string): number | WriteRequest
  writeBuffer(request: null, bytes: Uint8Array): number | WriteRequest
  setNoDelay?(on: boolean): void
}
type HandleSocket = Socket & { _handle: Handle | null }

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
/** Versions whose handle was tried: a write returns 0 when done, an object while pending, a negative error. */
const tried = major === 26 && minor >= 10 && process.env['GWANMUN_PLAIN_SOCKETS'] === undefined

export const readBufferSize = 65536
/** Taken from its prototype, because what user code answers with may be a Uint8Array and no Buffer. */
const latin1Of: (this: Uint8Array, start: number, end: number) => string = Buffer.prototype.latin1Slice
/** Largest text kept as a string; longer output is gathered in a buffer, which saves two copies. */
const textLimit = 4096

/** Read buffer of all connections whose message fits into one read. */
export const sharedBuffer: Buffer = Buffer.allocUnsafeSlow(readBufferSize)
const sharedMemory = sharedBuffer.buffer
/** Free buffers of connections whose body flows. */
const spare: Buffer[] = []
const spareLimit = 32

/** Output gathered for one wire at a time; given away when a write of it stays pending. */
let gather: Buffer = Buffer.allocUnsafeSlow(readBufferSize * 2)
let gatherOwner: Wire | undefined
let gathered = 0

function onWritten(this: WriteRequest, status: number): void {
  this.wire.written(status)
}

export class Wire {
  readonly socket: HandleSocket
  private readonly owner: WireOwner
  private readonly direct: boolean
  /** Only plain TCP knows RST; a unix socket or TLS is just closed, the latter without its closing alert. */
  private readonly resets: boolean
  private own: Buffer | undefined
  private wantsOwn = false
  /** A write of the own buffer was pending when reading stopped: it goes to nobody else before `resume`. */
  private pinned = false
  private text = ''
  private isDirty = false
  private pending = 0
  private isPaused = false
  private ending = false
  private closed = false
  private failed = false
  /** The peer takes no more; what it said before is still read. */
  private broken = false
  /** Bytes or characters handed to the kernel so far. */
  sent = 0

  constructor(socket: Socket, owner: WireOwner, direct: boolean) {
    this.socket = socket as HandleSocket
    this.owner = owner
    this.direct = direct && tried
    this.resets = socket.remotePort !== undefined && !(socket instanceof TLSSocket)
    socket.on('end', () => this.enter(0))
    socket.on('error', () => {
      this.failed = true
    })
    socket.on('close', () => this.gone())
    if (!direct) {
      socket.on('data', (chunk: Buffer) => {
        enterTurn()
        try {
          this.owner.onRead(chunk, chunk.length)
        } finally {
          leaveTurn()
        }
      })
      socket.on('drain', () => this.written(0))
    }
  }

  /** Callback of `onread`; false stops reading. */
  enter(length: number): boolean {
    openTurn()
    try {
      // The write that failed took the reset's error with it, so the end looks like an orderly one.
      if (length === 0 && this.broken) this.socket.destroy()
      else if (length === 0) this.owner.onEof()
      else this.owner.onRead(this.own ?? sharedBuffer, length)
    } catch (error) {
      // Nobody knows where this connection stands.
      this.socket.destroy()
      throw error
    } finally {
      closeTurn()
    }
    return !this.isPaused
  }

  /** Next read buffer for `onread`, or undefined to keep the present one. */
  nextBuffer(): Buffer | undefined {
    if (this.wantsOwn === (this.own !== undefined)) return undefined
    if (this.wantsOwn) return (this.own = spare.pop() ?? Buffer.allocUnsafeSlow(readBufferSize))
    const own = this.own as Buffer
    this.own = undefined
    if (!this.pinned && spare.length < spareLimit) spare.push(own)
    this.pinned = false
    return sharedBuffer
  }

  /**
   * Says whether a body flows over several reads. It then gets its own buffer, so that a chunk stays valid while its
   * write is pending and this wire is paused. Takes effect with the next read.
   */
  flow(on: boolean): void {
    this.wantsOwn = on
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? ''
  }
  get isClosed(): boolean {
    return this.closed
  }
  /** Bytes the kernel has not taken yet. */
  get queued(): number {
    return this.direct ? (this.socket._handle?.writeQueueSize ?? 0) : this.socket.writableLength
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
   * the caller leaves alone until `onDrain`, are written from where they stand.
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
      this.write(chunk, true)
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
      if (this.write(bytes, true)) gather = Buffer.allocUnsafeSlow(readBufferSize * 2)
    } else if (this.text !== '') {
      const text = this.text
      this.text = ''
      this.write(text, false)
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

  /** True while the write is pending and its memory must be left alone. */
  private write(data: string | Uint8Array, isBytes: boolean): boolean {
    if (this.closed || this.broken) return false
    if (!this.direct) {
      this.sent += data.length
      this.pending = this.socket.write(data, 'latin1') ? 0 : 1
      return true
    }
    const handle = this.socket._handle
    if (handle === null) return false
    const result = isBytes
      ? handle.writeBuffer(null, data as Uint8Array)
      : handle.writeLatin1String(null, data as string)
    if (result === 0) {
      this.sent += data.length
      return false
    }
    if (typeof result === 'number') {
      this.fail()
      return false
    }
    this.sent += data.length
    this.pending++
    result.handle = handle
    result.wire = this
    result.buffer = data
    result.oncomplete = onWritten
    const status = result.writeStatus
    if (status !== null) {
      result.writeStatus = null
      this.written(status)
    }
    return true
  }

  /** A pending write is done. */
  written(status: number): void {
    if (!this.direct) this.pending = 0
    else if (!this.broken) this.pending--
    if (this.closed || this.broken) return
    if (status < 0) return this.fail()
    if (this.pending > 0) return
    if (this.ending && !this.isDirty) this.finish()
    enterTurn()
    try {
      this.owner.onDrain()
    } finally {
      leaveTurn()
    }
  }

  /** Stops reading after the current callback. */
  pause(): void {
    if (this.isPaused) return
    this.isPaused = true
    if (this.own !== undefined) this.pinned = true
    if (this.direct) this.stopReading()
    else this.socket.pause()
  }
  /** Reads on; the destination has let go of what it was given. */
  resume(): void {
    this.pinned = false
    this.restart()
  }
  /** Reads on although the destination may still hold a chunk: the own buffer is then given up, not reused. */
  restart(): void {
    if (!this.isPaused) return
    this.isPaused = false
    if (!this.direct) {
      this.socket.resume()
      return
    }
    const handle = this.socket._handle
    if (handle !== null && !handle.reading) {
      handle.reading = true
      handle.readStart()
    }
  }
  private stopReading(): void {
    const handle = this.socket._handle
    if (handle !== null && handle.reading) {
      handle.reading = false
      handle.readStop()
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
  private fail(): void {
    this.failed = true
    this.broken = true
    this.pending = 0
    if (this.ending) this.finish()
    this.restart()
  }
  private gone(): void {
    if (this.closed) return
    this.closed = true
    if (gatherOwner === this) gatherOwner = undefined
    this.text = ''
    const own = this.own
    // A buffer that a pending write may still hold is left to the garbage collector.
    if (own !== undefined && !this.pinned && spare.length < spareLimit) spare.push(own)
    this.own = undefined
    enterTurn()
    try {
      this.owner.onClosed(this.failed)
    } finally {
      leaveTurn()
    }
  }
}
