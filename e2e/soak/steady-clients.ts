import { connect, type Socket } from 'node:net'
import { createAnswerReader } from '../../src/cli/bench/answer-reader.ts'

/** What clients saw. */
export interface ClientTally {
  sent: number
  answered: number
  /** Answers that were no 2xx, by status. */
  readonly refused: Map<number, number>
  /** When connections ended while an answer was owed, monotonic ms. */
  readonly cut: number[]
  /** When connections could not be opened, monotonic ms. */
  readonly unopened: number[]
}

/** Clients that send at a fixed rate over kept connections; a connection that ends is opened again. */
export interface SteadyClients {
  readonly tally: ClientTally
  /** Stops sending, waits for what is owed, closes. */
  stop(): Promise<void>
}

const tick = 10

class Client {
  private socket: Socket | undefined
  private open = false
  private owed = 0
  private readonly port: number
  private readonly bytes: Buffer
  private readonly tally: ClientTally

  constructor(port: number, bytes: Buffer, tally: ClientTally) {
    this.port = port
    this.bytes = bytes
    this.tally = tally
  }

  get busy(): boolean {
    return this.owed > 0
  }

  /** Sends one request if the connection is free; opens it if there is none. */
  send(): boolean {
    if (this.socket === undefined) this.dial()
    if (!this.open || this.owed > 0) return false
    this.owed = 1
    this.tally.sent += 1
    this.socket?.write(this.bytes)
    return true
  }

  private dial(): void {
    const reader = createAnswerReader()
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true })
    this.socket = socket
    const done = (status: number, reusable: boolean): void => {
      if (status < 200) return
      this.owed = 0
      this.tally.answered += 1
      if (status < 200 || status > 299) this.tally.refused.set(status, (this.tally.refused.get(status) ?? 0) + 1)
      if (!reusable) socket.end()
    }
    socket.on('connect', () => {
      this.open = true
    })
    socket.on('data', (chunk: Buffer) => {
      if (!reader.take(chunk, done)) socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      reader.close(done)
      if (!this.open) this.tally.unopened.push(performance.now())
      else if (this.owed > 0) this.tally.cut.push(performance.now())
      this.owed = 0
      this.open = false
      this.socket = undefined
    })
  }

  end(): void {
    this.socket?.destroy()
  }
}

/** Starts clients that together send `perSecond` requests a second over at most `connections` connections. */
export const steadyClients = (port: number, path: string, perSecond: number, connections: number): SteadyClients => {
  const tally: ClientTally = { sent: 0, answered: 0, refused: new Map(), cut: [], unopened: [] }
  const bytes = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: soak.test\r\n\r\n`)
  const clients = Array.from({ length: connections }, () => new Client(port, bytes, tally))
  let due = 0
  let next = 0
  const timer = setInterval(() => {
    due = Math.min(due + (perSecond * tick) / 1000, perSecond)
    for (let tried = 0; due >= 1 && tried < clients.length; tried++) {
      if ((clients[next] as Client).send()) due -= 1
      next = (next + 1) % clients.length
    }
  }, tick)
  return {
    tally,
    async stop() {
      clearInterval(timer)
      const until = performance.now() + 5000
      // oxlint-disable-next-line no-await-in-loop -- waited for in turn
      while (clients.some((client) => client.busy) && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 20))
      for (const client of clients) client.end()
    },
  }
}
