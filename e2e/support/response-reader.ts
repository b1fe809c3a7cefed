import { announcedBody, MessageReader, valuesOf, Violation } from './message-reader.ts'
import type { BodyKind, FieldPair } from './message-reader.ts'

/** One answer as it stood on the wire. */
export class RawResponse {
  readonly status: number
  readonly reason: string
  readonly fields: readonly FieldPair[]
  readonly framing: BodyKind
  trailers: readonly FieldPair[] = []
  complete = false
  /** Bytes of body so far. */
  length = 0
  /** `performance.now()` of the head, of each piece of body, and of the end. */
  readonly headAt: number = performance.now()
  readonly pieces: number[] = []
  private readonly kept: Buffer[] = []

  constructor(status: number, reason: string, fields: readonly FieldPair[], framing: BodyKind) {
    this.status = status
    this.reason = reason
    this.fields = fields
    this.framing = framing
  }

  /** Adds body bytes; the first MiB is kept. */
  add(chunk: Buffer): void {
    if (this.length < 1 << 20) this.kept.push(chunk)
    this.length += chunk.length
    this.pieces.push(performance.now())
  }
  /** All values of a field joined with ", "; undefined when there is none. */
  header(name: string): string | undefined {
    const values = valuesOf(this.fields, name)
    return values.length === 0 ? undefined : values.join(', ')
  }
  headers(name: string): string[] {
    return valuesOf(this.fields, name)
  }
  get body(): Buffer {
    return Buffer.concat(this.kept)
  }
  get text(): string {
    return this.body.toString('latin1')
  }
}

/**
 * Collects answers from a connection's bytes. `methods` are the requests' methods in order, because HEAD and CONNECT
 * change what follows a head; those not listed count as GET.
 */
export class ResponseReader {
  /** Final answers, complete or begun. */
  readonly responses: RawResponse[] = []
  /** 1xx answers, in order. */
  readonly informational: RawResponse[] = []
  /** Bytes after a 101. */
  tunnel: Buffer[] = []
  violation: string | undefined
  private current: RawResponse | undefined
  private readonly methods: readonly string[]
  private readonly reader: MessageReader

  constructor(methods: readonly string[] = []) {
    this.methods = methods
    this.reader = new MessageReader({
      head: (line, fields) => this.head(line, fields),
      body: (chunk) => {
        if (this.current?.status === 101) this.tunnel.push(chunk)
        else this.current?.add(chunk)
      },
      end: (trailers) => {
        if (this.current === undefined) return
        this.current.trailers = trailers
        this.current.complete = true
        this.current = undefined
      },
      violation: (what) => {
        this.violation ??= what
      },
    })
  }

  push(chunk: Buffer): void {
    this.reader.push(chunk)
  }
  finish(): void {
    this.reader.finish()
  }
  /** Answers that came whole. */
  get complete(): number {
    let count = 0
    for (const response of this.responses) if (response.complete) count++
    return count
  }

  private head(line: string, fields: readonly FieldPair[]): BodyKind {
    const match = /^HTTP\/1\.1 ([1-5]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/.exec(line)
    if (match === null) throw new Violation(`status line ${JSON.stringify(line)}`)
    const status = Number(match[1])
    const announced = announcedBody(fields)
    const method = this.methods[this.responses.length] ?? 'GET'
    let kind: BodyKind = announced ?? 'close'
    if (status < 200 || status === 204) {
      if (announced !== undefined) throw new Violation(`framing field in a ${status}`)
      kind = status === 101 ? 'tunnel' : 'none'
    } else if (status === 304 || method === 'HEAD') kind = 'none'
    const response = new RawResponse(status, match[2] as string, fields, kind)
    if (status < 200 && status !== 101) this.informational.push(response)
    else this.responses.push(response)
    this.current = response
    return kind
  }
}
