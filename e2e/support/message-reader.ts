/** How a message's body ends: a length in bytes, by chunks, with the connection, not at all, or never (raw bytes). */
export type BodyKind = number | 'chunked' | 'close' | 'none' | 'tunnel'
export type FieldPair = readonly [name: string, value: string]

/** What a reader tells about the messages it finds. `head` says how the body is framed, or throws a Violation. */
export interface MessageSink {
  head(startLine: string, fields: readonly FieldPair[]): BodyKind
  body(chunk: Buffer): void
  end(trailers: readonly FieldPair[]): void
  /** The bytes are no clean HTTP/1.1; nothing more is read. */
  violation(what: string): void
}

/** Thrown inside a reader: what stood on the wire and should not. */
export class Violation extends Error {}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const badInValue = /[\x00-\x08\x0a-\x1f\x7f]/

/** Splits lines of `Name: value`; throws a Violation at the first that is not exactly that. */
export const parseFieldLines = (lines: readonly string[]): FieldPair[] =>
  lines.map((line): FieldPair => {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0))
    if (colon < 1 || !token.test(name)) throw new Violation(`bad field line ${JSON.stringify(line)}`)
    const value = line.slice(colon + 1)
    if (badInValue.test(value)) throw new Violation(`control character in ${JSON.stringify(line)}`)
    return [name, value.replace(/^[ \t]+|[ \t]+$/g, '')]
  })

/** Values of a field, in order; names compared without case. */
export const valuesOf = (fields: readonly FieldPair[], name: string): string[] =>
  fields.filter(([n]) => n.toLowerCase() === name.toLowerCase()).map(([, value]) => value)

/**
 * Body framing that a message's own fields announce; `undefined` when they announce none. Throws a Violation on
 * anything that two readers could understand in two ways.
 */
export const announcedBody = (fields: readonly FieldPair[]): number | 'chunked' | undefined => {
  const lengths = valuesOf(fields, 'content-length')
  const codings = valuesOf(fields, 'transfer-encoding')
  if (lengths.length + codings.length > 1) throw new Violation('more than one framing field')
  const length = lengths[0]
  if (length !== undefined) {
    if (!/^(0|[1-9]\d{0,14})$/.test(length)) throw new Violation(`Content-Length ${JSON.stringify(length)}`)
    return Number(length)
  }
  if (codings.length === 0) return undefined
  if (codings[0] !== 'chunked') throw new Violation(`Transfer-Encoding ${JSON.stringify(codings[0])}`)
  return 'chunked'
}

const none = Buffer.alloc(0)
const maxHead = 1 << 20

type State = 'head' | 'length' | 'close' | 'size' | 'data' | 'data-end' | 'trailers' | 'stopped'

/**
 * Reads a stream of HTTP/1.1 messages strictly: CRLF line ends only, no folding, no chunk extensions, nothing before
 * a start line. It shares no code with the gateway, so that the two can disagree.
 */
export class MessageReader {
  private state: State = 'head'
  private held: Buffer = none
  private left = 0
  private readonly sink: MessageSink

  constructor(sink: MessageSink) {
    this.sink = sink
  }

  /** True between messages with nothing held. */
  get idle(): boolean {
    return this.state === 'head' && this.held.length === 0
  }

  /** Takes what arrived; calls the sink for everything that is complete in it. */
  push(chunk: Buffer): void {
    if (this.state === 'stopped') return
    this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    try {
      while (this.step());
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      this.stop(error.message)
    }
  }

  /** The peer ended its side. */
  finish(): void {
    if (this.state === 'close') this.endMessage([])
    else if (this.state !== 'stopped' && !this.idle) this.stop('ended in the middle of a message')
  }

  private stop(why: string): void {
    this.state = 'stopped'
    this.held = none
    this.sink.violation(why)
  }

  private endMessage(trailers: readonly FieldPair[]): void {
    this.state = 'head'
    this.sink.end(trailers)
  }

  private take(length: number): Buffer {
    const taken = this.held.subarray(0, length)
    this.held = this.held.subarray(length)
    return taken
  }

  /** A line without its CRLF; undefined when it is not complete yet. */
  private line(limit: number): string | undefined {
    const end = this.held.indexOf(10)
    if (end < 0) {
      if (this.held.length > limit) throw new Violation('line too long')
      return undefined
    }
    if (end === 0 || this.held[end - 1] !== 13) throw new Violation('line feed without carriage return')
    const text = this.take(end + 1).toString('latin1', 0, end - 1)
    if (text.includes('\r')) throw new Violation('carriage return inside a line')
    return text
  }

  /** Lines up to an empty one, which is taken too. */
  private block(): string[] | undefined {
    if (this.held.length >= 2 && this.held[0] === 13 && this.held[1] === 10) {
      this.take(2)
      return []
    }
    const end = this.held.indexOf('\r\n\r\n', 0, 'latin1')
    if (end < 0) {
      if (this.held.length > maxHead) throw new Violation('head too long')
      // A lone line feed will never become a clean head: say so at once.
      for (let at = this.held.indexOf(10); at >= 0; at = this.held.indexOf(10, at + 1))
        if (at === 0 || this.held[at - 1] !== 13) throw new Violation('line feed without carriage return')
      return undefined
    }
    const lines = this.take(end + 4)
      .toString('latin1', 0, end)
      .split('\r\n')
    for (const line of lines)
      if (/[\r\n]/.test(line)) throw new Violation(`stray line break in ${JSON.stringify(line)}`)
    return lines
  }

  private step(): boolean {
    if (this.held.length === 0) return false
    switch (this.state) {
      case 'head':
        return this.readHead()
      case 'length':
      case 'data': {
        const piece = this.take(Math.min(this.left, this.held.length))
        this.left -= piece.length
        this.sink.body(piece)
        if (this.left === 0) {
          if (this.state === 'length') this.endMessage([])
          else this.state = 'data-end'
        }
        return true
      }
      case 'close':
        this.sink.body(this.take(this.held.length))
        return false
      case 'size':
        return this.readSize()
      case 'data-end':
        if (this.held.length < 2) return false
        if (this.take(2).toString('latin1') !== '\r\n') throw new Violation('chunk data not followed by CRLF')
        this.state = 'size'
        return true
      case 'trailers': {
        const lines = this.block()
        if (lines === undefined) return false
        this.endMessage(parseFieldLines(lines))
        return true
      }
      default:
        return false
    }
  }

  private readHead(): boolean {
    if (this.held[0] === 13 || this.held[0] === 10) throw new Violation('line break before a message')
    const lines = this.block()
    if (lines === undefined) return false
    const kind = this.sink.head(lines[0] as string, parseFieldLines(lines.slice(1)))
    if (kind === 'none' || kind === 0) this.endMessage([])
    else if (kind === 'chunked') this.state = 'size'
    else if (kind === 'close' || kind === 'tunnel') this.state = 'close'
    else {
      this.state = 'length'
      this.left = kind
    }
    return true
  }

  private readSize(): boolean {
    const line = this.line(64)
    if (line === undefined) return false
    if (!/^[0-9a-fA-F]{1,12}$/.test(line)) throw new Violation(`chunk size ${JSON.stringify(line)}`)
    this.left = Number.parseInt(line, 16)
    this.state = this.left === 0 ? 'trailers' : 'data'
    return true
  }
}
