import type { ConnectionEvents, ServiceConnection as PooledConnection } from '../contract/connection.ts'
import type { FieldList } from '../contract/fields.ts'
import type { Target } from '../contract/plan.ts'
import type { BodyLength, FailureCause, ResponseSink } from '../contract/streams.ts'
import { BodyReader, bodyFault } from './body-reader.ts'
import { writeTrailers } from './head-writer.ts'
import { parsedResponse, parseResponseHead, type ResponseHead } from './response-head.ts'
import type { Wire, WireOwner } from './wire.ts'

const bodyMethods = new Set(['POST', 'PUT', 'PATCH'])
/** More interim answers than this before a final one are a fault (row 1.39). */
const informationalLimit = 32
const headLimit = 65536

/** One connection to a target: writes requests, parses answers, one at a time. */
export class ServiceConnection implements PooledConnection, WireOwner {
  readonly target: Target
  readonly wire: Wire
  readonly ready: boolean = true
  served: number = 0
  idleUntil: number = Infinity
  private readonly events: ConnectionEvents
  private readonly bodyReader: BodyReader = new BodyReader()
  private sink: ResponseSink | undefined
  private carry: Buffer | undefined
  private isHead = false
  private isUpgrade = false
  private isTunnel = false
  private chunked = false
  private requestDone = false
  private headSeen = false
  private reusable = false
  private hint = 0
  private informationals = 0
  private bytesBefore = 0
  private closed = false

  constructor(wire: Wire, target: Target, events: ConnectionEvents) {
    this.target = target
    this.events = events
    this.wire = wire
    wire.attach(this)
  }

  begin(sink: ResponseSink): void {
    this.sink = sink
    this.requestDone = false
    this.headSeen = false
    this.isTunnel = false
    this.informationals = 0
    this.bytesBefore = this.wire.sent
  }

  head(method: string, target: string, fields: FieldList, length: BodyLength): void {
    this.isHead = method === 'HEAD'
    this.isUpgrade = length === 'tunnel'
    this.chunked = length === 'stream'
    let text = fields.writeTo(`${method} ${target} HTTP/1.1`)
    if (typeof length === 'number') text += `\r\nContent-Length: ${length}`
    else if (length === 'stream') text += '\r\nTransfer-Encoding: chunked'
    else if (length === 'tunnel') text += '\r\nConnection: Upgrade\r\nUpgrade: websocket'
    else if (bodyMethods.has(method)) text += '\r\nContent-Length: 0'
    this.wire.send(`${text}\r\n\r\n`)
  }

  body(chunk: Uint8Array): boolean {
    if (this.closed || chunk.length === 0) return true
    const wire = this.wire
    if (this.chunked) {
      wire.send(`${chunk.length.toString(16)}\r\n`)
      wire.sendBytes(chunk)
      wire.send('\r\n')
    } else wire.sendBytes(chunk)
    return !wire.blocked
  }

  end(trailers?: FieldList): void {
    if (this.closed) return
    if (this.isTunnel) {
      this.wire.end()
      return
    }
    if (this.chunked) this.wire.send(trailers === undefined ? '0\r\n\r\n' : `0\r\n${writeTrailers(trailers)}`)
    this.requestDone = true
  }

  abort(): void {
    this.sink = undefined
    this.wire.reset()
  }
  close(): void {
    this.sink = undefined
    // Its socket takes a turn to say that it is gone; until then the pool may still hold it.
    this.idleUntil = 0
    this.wire.destroy()
  }
  pauseResponse(): void {
    this.wire.pause()
  }
  resumeResponse(): void {
    this.wire.resume()
  }

  onRead(buffer: Buffer, length: number): void {
    // Nothing may arrive while nothing was asked for (row 9.11).
    if (this.sink === undefined) return this.close()
    if (this.carry === undefined) return this.process(buffer, length)
    const joined = Buffer.concat([this.carry, buffer.subarray(0, length)])
    this.carry = undefined
    this.process(joined, joined.length)
  }

