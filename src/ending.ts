import type { Door } from './door.ts'
import type { InnerStream } from './exchange/inner-stream.ts'

/** ms a kept connection must have been silent before a drain closes it. */
const drainQuiet = 1000
/** ms in which tunnels that are told of the end may answer. */
const farewell = 500

/** What runs on a thread, as far as its end goes. */
export interface EndingParts {
  /** Doors with those that a reload took away. */
  everyDoor(): Iterable<Door>
  /** Requests that came without a socket. */
  readonly inner: ReadonlySet<InnerStream>
  /** Monotonic ms, at most one tick old. */
  now(): number
}

/** The end of a thread's data path: what runs is finished, and cut when its time is over. */
export class Ending {
  /** No new work comes, and every answer closes its connection. */
  hasBegun = false
  private readonly parts: EndingParts
  private waiting: (() => void) | undefined

  constructor(parts: EndingParts) {
    this.parts = parts
  }

  private get left(): number {
    let left = this.parts.inner.size
    for (const door of this.parts.everyDoor()) left += door.connections.size
    return left
  }

  /** A connection was closed, or a request without one ended. */
  changed(): void {
    if (this.waiting !== undefined && this.left === 0) this.waiting()
  }

  /** Resolves when nothing is left, or after `timeout` ms. */
  private async wait(timeout: number): Promise<void> {
    if (this.left === 0) return
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, timeout)
      this.waiting = () => {
        clearTimeout(limit)
        resolve()
      }
    })
    this.waiting = undefined
  }

  /** Lets what runs finish for up to `timeout` ms and cuts the rest; tells how many of each, connections that idled included. */
  async drain(timeout: number): Promise<{ finished: number; cut: number }> {
    this.hasBegun = true
    const before = this.left
    const quietFor = Math.min(drainQuiet, timeout / 2)
    // Whoever is about to send on a kept connection gets an answer that closes it; who is silent is closed later.
    const sweep = setInterval(() => this.closeQuiet(quietFor), 100)
    await this.wait(timeout)
    clearInterval(sweep)
    const { left } = this
    this.cut()
    await this.wait(farewell)
    return { finished: before - left, cut: left }
  }

  private closeQuiet(quietFor: number): void {
    for (const door of this.parts.everyDoor())
      for (const connection of door.connections) connection.closeIfQuiet(this.parts.now() - quietFor)
  }
  private cut(): void {
    for (const door of this.parts.everyDoor()) for (const connection of door.connections) connection.cut()
    this.cutInner()
  }
  private cutInner(): void {
    for (const stream of this.parts.inner) {
      stream.abort()
      stream.sink?.onFailure('aborted')
    }
  }

  /** Ends everything now. */
  close(): void {
    this.hasBegun = true
    for (const door of this.parts.everyDoor()) {
      door.server?.close()
      for (const connection of door.connections) connection.wire.destroy()
    }
    this.cutInner()
  }
}
