import type { Socket } from 'node:net'
import { readBufferSize, sharedBuffer, Wire } from './wire.ts'

interface WriteRequest {
  handle: unknown
  oncomplete: (this: WriteRequest, status: number) => void
  wire: DirectWire
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
}
type HandleSocket = Socket & { _handle: Handle | null }

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
/**
 * Whether sockets of this Node may have a `DirectWire`: only versions whose handle was tried, where a write returns 0
 * when done, an object while pending, a negative error. `GWANMUN_PLAIN_SOCKETS` in the environment says no.
 */
export const areDirect: boolean = major === 26 && minor >= 10 && process.env['GWANMUN_PLAIN_SOCKETS'] === undefined

/** Free buffers of connections whose body flows. */
const spare: Buffer[] = []
const spareLimit = 32

function onWritten(this: WriteRequest, status: number): void {
  this.wire.written(status)
}

/**
 * A plain socket that was made with `onread`: it reads into memory of ours and writes through its handle. This is the
 * one file that touches Node's private handle of a connection (`docs/decisions/0003`): `socket.write` and the `data`
 * event cost about 7 µs a request more. A long chunk is written from where it stands; it must be left alone for as long
 * as this wire is blocked.
 */
export class DirectWire extends Wire {
  declare readonly socket: HandleSocket
  private own: Buffer | undefined
  private wantsOwn = false
  /** A write of the own buffer was pending when reading stopped: it goes to nobody else before `resume`. */
  private pinned = false

  /** Callback of `onread`; false stops reading. */
  enter(length: number): boolean {
    return this.arrived(this.own ?? sharedBuffer, length)
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

  /** A body that flows gets its own buffer. */
  flow(on: boolean): void {
    this.wantsOwn = on
  }

  get queued(): number {
    return this.socket._handle?.writeQueueSize ?? 0
  }

  protected write(data: string | Uint8Array): boolean {
    if (this.closed || this.broken) return false
    const handle = this.socket._handle
    if (handle === null) return false
    const result = typeof data === 'string' ? handle.writeLatin1String(null, data) : handle.writeBuffer(null, data)
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
    if (!this.broken) this.pending--
    if (this.closed || this.broken) return
    if (status < 0) this.fail()
    else if (this.pending === 0) this.drained()
  }

  pause(): void {
    if (this.isPaused) return
    this.isPaused = true
    if (this.own !== undefined) this.pinned = true
    const handle = this.socket._handle
    if (handle !== null && handle.reading) {
      handle.reading = false
      handle.readStop()
    }
  }
  resume(): void {
    this.pinned = false
    this.restart()
  }
  /** The own buffer, which the destination may still hold, is given up, not reused. */
  restart(): void {
    if (!this.isPaused) return
    this.isPaused = false
    const handle = this.socket._handle
    if (handle !== null && !handle.reading) {
      handle.reading = true
      handle.readStart()
    }
  }

  protected override gone(): void {
    const own = this.own
    // A buffer that a pending write may still hold is left to the garbage collector.
    if (own !== undefined && !this.pinned && spare.length < spareLimit) spare.push(own)
    this.own = undefined
    super.gone()
  }
}
