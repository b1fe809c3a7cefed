import type { FieldList } from '../contract/fields.ts'
import type { BodyLength, ClientStream } from '../contract/streams.ts'
import { Fields } from '../lib/fields.ts'

/** A client that notices every breach of the protocol of `ClientStream`. */
export class FakeClient implements ClientStream {
  status = 0
  fields: Fields = new Fields()
  length: BodyLength = 'none'
  readonly chunks: Buffer[] = []
  readonly informationals: number[] = []
  trailers: FieldList | undefined
  state: 'waiting' | 'head' | 'ended' | 'aborted' = 'waiting'
  closes = false
  paused = false
  /** What `body` answers; false is back-pressure. */
  takes = true
  readonly breaches: string[] = []

  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1')
  }
  private expect(state: FakeClient['state'], what: string): void {
    if (this.state !== state) this.breaches.push(`${what} while ${this.state}`)
  }
  informational(status: number): void {
    this.expect('waiting', 'informational')
    this.informationals.push(status)
  }
  head(status: number, fields: FieldList, length: BodyLength): void {
    this.expect('waiting', 'head')
    this.state = 'head'
    this.status = status
    this.length = length
    for (let i = 0; i < fields.length; i++) this.fields.take(fields.idAt(i), fields.nameAt(i), fields.valueAt(i))
  }
  body(chunk: Uint8Array): boolean {
    this.expect('head', 'body')
    this.chunks.push(Buffer.from(chunk))
    return this.takes
  }
  end(trailers?: FieldList): void {
    this.expect('head', 'end')
    this.state = 'ended'
    this.trailers = trailers
  }
  abort(): void {
    if (this.state === 'ended' || this.state === 'aborted') this.breaches.push(`abort while ${this.state}`)
    this.state = 'aborted'
  }
  pauseRequest(): void {
    this.paused = true
  }
  resumeRequest(): void {
    this.paused = false
  }
  closeAfter(): void {
    this.closes = true
  }
}
