import type { ClientFacts } from '../contract/exchange.ts'
import type { FieldList } from '../contract/fields.ts'
import type { BodyLength, ClientStream, RequestSink } from '../contract/streams.ts'
import { AnswerWriter } from './answer-writer.ts'
import { BodyReader, bodyFault, nobody } from './body-reader.ts'
import { Carry } from './carry.ts'
import { cutShort, limits, state, timer, tooSlow } from './connection-state.ts'
import { Deadline, type DeadlineOwner } from './deadline.ts'
import type { HeadRefusal } from './head-refusals.ts'
import { parseRequestHead, parsed, type RequestHead } from './request-head.ts'
import type { ServerHost } from './server-host.ts'
import type { Wire, WireOwner } from './wire.ts'
import { WriteWatch, type WriteWatchOwner } from './write-watch.ts'

/** One client connection of HTTP/1.1: parses requests one after the other, writes their answers. */
export class ServerConnection implements ClientStream, WireOwner, DeadlineOwner, WriteWatchOwner {
  readonly wire: Wire
  readonly peer: string
  readonly peerPort: number
  /** What the listener knows of the client; set once. */
  facts: ClientFacts | undefined = undefined
  /** Requests begun. */
  requests = 0
  private readonly host: ServerHost<ServerConnection>
  private readonly answer: AnswerWriter
  private readonly bodyReader: BodyReader = new BodyReader()
  private sink: RequestSink | undefined
  private request: RequestHead | undefined
  private state: number = state.head
  private readonly deadline: Deadline
  /** From the first time that output had to wait. */
  private writeWatch: WriteWatch | undefined
  private readonly carry: Carry = new Carry()
  private processing = false
  private keepAlive = true
  private halfClosed = false
  /** Bytes after the head at hand that are not read yet: perhaps further requests. */
  private unread = 0
  private discarded = 0
  /** Bytes that a client which ended its side had taken when it was last looked at. */
  private takenBefore = 0
  private quietSince: number

  constructor(wire: Wire, host: ServerHost<ServerConnection>) {
    this.host = host
    this.peer = wire.socket.remoteAddress ?? ''
    this.peerPort = wire.socket.remotePort ?? 0
    this.wire = wire
    wire.attach(this)
    this.answer = new AnswerWriter(this.wire)
    this.deadline = new Deadline(host.wheel, this)
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
    this.deadline.set(kind, delay > 0 ? this.host.now() + delay : Infinity)
  }

  onRead(buffer: Buffer, length: number): void {
    if (this.state === state.lingering) {
      this.discarded += length
      if (this.discarded > limits.linger) this.wire.destroy()
      return
    }
    if (this.carry.isEmpty) return this.process(buffer, 0, length)
    this.keep(buffer, 0, length)
    if (this.state !== state.busy) this.processCarry()
  }

  /** Copies lent bytes until they can be read. */
  private keep(buffer: Buffer, start: number, end: number): void {
    this.carry.add(buffer, start, end)
    if (this.state === state.busy && this.carry.length > limits.carry) this.wire.pause()
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
        // Answers that nobody takes must not pile up: the next request is read when they have left.
        if (this.wire.isFull) {
          this.keep(buffer, start, end)
          this.wire.pause()
          this.deadline.clear()
          this.watchWrite()
          break
        }
        const head = parseRequestHead(buffer, start, end, this.host.limits)
        if (head === undefined) {
          if (parsed.refusal !== undefined) this.refuse(parsed.refusal)
          else {
            if (this.deadline.kind !== timer.head) this.arm(timer.head, this.host.timeouts.headers)
            this.keep(buffer, start, end)
          }
          break
        }
        start = parsed.end
        this.unread = end - start
        this.begin(head)
      } else if (this.state === state.body) {
        start = this.bodyReader.read(buffer, start, end, this.sink ?? nobody)
        if (this.bodyReader.fault !== bodyFault.none) {
          this.wire.flow(false)
          this.sink?.onFailure(this.bodyReader.cause)
          break
        }
        if (this.bodyReader.done) this.requestDone()
        else if (this.state === state.body) this.arm(timer.body, this.host.timeouts.body)
      } else if (this.state === state.discard) {
        const before = start
        start = this.bodyReader.read(buffer, start, end, nobody)
        this.discarded += start - before
        if (this.bodyReader.fault !== bodyFault.none || this.discarded > limits.discard) this.linger()
        else if (this.bodyReader.done) this.next()
      } else if (this.state === state.tunnel) {
        this.sink?.onBody(buffer.subarray(start, end))
        start = end
      } else {
        if (this.state !== state.lingering) this.keep(buffer, start, end)
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
    this.answer.reset()
    this.keepAlive = head.keepAlive
    this.bodyReader.start(head.length)
    this.deadline.clear()
    this.state = this.bodyReader.done ? state.busy : state.body
    const sink = this.host.begin(this, head)
    // The exchange may have answered already; then there is nobody to tell.
    if (this.request !== head || this.answer.done) return
    this.sink = sink
    if (this.state === state.busy) sink.onEnd()
    else if (this.state === state.body) this.arm(timer.body, this.host.timeouts.body)
  }

  private requestDone(): void {
    this.deadline.clear()
    if (this.state !== state.body) return
    this.state = state.busy
    if (this.answer.done) this.next()
    else this.sink?.onEnd()
  }

  informational(status: number, fields: FieldList): void {
    if (this.request?.protocol !== 'HTTP/1.1' || this.answer.headSent || this.state === state.closed) return
    this.answer.informational(status, fields)
  }

