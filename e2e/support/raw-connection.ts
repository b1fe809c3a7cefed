import net from 'node:net'
import { ResponseReader } from './response-reader.ts'
import type { RawResponse } from './response-reader.ts'

/** How a connection stands: open, ended by the peer, or cut by it. */
export type Standing = 'open' | 'end' | 'reset'

/** Text is written byte for byte (latin1). */
export type Bytes = string | Uint8Array
export const toBuffer = (bytes: Bytes): Buffer =>
  typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)

export interface RawOptions {
  /** Methods of the requests that will be sent, when not all are GET-like. */
  readonly methods?: readonly string[]
  /** Local address to connect from. */
  readonly from?: string
}

/** A client that says exactly what it is told to, and reads answers strictly. */
export class RawConnection {
  readonly reader: ResponseReader
  readonly socket: net.Socket
  standing: Standing = 'open'
  /** Every byte that came, up to 4 MiB. */
  received = 0
  private readonly raw: Buffer[] = []
  private wake: (() => void)[] = []

  private constructor(socket: net.Socket, methods: readonly string[]) {
    this.socket = socket
    this.reader = new ResponseReader(methods)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      if (this.received < 4 << 20) this.raw.push(chunk)
      this.received += chunk.length
      this.reader.push(chunk)
      this.changed()
    })
    socket.on('end', () => this.ended('end'))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A peer that stopped reading makes writes fail while its answer may still be on the way here.
      if (error.code !== 'EPIPE') this.ended('reset')
    })
    socket.on('close', (hadError) => this.ended(hadError ? 'reset' : 'end'))
  }

  /** Connects to a port of 127.0.0.1. */
  static open(port: number, options: RawOptions = {}): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({
        port,
        host: '127.0.0.1',
        allowHalfOpen: true,
        ...(options.from === undefined ? {} : { localAddress: options.from }),
      })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.removeListener('error', reject)
        resolve(new RawConnection(socket, options.methods ?? []))
      })
    })
  }

  get responses(): readonly RawResponse[] {
    return this.reader.responses
  }
  get bytes(): Buffer {
    return Buffer.concat(this.raw)
  }
  get tunnel(): Buffer {
    return Buffer.concat(this.reader.tunnel)
  }

  write(bytes: Bytes): this {
    if (!this.socket.destroyed && this.socket.writable) this.socket.write(toBuffer(bytes))
    return this
  }
  /** Writes pieces with a pause of `gap` ms between them. */
  async writeSlowly(pieces: Iterable<Bytes>, gap: number): Promise<this> {
    for (const piece of pieces) {
      if (this.socket.destroyed || this.standing !== 'open') break
      this.write(piece)
      await pause(gap)
    }
    return this
  }
  /** Half-close: no more will be sent, answers are still read. */
  end(): this {
    this.socket.end()
    return this
  }
  /** Cuts with RST. */
  reset(): this {
    this.socket.resetAndDestroy()
    return this
  }
  destroy(): void {
    this.socket.destroy()
  }

  /** Waits until `condition` holds; throws what was there when `timeout` ms pass. */
  async until(condition: () => boolean, timeout = 5000, what = 'expected state'): Promise<this> {
    const deadline = performance.now() + timeout
    while (!condition()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`no ${what} within ${timeout} ms: ${this.describe()}`)
      await this.change(left)
    }
    return this
  }
  /** The final answer number `index`, whole. */
  async response(index = 0, timeout = 5000): Promise<RawResponse> {
    const there = (): boolean => this.responses[index]?.complete === true
    await this.until(() => there() || this.over, timeout, `answer ${index + 1}`)
    const response = this.responses[index]
    if (response?.complete !== true) throw new Error(`no answer ${index + 1}: ${this.describe()}`)
    return response
  }
  async closed(timeout = 5000): Promise<Standing> {
    await this.until(() => this.standing !== 'open', timeout, 'close')
    return this.standing
  }

  describe(): string {
    const answers = this.responses.map((r) => `${r.status}${r.complete ? '' : ' (cut)'}`).join(', ')
    const violation = this.reader.violation === undefined ? '' : `, violation: ${this.reader.violation}`
    return `answers [${answers}], ${this.received} bytes, connection ${this.standing}${violation}`
  }

  private get over(): boolean {
    return this.standing !== 'open' || this.reader.violation !== undefined
  }
  private ended(how: Standing): void {
    if (this.standing === 'open') {
      this.standing = how
      if (how === 'end') this.reader.finish()
    }
    this.changed()
  }
  private changed(): void {
    const wake = this.wake
    this.wake = []
    for (const call of wake) call()
  }
  private change(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeout)
      this.wake.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

/** Resolves after `ms`. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Polls until `condition` holds; throws after `timeout` ms. */
export const eventually = async (condition: () => boolean, what: string, timeout = 5000): Promise<void> => {
  const deadline = performance.now() + timeout
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeout} ms`)
    await pause(2)
  }
}

export interface ExchangeOptions extends RawOptions {
  /** Stop after so many final answers, or when the connection is closed (default: 1). */
  readonly until?: number | 'close'
  readonly timeout?: number
  /** Half-close after sending. */
  readonly end?: boolean
}

/** Sends bytes on a new connection, reads what comes back, and closes. Throws when it does not come in time. */
export const exchangeBytes = async (
  port: number,
  bytes: Bytes,
  { until = 1, timeout = 5000, end = false, ...options }: ExchangeOptions = {},
): Promise<RawConnection> => {
  const connection = await RawConnection.open(port, options)
  connection.write(bytes)
  if (end) connection.end()
  try {
    if (until === 'close') await connection.closed(timeout)
    else
      await connection.until(
        () =>
          connection.reader.complete >= until ||
          connection.standing !== 'open' ||
          connection.reader.violation !== undefined,
        timeout,
        `${until} answers`,
      )
    return connection
  } finally {
    connection.destroy()
  }
}
