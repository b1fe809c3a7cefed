import type { FieldList } from '../contract/fields.ts'
import type { BodyLength, ClientStream, RequestSink } from '../contract/streams.ts'
import { ChunkList } from '../lib/chunk-list.ts'
import type { Fields } from '../lib/fields.ts'

/** A whole answer, as code inside the gateway reads it. */
export interface InnerAnswer {
  readonly status: number
  readonly fields: Fields
  readonly body: Uint8Array
  /** The answer was cut after its head. */
  readonly aborted: boolean
}

/** Most bytes of an answer that code may collect. */
const answerLimit = 64 * 1024 * 1024

/** The client side of calls made inside the gateway: no socket, the same exchange. */
export class InnerStream implements ClientStream {
  sink: RequestSink | undefined
  private readonly done: (answer: InnerAnswer) => void
  private readonly chunks: ChunkList = new ChunkList()
  private status = 0
  private fields: Fields | undefined
  private over = false

  constructor(done: (answer: InnerAnswer) => void) {
    this.done = done
  }

  informational(): void {}
  head(status: number, fields: FieldList, _length: BodyLength): void {
    this.status = status
    this.fields = fields as Fields
  }
  body(chunk: Uint8Array): boolean {
    if (this.chunks.size + chunk.length > answerLimit) {
      this.abort()
      this.sink?.onFailure('aborted')
    } else this.chunks.add(chunk)
    return true
  }
  end(): void {
    this.finish(false)
  }
  abort(): void {
    this.finish(true)
  }
  private finish(aborted: boolean): void {
    if (this.over) return
    this.over = true
    this.done({ status: this.status, fields: this.fields as Fields, body: this.chunks.joined(), aborted })
  }
  pauseRequest(): void {}
  resumeRequest(): void {}
  closeAfter(): void {}
}
