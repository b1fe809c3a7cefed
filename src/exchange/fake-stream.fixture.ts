import type { FieldList } from '../contract/fields.ts'
import type { OpenOptions, Target } from '../contract/plan.ts'
import type { BodyLength, FailureCause, ResponseSink, ServiceStream } from '../contract/streams.ts'
import { Fields } from '../lib/fields.ts'

/** One opened stream to a target; its test plays the target. */
export class FakeStream implements ServiceStream {
  readonly target: Target
  readonly sink: ResponseSink
  readonly options: OpenOptions
  ready: boolean
  method = ''
  requestTarget = ''
  fields: Fields = new Fields()
  length: BodyLength = 'none'
  readonly chunks: Buffer[] = []
  ends = 0
  trailers: FieldList | undefined
  aborted = false
  paused = false
  takes = true
  /** Answered, failed or aborted: the connection may serve somebody else. */
  over = false
  heads = 0
  readonly breaches: string[]

  constructor(target: Target, sink: ResponseSink, options: OpenOptions, ready: boolean, breaches: string[]) {
    this.target = target
    this.sink = sink
    this.options = options
    this.ready = ready
    this.breaches = breaches
  }
  private use(what: string): void {
    if (this.over) this.breaches.push(`${what} on a stream that is over`)
  }
  head(method: string, target: string, fields: FieldList, length: BodyLength): void {
    this.use('head')
    this.heads++
    this.method = method
    this.requestTarget = target
    this.fields = fields as Fields
    this.length = length
  }
  body(chunk: Uint8Array): boolean {
    this.use('body')
    if (!this.ready) this.breaches.push('body before the stream is ready')
    if (this.ends > 0) this.breaches.push('body after the end')
    this.chunks.push(Buffer.from(chunk))
    return this.takes
  }
  end(trailers?: FieldList): void {
    this.use('end')
    if (++this.ends > 1) this.breaches.push('a second end')
    this.trailers = trailers
  }
  abort(): void {
    this.use('abort')
    this.aborted = true
    this.over = true
  }
  pauseResponse(): void {
    this.use('pause')
    this.paused = true
  }
  resumeResponse(): void {
    this.use('resume')
    this.paused = false
  }

  /** The connection is there. */
  connect(): void {
    if (this.over || this.ready) return
    this.ready = true
    if (this.ends === 0) this.sink.onDrain()
  }
  drain(): void {
    if (!this.over) this.sink.onDrain()
  }
  informational(status: number): void {
    if (!this.over) this.sink.onInformational(status, new Fields())
  }
  answer(status: number, headers: readonly string[] = [], length: BodyLength = 'stream'): void {
    if (!this.over) this.sink.onHead(status, Fields.of(...headers), length)
  }
  send(text: string): void {
    if (!this.over) this.sink.onBody(Buffer.from(text, 'latin1'))
  }
  finish(): void {
    if (this.over) return
    this.over = true
    this.sink.onEnd()
  }
  fail(cause: FailureCause, nothingSent = false): void {
    if (this.over) return
    this.over = true
    this.sink.onFailure(cause, nothingSent)
  }
  /** A whole answer at once, as one read brings it. */
  reply(status: number, body = 'ok', headers: readonly string[] = []): void {
    this.answer(status, headers, body.length)
    this.send(body)
    this.finish()
  }
}
