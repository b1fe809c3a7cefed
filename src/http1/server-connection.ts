import type { Socket } from 'node:net'
import type { ClientFacts } from '../contract/exchange.ts'
import type { FieldList } from '../contract/fields.ts'
import type { ListenerTimeouts, MessageLimits } from '../contract/plan.ts'
import type { BodyLength, ClientStream, FailureCause, RequestSink } from '../contract/streams.ts'
import { Timed, type TimerWheel } from '../lib/timer-wheel.ts'
import { answerFraming, answerHead } from './answer-head.ts'
import { BodyReader, bodyFault } from './body-reader.ts'
import { Carry } from './carry.ts'
import { statusLine, writeFields, writeTrailers } from './head-writer.ts'
import type { HeadRefusal } from './head-refusals.ts'
import { parseRequestHead, parsed, type RequestHead } from './request-head.ts'
import { Wire, type WireOwner } from './wire.ts'

/** What a connection needs from the gateway; one object per listener, shared by its connections. */
export interface ServerHost {
  limits: MessageLimits
  timeouts: ListenerTimeouts
  readonly wheel: TimerWheel
  /** Monotonic ms, at most one tick old. */
  now(): number
  /** Line break and `Date` line, made once a second. */
  date(): string
  /** True while draining: every answer says `Connection: close`. */
  draining(): boolean
  begin(connection: ServerConnection, head: RequestHead): RequestSink
  /** The whole answer to a head that was refused, and its accounting. */
  refused(connection: ServerConnection, refusal: HeadRefusal): string
  closed(connection: ServerConnection): void
}

/** Where a connection stands. */
const state = { head: 0, body: 1, busy: 2, discard: 3, tunnel: 4, lingering: 5, closed: 6 } as const
const timer = { none: 0, head: 1, idle: 2, body: 3, write: 4, linger: 5, half: 6 } as const

/** Most bytes kept of a next request while one is in flight, and of a body that nobody wants. */
const carryLimit = 65536
const discardLimit = 65536
/** A client that closed its half is taken for gone when nothing was sent to it for this long, in ms. */
const halfClosedGrace = 500
/** How long the rest of a refused request is read, in ms, so that the answer is not lost in a reset. */
const lingerTime = 2000
const headTooSlow: HeadRefusal = { code: 'GW4081', detail: 'The head did not arrive in time.' }
const headCut: HeadRefusal = { code: 'GW4000', detail: 'The connection ended in the middle of the head.' }

/** One client connection of HTTP/1.1: parses requests one after the other, writes their answers. */
export class ServerConnection extends Timed implements ClientStream, WireOwner {
  readonly wire: Wire
  readonly peer: string
  readonly peerPort: number
  /** What the listener knows of the client; set once. */
  facts: ClientFacts | undefined = undefined
  /** Requests begun. */
  requests = 0
  private readonly host: ServerHost
  private readonly bodyReader: BodyReader = new BodyReader()
  private sink: RequestSink | undefined
  private request: RequestHead | undefined
  private state: number = state.head
  private timer: number = timer.none
  private readonly carry: Carry = new Carry()
  private processing = false
  private keepAlive = true
  private headSent = false
  private chunked = false
  private bodiless = false
  private responseDone = false
  private halfClosed = false
  /** Bytes after the head at hand that are not read yet: perhaps further requests. */
  private unread = 0
  private continueSent = false
  private discarded = 0
  private sentAt = 0
  private queuedBytes = 0
  private quietSince: number

  constructor(socket: Socket, host: ServerHost, direct: boolean) {
    super()
    this.host = host
    this.peer = socket.remoteAddress ?? ''
    this.peerPort = socket.remotePort ?? 0
    this.wire = new Wire(socket, this, direct)
    this.quietSince = host.now()
    this.arm(timer.head, host.timeouts.headers)
  }

  get isIdle(): boolean {
    return this.state === state.head && this.sink === undefined
  }
  /** True while nothing of the next request has arrived either. */
  get isQuiet(): boolean {
    return this.isIdle && this.carry.isEmpty
  }

  private arm(kind: number, delay: number): void {
    this.timer = kind
    if (delay > 0) this.host.wheel.arm(this, this.host.now() + delay)
    else this.host.wheel.rest(this)
  }
  private disarm(): void {
    this.timer = timer.none
    this.host.wheel.rest(this)
  }

