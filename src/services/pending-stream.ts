import type { ServiceConnection } from '../contract/connection.ts'
import type { FieldList } from '../contract/fields.ts'
import type { BodyLength, FailureCause, ResponseSink, ServiceStream } from '../contract/streams.ts'
import { Timed } from '../lib/timer-wheel.ts'

/** What a stream that waits needs from its pool. */
export interface PendingHost {
  forget(stream: PendingStream): void
}

/** Stands for a connection that is being opened or waited for; passes everything on once it is there. */
export class PendingStream extends Timed implements ServiceStream {
  readonly sink: ResponseSink
  private readonly host: PendingHost
  private connection: ServiceConnection | undefined
  private over = false
  private method = ''
  private target = ''
  private fields: FieldList | undefined
  private length: BodyLength = 'none'
  private ended = false
  private paused = false
  /** Cancels the dial that this stream waits for. */
  cancel: (() => void) | undefined

  /** ms that its dial may take; Infinity for no limit. */
  readonly connectTimeout: number

  constructor(sink: ResponseSink, host: PendingHost, connectTimeout: number) {
    super()
    this.sink = sink
    this.host = host
    this.connectTimeout = connectTimeout
  }

  get ready(): boolean {
    return this.connection !== undefined
  }
  get isOver(): boolean {
    return this.over
  }

  /** A connection is there: the kept head goes out, and the sink may send the body. */
  attach(connection: ServiceConnection): void {
    this.connection = connection
    this.cancel = undefined
    connection.begin(this.sink)
    if (this.fields === undefined) return
    connection.head(this.method, this.target, this.fields, this.length)
    this.fields = undefined
    if (this.paused) connection.pauseResponse()
    if (this.ended) connection.end()
    else this.sink.onDrain()
  }
  /** There will be no connection. Nothing was sent. */
  fail(cause: FailureCause): void {
    if (this.over) return
    this.over = true
    this.sink.onFailure(cause, true)
  }

  head(method: string, target: string, fields: FieldList, length: BodyLength): void {
    if (this.connection !== undefined) {
      this.connection.head(method, target, fields, length)
      return
    }
    this.method = method
    this.target = target
    this.fields = fields
    this.length = length
  }
  body(chunk: Uint8Array): boolean {
    return this.connection !== undefined && this.connection.body(chunk)
  }
  end(trailers?: FieldList): void {
    if (this.connection !== undefined) this.connection.end(trailers)
    else this.ended = true
  }
  abort(): void {
    if (this.over) return
    this.over = true
    if (this.connection !== undefined) this.connection.abort()
    else {
      this.cancel?.()
      this.host.forget(this)
    }
  }
  pauseResponse(): void {
    this.paused = true
    this.connection?.pauseResponse()
  }
  resumeResponse(): void {
    this.paused = false
    this.connection?.resumeResponse()
  }
  onDeadline(): void {
    this.host.forget(this)
    this.fail('pool')
  }
}