  private process(buffer: Buffer, end: number): void {
    let start = 0
    while (start < end) {
      if (this.isTunnel) {
        this.sink?.onBody(buffer.subarray(start, end))
        return
      }
      if (!this.headSeen) {
        const head = parseResponseHead(buffer, start, end, this.isHead)
        if (head === undefined) {
          if (parsedResponse.fault !== undefined) this.fail(parsedResponse.fault)
          else if (end - start > headLimit) this.fail('too-large')
          else this.carry = Buffer.from(buffer.subarray(start, end))
          return
        }
        start = parsedResponse.end
        if (!this.takeHead(head)) return
      } else {
        start = this.bodyReader.read(buffer, start, end, this)
        if (this.bodyReader.fault !== bodyFault.none) return this.fail('malformed')
      }
      if (this.headSeen && !this.isTunnel && this.bodyReader.done) {
        // Bytes after the answer: whoever they are for, this connection is out of step.
        this.finish(start < end)
        return
      }
      if (this.sink === undefined) return
    }
    this.wire.flow(this.isTunnel || (this.headSeen && !this.bodyReader.done))
  }

  private takeHead(head: ResponseHead): boolean {
    if (head.status === 101) {
      if (!this.isUpgrade || !head.upgrade.split(',').some((part) => part.trim() === 'websocket')) {
        this.fail('malformed')
        return false
      }
      this.headSeen = true
      this.isTunnel = true
      this.reusable = false
      this.wire.flow(true)
      this.sink?.onHead(101, head.fields, 'tunnel')
      return this.sink !== undefined
    }
    if (head.status < 200) {
      if (++this.informationals > informationalLimit) {
        this.fail('malformed')
        return false
      }
      this.sink?.onInformational(head.status, head.fields)
      return this.sink !== undefined
    }
    this.headSeen = true
    // A target that sends a body to HEAD after all would have it read as the next answer (row 9.11).
    const mayFollow = this.isHead && head.announced !== 'none' && head.announced !== 0
    this.reusable = head.keepAlive && !this.isUpgrade && !mayFollow
    this.hint = head.keepAliveHint
    this.bodyReader.start(head.body)
    this.sink?.onHead(
      head.status,
      head.fields,
      head.body === 'close' ? 'stream' : head.body === 'none' ? head.announced : head.body,
    )
    return this.sink !== undefined
  }

  onBody(chunk: Uint8Array): void {
    this.sink?.onBody(chunk)
  }
  onTrailers(fields: FieldList): void {
    this.sink?.onTrailers(fields)
  }

  private finish(hasMore: boolean): void {
    const sink = this.sink
    this.sink = undefined
    this.served++
    this.wire.flow(false)
    if (this.reusable && this.requestDone && !hasMore && !this.wire.blocked) {
      this.wire.restart()
      this.events.onIdle(this, this.hint)
      sink?.onEnd()
    } else {
      sink?.onEnd()
      // An answer ahead of the request's end cannot share the connection with a next one.
      if (this.requestDone) this.wire.destroy()
      else this.wire.reset()
    }
  }

  private fail(cause: FailureCause): void {
    const sink = this.sink
    if (cause === 'closed' && this.served > 0 && !this.headSeen) this.events.onStale(this)
    this.sink = undefined
    const nothingSent = this.wire.sent === this.bytesBefore
    if (this.requestDone) this.wire.destroy()
    else this.wire.reset()
    sink?.onFailure(cause, nothingSent)
  }

  onDrain(): void {
    this.sink?.onDrain()
  }
  onEof(): void {
    if (this.sink === undefined) return this.close()
    if (this.isTunnel) {
      this.sink.onEnd()
      return
    }
    if (this.headSeen && this.bodyReader.untilClose) {
      this.finish(false)
      return
    }
    this.fail(this.carry === undefined || this.headSeen ? 'closed' : 'malformed')
  }
  onClosed(failed: boolean): void {
    this.closed = true
    this.carry = undefined
    const sink = this.sink
    this.sink = undefined
    if (sink !== undefined && this.served > 0 && !this.headSeen) this.events.onStale(this)
    this.events.onClosed(this)
    sink?.onFailure(failed ? 'reset' : 'closed', this.wire.sent === this.bytesBefore)
  }
}