  head(status: number, fields: FieldList, length: BodyLength): void {
    const request = this.request
    if (request === undefined || this.answer.headSent || this.state === state.closed) return
    const keepAlive = this.keepAlive && this.mayKeep(request)
    this.keepAlive = this.answer.head(request, status, fields, length, keepAlive, this.host.date())
    if (length === 'tunnel') this.openTunnel()
  }

  /** Whether a further request may follow on this connection once the answer is written. */
  private mayKeep(request: RequestHead): boolean {
    if (this.host.draining() || this.requests >= this.host.limits.requestsPerConnection || this.isLast) return false
    if (this.bodyReader.done) return true
    // What is left of the request must be known and small; a client that still waits for 100 may never send it.
    if (request.expectContinue && !this.answer.continued) return false
    const left = this.bodyReader.remaining
    return left > 0 && left <= limits.discard
  }

  body(chunk: Uint8Array): boolean {
    if (this.state === state.closed) return true
    const flows = this.answer.body(chunk)
    if (!flows) this.watchWrite()
    return flows
  }

  end(trailers?: FieldList): void {
    if (this.answer.done || this.state === state.closed) return
    if (this.state === state.tunnel) {
      this.answer.done = true
      this.sink = undefined
      this.linger()
      return
    }
    this.answer.end(this.request?.acceptsTrailers === true ? trailers : undefined)
    if (this.wire.blocked) this.watchWrite()
    this.sink = undefined
    if (this.bodyReader.done) {
      if (this.state !== state.body) this.next()
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
    this.readOn()
  }
  private readOn(): void {
    this.wire.restart()
    if (this.carry.isEmpty) return this.arm(timer.idle, this.wire.blocked ? 0 : this.host.timeouts.keepAlive)
    this.arm(timer.head, this.host.timeouts.headers)
    if (!this.processing) this.processCarry()
  }

  /** Stops keeping the connection: sends FIN after the answer and reads what is still coming for a short while. */
  private linger(): void {
    if (this.state === state.closed) return
    this.state = state.lingering
    this.carry.take()
    this.deadline.clear()
    this.discarded = 0
    this.wire.end()
    this.wire.flush()
    if (!this.halfClosed) this.wire.restart()
    if (this.wire.blocked) this.watchWrite()
    else this.lingerOn()
  }
  private lingerOn(): void {
    if (!this.halfClosed) this.arm(timer.linger, limits.lingerTime)
  }

  private refuse(refusal: HeadRefusal): void {
    this.dismiss(this.host.refused(this, refusal))
  }
  /** Sends this answer, whole with its head, and closes. */
  dismiss(answer: string): void {
    this.keepAlive = false
    this.wire.send(answer)
    this.linger()
  }

  private openTunnel(): void {
    this.state = state.tunnel
    this.deadline.clear()
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
    this.answer.done = true
    if (this.answer.headSent) {
      // What was sent stays readable: the missing end says that it is not whole. A length-less body needs the reset.
      this.wire.flush()
      this.wire.reset()
    } else this.wire.destroy()
  }

  pauseRequest(): void {
    this.wire.pause()
    if (this.deadline.kind === timer.body) this.deadline.clear()
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

  /** Ends it now; a tunnel says so to both its ends, which takes a moment. */
  cut(): void {
    if (this.state === state.tunnel && this.sink?.onShutdown !== undefined) this.sink.onShutdown()
    else if (this.state !== state.lingering) this.wire.destroy()
  }

  private watchWrite(): void {
    this.writeWatch ??= new WriteWatch(this.host.wheel, this.wire, this)
    this.writeWatch.start(this.host.now(), this.host.timeouts.write)
  }

  onDrain(): void {
    this.writeWatch?.stop()
    if (this.state === state.head) this.readOn()
    else if (this.state === state.lingering) this.lingerOn()
    this.sink?.onDrain()
  }

  /** The client takes nothing of what waits for it. */
  onStuck(): void {
    const { sink } = this
    this.sink = undefined
    this.answer.done = true
    sink?.onFailure('timeout')
    this.wire.reset()
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
      if (this.carry.isEmpty) this.wire.end()
      else if (!this.wire.blocked) this.refuse(cutShort)
    } else if (this.state === state.body) this.sink?.onFailure('malformed')
    else if (this.state === state.tunnel) this.sink?.onEnd()
    else if (this.state === state.discard) this.wire.end()
    else if (this.state === state.busy) {
      if (this.isLast) this.keepAlive = false
      if (this.deadline.kind === timer.none) this.watchHalf()
    }
  }

  onClosed(failed: boolean): void {
    const sink = this.sink
    this.state = state.closed
    this.deadline.drop()
    this.writeWatch?.stop()
    this.sink = undefined
    this.carry.take()
    if (!this.answer.done) sink?.onFailure(failed ? 'reset' : 'closed')
    this.host.closed(this)
  }

  private watchHalf(): void {
    this.takenBefore = this.wire.taken
    this.arm(timer.half, limits.halfClosed)
  }

  onExpired(kind: number): void {
    switch (kind) {
      case timer.head:
        // A connection that never said anything is closed without a word.
        if (this.carry.isEmpty) this.wire.destroy()
        else this.refuse(tooSlow)
        break
      case timer.body:
        if (this.state === state.discard) this.wire.destroy()
        else this.sink?.onFailure('timeout')
        break
      case timer.half:
        if (this.wire.taken === this.takenBefore && !this.wire.blocked) this.wire.destroy()
        else this.watchHalf()
        break
      default:
        this.wire.destroy()
    }
  }
}