  onRead(buffer: Buffer, length: number): void {
    if (this.state === state.lingering) {
      this.discarded += length
      if (this.discarded > 1048576) this.wire.destroy()
      return
    }
    if (this.carry.isEmpty) return this.process(buffer, 0, length)
    this.keep(buffer, 0, length)
    if (this.state !== state.busy) this.processCarry()
  }

  /** Copies lent bytes until they can be read. */
  private keep(buffer: Buffer, start: number, end: number): void {
    this.carry.add(buffer, start, end)
    if (this.state === state.busy && this.carry.length > carryLimit) this.wire.pause()
  }
  /** Reads what was kept, if there is anything. */
  private processCarry(): void {
    const bytes = this.carry.take()
    if (bytes !== undefined) this.process(bytes, 0, bytes.length)
  }

  private process(buffer: Buffer, from: number, end: number): void {
    let start = from
    this.processing = true
    while (start < end && this.state !== state.closed) {
      if (this.state === state.head) {
        const head = parseRequestHead(buffer, start, end, this.host.limits)
        if (head === undefined) {
          if (parsed.refusal !== undefined) this.refuse(parsed.refusal)
          else {
            if (this.timer !== timer.head) this.arm(timer.head, this.host.timeouts.headers)
            this.keep(buffer, start, end)
          }
          break
        }
        start = parsed.end
        this.unread = end - start
        this.begin(head)
      } else if (this.state === state.body) {
        start = this.bodyReader.read(buffer, start, end, this)
        if (this.bodyReader.fault !== bodyFault.none) {
          this.wire.flow(false)
          const { fault } = this.bodyReader
          this.sink?.onFailure(
            fault === bodyFault.tooLarge ? 'too-large' : fault === bodyFault.trailers ? 'trailers' : 'malformed',
          )
          break
        }
        if (this.bodyReader.done) this.requestDone()
        else if (this.state === state.body) this.arm(timer.body, this.host.timeouts.body)
      } else if (this.state === state.discard) {
        const before = start
        start = this.bodyReader.read(buffer, start, end, discard)
        this.discarded += start - before
        if (this.bodyReader.fault !== bodyFault.none || this.discarded > discardLimit) {
          this.linger()
          break
        }
        if (this.bodyReader.done) this.next()
      } else if (this.state === state.tunnel) {
        const chunk = buffer.subarray(start, end)
        start = end
        this.sink?.onBody(chunk)
      } else if (this.state === state.lingering) {
        break
      } else {
        this.keep(buffer, start, end)
        break
      }
    }
    this.processing = false
    this.unread = 0
    this.wire.flow(this.state === state.tunnel || (this.state === state.body && !this.bodyReader.done))
    // Requests that stood behind another when the client ended its side are read only now.
    if (this.halfClosed) this.inputEnded()
  }

  private begin(head: RequestHead): void {
    this.request = head
    this.requests++
    this.headSent = false
    this.chunked = false
    this.bodiless = false
    this.responseDone = false
    this.continueSent = false
    this.keepAlive = head.keepAlive
    this.bodyReader.start(head.length)
    this.timer = timer.none
    this.deadline = Infinity
    this.state = this.bodyReader.done ? state.busy : state.body
    const sink = this.host.begin(this, head)
    // The exchange may have answered already; then there is nobody to tell.
    if (this.request !== head || this.responseDone) return
    this.sink = sink
    if (this.state === state.busy) sink.onEnd()
    else if (this.state === state.body) this.arm(timer.body, this.host.timeouts.body)
  }

  onBody(chunk: Uint8Array): void {
    this.sink?.onBody(chunk)
  }
  onTrailers(fields: FieldList): void {
    this.sink?.onTrailers(fields)
  }
  private requestDone(): void {
    this.disarm()
    if (this.state !== state.body) return
    this.state = state.busy
    const sink = this.sink
    if (this.responseDone) this.next()
    else sink?.onEnd()
  }

  informational(status: number, fields: FieldList): void {
    if (this.request?.protocol !== 'HTTP/1.1' || this.headSent || this.state === state.closed) return
    if (status === 100) this.continueSent = true
    this.wire.send(`${writeFields(statusLine(status), fields)}\r\n\r\n`)
  }

