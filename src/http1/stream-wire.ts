import type { Socket } from 'node:net'
import { Wire } from './wire.ts'

/**
 * A socket through its public stream interface: TLS, and every socket on a Node whose private handle was not tried.
 * The stream keeps what it is given until it has left, which it does not tell for less than its mark: so it is given
 * copies, and no chunk has to be left alone.
 */
export class StreamWire extends Wire {
  constructor(socket: Socket) {
    super(socket)
    socket.on('data', (chunk: Buffer) => this.arrived(chunk, chunk.length))
    socket.on('drain', () => {
      this.pending = 0
      if (!this.closed && !this.broken) this.drained()
    })
  }

  /** Each read has memory of its own. */
  flow(): void {}

  get queued(): number {
    return this.socket.writableLength
  }

  protected write(data: string | Uint8Array): boolean {
    if (this.closed || this.broken) return false
    this.sent += data.length
    const takesMore =
      typeof data === 'string' ? this.socket.write(data, 'latin1') : this.socket.write(Buffer.from(data))
    this.pending = takesMore ? 0 : 1
    return false
  }

  pause(): void {
    this.isPaused = true
    this.socket.pause()
  }
  resume(): void {
    this.restart()
  }
  restart(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.socket.resume()
  }
}
