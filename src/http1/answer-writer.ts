import type { FieldList } from '../contract/fields.ts'
import type { BodyLength } from '../contract/streams.ts'
import { answerFraming, answerHead } from './answer-head.ts'
import { statusLine, writeTrailers } from './head-writer.ts'
import type { RequestHead } from './request-head.ts'
import type { Wire } from './wire.ts'

/** The whole answer to a connection that is one too many. */
export const turnedAway: string =
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

/** Writes the answers of one connection, one after the other. */
export class AnswerWriter {
  private readonly wire: Wire
  private chunked = false
  private bodiless = false
  headSent = false
  /** The answer at hand is written, or will never be. */
  done = false
  /** The client was told to send the body it holds back. */
  continued = false

  constructor(wire: Wire) {
    this.wire = wire
  }

  /** Makes ready for the answer to the next request. */
  reset(): void {
    this.chunked = false
    this.bodiless = false
    this.headSent = false
    this.done = false
    this.continued = false
  }

  informational(status: number, fields: FieldList): void {
    if (status === 100) this.continued = true
    this.wire.send(`${fields.writeTo(statusLine(status))}\r\n\r\n`)
  }

  /** Sends the head; tells whether the connection may be kept after the body. */
  head(
    request: RequestHead,
    status: number,
    fields: FieldList,
    length: BodyLength,
    keepAlive: boolean,
    dateLine: string,
  ): boolean {
    this.headSent = true
    const isOld = request.protocol === 'HTTP/1.0'
    this.wire.send(answerHead(status, fields, length, request.method === 'HEAD', isOld, keepAlive, dateLine))
    this.chunked = answerFraming.chunked
    this.bodiless = answerFraming.bodiless
    return answerFraming.keepAlive
  }

  /** A lent chunk of the body; false while the kernel takes no more. */
  body(chunk: Uint8Array): boolean {
    if (this.bodiless || chunk.length === 0) return true
    const { wire } = this
    if (this.chunked) {
      wire.send(`${chunk.length.toString(16)}\r\n`)
      wire.sendBytes(chunk)
      wire.send('\r\n')
    } else wire.sendBytes(chunk)
    return !wire.blocked
  }

  /** The end of the body; trailers only where the framing has room for them and the client asked for them. */
  end(trailers: FieldList | undefined): void {
    this.done = true
    if (this.chunked) this.wire.send(trailers === undefined ? '0\r\n\r\n' : `0\r\n${writeTrailers(trailers)}`)
  }
}