  head(status: number, fields: FieldList, length: BodyLength): void {
    const request = this.request
    if (request === undefined || this.headSent || this.state === state.closed) return
    this.headSent = true
    const isOld = request.protocol === 'HTTP/1.0'
    if (this.keepAlive && !this.mayKeep(request)) this.keepAlive = false
    const text = answerHead(status, fields, length, request.method === 'HEAD', isOld, this.keepAlive, this.host.date())
    this.wire.send(text)
    if (length === 'tunnel') return this.openTunnel()
    this.chunked = answerFraming.chunked
    this.bodiless = answerFraming.bodiless
    this.keepAlive = answerFraming.keepAlive
    if (this.halfClosed) this.sentAt = this.host.now()
  }

  /** Whether a further request may follow on this connection once the answer is written. */
  private mayKeep(request: RequestHead): boolean {
    if (this.host.draining() || this.requests >= this.host.limits.requestsPerConnection || this.isLast) return false
    if (this.bodyReader.done) return true
    // What is left of the request must be known and small; a client that still waits for 100 may never send it.
    if (request.expectContinue && !this.continueSent) return false
    const left = this.bodyReader.remaining
    return left > 0 && left <= discardLimit
  }

  body(chunk: Uint8Array): boolean {
    if (this.bodiless || this.state === state.closed || chunk.length === 0) return true
    const wire = this.wire
    if (this.chunked) {
      wire.send(`${chunk.length.toString(16)}\r\n`)
      wire.sendBytes(chunk)
      wire.send('\r\n')
    } else wire.sendBytes(chunk)
    if (this.halfClosed) this.sentAt = this.host.now()
    if (!wire.blocked) return true
    this.watchWrite()
    return false
  }

  end(trailers?: FieldList): void {
    if (this.responseDone || this.state === state.closed) return
    this.responseDone = true
    if (this.state === state.tunnel) {
      this.wire.end()
      this.sink = undefined
      this.linger()
      return
    }
    if (this.chunked)
      this.wire.send(
        trailers === undefined || this.request?.acceptsTrailers !== true
          ? '0\r\n\r\n'
          : `0\r\n${writeTrailers(trailers)}`,
      )
    if (this.wire.blocked) this.watchWrite()
    this.sink = undefined
    if (this.bodyReader.done) {
      if (this.state === state.body) return
      this.next()
    } else if (this.keepAlive) {
      this.state = state.discard
      this.discarded = 0
      this.wire.restart()
      this.arm(timer.body, this.host.timeouts.body)
    } else this.linger()
  }

  halfClose(): void {
    this.wire.end()
  }

  /** The answer has been written; on to the next request, or close. */
  private next(): void {
    this.request = undefined
    this.sink = undefined
    if (!this.keepAlive) {
      // Bytes of a further request would turn our FIN into a reset that eats the answer.
      this.linger()
      return
    }
    this.state = state.head
    this.quietSince = this.host.now()
    this.wire.restart()
    if (this.carry.isEmpty) {
      if (!this.wire.blocked) this.arm(timer.idle, this.host.timeouts.keepAlive)
      return
    }
    this.arm(timer.head, this.host.timeouts.headers)
    if (this.processing) return
    this.processCarry()
  }

  /** Stops keeping the connection: sends FIN after the answer and reads what is still coming for a short while. */
  private linger(): void {
    if (this.state === state.closed) return
    this.state = state.lingering
    this.carry.take()
    this.discarded = 0
    this.wire.end()
    if (this.halfClosed) {
      this.disarm()
      if (this.wire.blocked) this.watchWrite()
      return
    }
    this.wire.restart()
    this.arm(timer.linger, lingerTime)
  }

  private refuse(refusal: HeadRefusal): void {
    this.keepAlive = false
    this.wire.send(this.host.refused(this, refusal))
    this.linger()
  }

  private openTunnel(): void {
    this.state = state.tunnel
    this.disarm()
    this.wire.flow(true)
    this.wire.restart()
    if (this.processing) return
    if (!this.carry.isEmpty) this.processCarry()
    else if (this.halfClosed) this.sink?.onEnd()
  }

