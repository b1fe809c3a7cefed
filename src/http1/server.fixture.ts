import { createServer, type AddressInfo, type Server } from 'node:net'
import type { FieldList } from '../contract/fields.ts'
import type { ListenerTimeouts, MessageLimits } from '../contract/plan.ts'
import type { FailureCause, RequestSink } from '../contract/streams.ts'
import { TimerWheel } from '../lib/timer-wheel.ts'
import { acceptOn } from '../listener/acceptor.ts'
import type { HeadRefusal } from './head-refusals.ts'
import type { RequestHead } from './request-head.ts'
import { areDirect, DirectWire } from './direct-wire.ts'
import { ServerConnection } from './server-connection.ts'
import type { ServerHost } from './server-host.ts'
import { StreamWire } from './stream-wire.ts'
import { sharedBuffer, type Wire } from './wire.ts'

/** One request as the gateway behind a connection sees it. */
export class Asked implements RequestSink {
  readonly head: RequestHead
  readonly connection: ServerConnection
  body = ''
  ended = false
  trailers: FieldList | undefined
  failure: FailureCause | undefined
  drains = 0
  onWhole: (() => void) | undefined
  onPiece: (() => void) | undefined

  constructor(head: RequestHead, connection: ServerConnection) {
    this.head = head
    this.connection = connection
  }
  onBody(chunk: Uint8Array): void {
    this.body += Buffer.from(chunk).toString('latin1')
    this.onPiece?.()
  }
  onTrailers(fields: FieldList): void {
    this.trailers = fields
  }
  onEnd(): void {
    this.ended = true
    this.onWhole?.()
  }
  onDrain(): void {
    this.drains++
  }
  onFailure(cause: FailureCause): void {
    this.failure = cause
  }
}

/** A listening server with real sockets and a clock that the test moves. */
export class TestServer implements ServerHost<ServerConnection> {
  limits: MessageLimits = {
    headerSize: 32_768,
    headers: 100,
    uri: 8_192,
    requestsPerConnection: 1_000,
    connections: 0,
    connectionsPerIp: 0,
    underscore: 'refuse',
  }
  timeouts: ListenerTimeouts = { headers: 1_000, body: 2_000, keepAlive: 3_000, write: 4_000 }
  clock = 0
  isDraining = false
  readonly wheel: TimerWheel = new TimerWheel(50, 0)
  readonly asked: Asked[] = []
  readonly connections: Set<ServerConnection> = new Set()
  readonly refusals: HeadRefusal[] = []
  /** Called with each request when its head is there. */
  answer: (asked: Asked) => void = () => undefined
  private readonly server: Server = createServer({ allowHalfOpen: true })

  static async start(): Promise<TestServer> {
    const test = new TestServer()
    await new Promise<void>((resolve) => {
      test.server.listen(0, '127.0.0.1', resolve)
    })
    acceptOn(test.server, {
      firstBuffer: areDirect ? sharedBuffer : undefined,
      admits: () => true,
      turnAway: () => undefined,
      failed: (error: Error) => {
        throw error
      },
      connect: (socket) => test.welcome(new StreamWire(socket)),
      connectLent: (socket) => {
        const wire = new DirectWire(socket)
        test.welcome(wire)
        return wire
      },
    })
    return test
  }
  private welcome(wire: Wire): void {
    this.connections.add(new ServerConnection(wire, this))
  }
  get port(): number {
    return (this.server.address() as AddressInfo).port
  }
  get last(): Asked {
    const asked = this.asked.at(-1)
    if (asked === undefined) throw new Error('nothing was asked')
    return asked
  }
  close(): void {
    for (const connection of this.connections) connection.wire.destroy()
    this.server.close()
  }
  now(): number {
    return this.clock
  }
  date(): string {
    return '\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT'
  }
  draining(): boolean {
    return this.isDraining
  }
  begin(connection: ServerConnection, head: RequestHead): RequestSink {
    const asked = new Asked(head, connection)
    this.asked.push(asked)
    this.answer(asked)
    return asked
  }
  refused(_connection: ServerConnection, refusal: HeadRefusal): string {
    this.refusals.push(refusal)
    return 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
  }
  closed(connection: ServerConnection): void {
    this.connections.delete(connection)
  }
  /** Moves the clock in ticks. */
  pass(ms: number): void {
    for (const until = this.clock + ms; this.clock < until;) {
      this.clock = Math.min(until, this.clock + 50)
      this.wheel.advance(this.clock)
    }
  }
}