  closeAfter(): void {
    this.keepAlive = false
  }

  abort(): void {
    if (this.state === state.closed) return
    this.sink = undefined
    this.responseDone = true
    if (this.headSent) {
      // What was sent stays readable: the missing end says that it is not whole. A length-less body needs the reset.
      this.wire.flush()
      this.wire.reset()
    } else this.wire.destroy()
  }

  pauseRequest(): void {
    this.wire.pause()
    if (this.timer === timer.body) this.disarm()
  }
  resumeRequest(): void {
    this.wire.resume()
    if (this.state === state.body) this.arm(timer.body, this.host.timeouts.body)
  }

  /** Closes it if no request is in flight and none was since `since` (monotonic ms). */
  closeIfQuiet(since: number): void {
    if (this.isQuiet && this.quietSince <= since) this.linger()
  }

  /** Closes it if no request is in flight; used to drain. */
  closeIfIdle(): void {
    if (this.isQuiet) this.linger()
    else this.keepAlive = false
  }

  /** One connection too many: a short answer instead of service. */
  turnAway(): void {
    this.keepAlive = false
    this.wire.send(
      'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    )
    this.linger()
  }
  /** Ends it now; a tunnel says so to both its ends, which takes a moment. */
  cut(): void {
    if (this.state === state.tunnel && this.sink?.onShutdown !== undefined) this.sink.onShutdown()
    else if (this.state !== state.lingering) this.wire.destroy()
  }

  private watchWrite(): void {
    if (this.timer === timer.write || this.timer === timer.linger) return
    this.queuedBytes = this.wire.queued
    this.arm(timer.write, this.host.timeouts.write)
  }

  onDrain(): void {
    if (this.timer === timer.write) this.disarm()
    if (this.state === state.head && this.carry.isEmpty) this.arm(timer.idle, this.host.timeouts.keepAlive)
    this.sink?.onDrain()
  }

  /** Nothing follows the request at hand: the client ended its side, and all it sent was read. */
  private get isLast(): boolean {
    return this.halfClosed && this.carry.isEmpty && this.unread === 0
  }

  onEof(): void {
    this.halfClosed = true
    this.inputEnded()
  }
  private inputEnded(): void {
    if (this.state === state.head) {
      if (!this.carry.isEmpty) this.refuse(headCut)
      else this.wire.end()
    } else if (this.state === state.body) this.sink?.onFailure('malformed')
    else if (this.state === state.tunnel) this.sink?.onEnd()
    else if (this.state === state.discard) this.wire.end()
    else if (this.state === state.busy) {
      if (this.isLast) this.keepAlive = false
      this.sentAt = this.host.now()
      if (this.timer === timer.none) this.arm(timer.half, halfClosedGrace)
    }
  }

  onClosed(failed: boolean): void {
    const sink = this.sink
    this.state = state.closed
    this.host.wheel.remove(this)
    this.sink = undefined
    this.carry.take()
    if (!this.responseDone) sink?.onFailure(failed ? 'reset' : 'closed')
    this.host.closed(this)
  }

  onDeadline(now: number): void {
    switch (this.timer) {
      case timer.head:
        this.timer = timer.none
        // A connection that never said anything is closed without a word.
        if (this.carry.isEmpty) this.wire.destroy()
        else this.refuse(headTooSlow)
        break
      case timer.body:
        this.timer = timer.none
        if (this.state === state.discard) this.wire.destroy()
        else this.sink?.onFailure('timeout')
        break
      case timer.write: {
        const queued = this.wire.queued
        if (queued !== this.queuedBytes) {
          this.queuedBytes = queued
          this.arm(timer.write, this.host.timeouts.write)
        } else if (this.sink !== undefined) {
          const sink = this.sink
          this.sink = undefined
          this.responseDone = true
          sink.onFailure('timeout' satisfies FailureCause)
          this.wire.reset()
        } else this.wire.reset()
        break
      }
      case timer.half:
        if (now - this.sentAt >= halfClosedGrace && !this.wire.blocked) this.wire.destroy()
        else this.arm(timer.half, halfClosedGrace)
        break
      default:
        this.wire.destroy()
    }
  }
}

const discard = {
  onBody(): void {},
  onTrailers(): void {},
}
