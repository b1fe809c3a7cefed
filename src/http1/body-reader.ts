import { hexBytes, tokenBytes } from '../lib/bytes.ts'
import { fieldNames, idOf } from '../lib/field-names.ts'
import { Fields } from '../lib/fields.ts'
import { marks, scanFault, scanFields, scanned } from './field-scanner.ts'

/** Most bytes of chunk extensions in one body, and of its trailer (row 1.17, 1.20). */
const extensionLimit = 1024
const trailerLimit = 8192
const trailerFields = 32
/** Chunks below this are handed over together, in bytes. */
const smallChunk = 4096

/** Receives what a body is made of. A chunk is lent. */
export interface BodyOwner {
  onBody(chunk: Uint8Array): void
  onTrailers(fields: Fields): void
}

/** Takes a body that nobody wants. */
export const nobody: BodyOwner = { onBody: () => undefined, onTrailers: () => undefined }

/** What is wrong with a body; `tooLarge` are its chunk extensions, `trailers` its trailer fields. */
export const bodyFault = { none: 0, malformed: 1, tooLarge: 2, trailers: 3 } as const

const mode = { none: 0, length: 1, chunked: 2, close: 3 } as const
/**
 * Places in the grammar of chunked coding (RFC 9112 §7.1). Of an extension: `extension` after `;`, `name` in a name,
 * `value` after `=`, `token` in a plain value, `quoted` and `escaped` in a quoted one, `unquoted` after it.
 */
// oxfmt-ignore
const at = { size: 0, extension: 1, sizeLineFeed: 2, data: 3, dataReturn: 4, dataLineFeed: 5, trailer: 6, quoted: 7, escaped: 8, name: 9, value: 10, token: 11, unquoted: 12 } as const

/** Place after a byte of a chunk extension, `;` name [`=` token or quoted text], without blanks; −1 when it is none. */
const extensionPlace = (place: number, byte: number): number => {
  switch (place) {
    case at.extension:
      return tokenBytes[byte] === 1 ? at.name : -1
    case at.value:
      return tokenBytes[byte] === 1 ? at.token : byte === 34 ? at.quoted : -1
    case at.quoted:
      return byte === 34 ? at.unquoted : byte === 92 ? at.escaped : byte < 32 || byte === 127 ? -1 : at.quoted
    case at.escaped:
      return byte < 32 || byte > 126 ? -1 : at.quoted
    default:
      if (byte === 59) return at.extension
      if (byte === 13) return at.sizeLineFeed
      if (place === at.name && byte === 61) return at.value
      return place !== at.unquoted && tokenBytes[byte] === 1 ? place : -1
  }
}

/** Fields that no trailer may carry: framing, routing, authentication and what the gateway itself says. */
// oxfmt-ignore
const forbiddenTrailers = new Set<number>(
  (['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect', 'http2-settings',
    'proxy', 'proxy-authenticate', 'proxy-authorization', 'content-type', 'content-encoding', 'content-range', 'via', 'x-forwarded-for', 'x-forwarded-proto',
    'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-prefix', 'forwarded', 'x-real-ip', 'x-request-id', 'traceparent', 'tracestate', 'cookie',
    'set-cookie', 'authorization', 'cache-control', 'range', 'age', 'expires', 'vary', 'location', 'origin', 'www-authenticate', 'retry-after',
    'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range', 'max-forwards', 'x-api-key', 'x-http-method-override',
    'x-original-url', 'x-rewrite-url', 'x-http-method', 'x-method-override', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-cluster-client-ip'] as const).map(idOf),
)
const contentLength = idOf('content-length')
const transferEncoding = idOf('transfer-encoding')
// oxfmt-ignore
const forbiddenPrefixes = ['x-consumer-', 'x-auth-', 'x-jwt-', 'x-client-cert', 'x-forwarded-', 'x-identity-', 'x-request-route', 'x-ssl-client']
const isForbidden = (id: number, name: string): boolean =>
  id === 0 || name.startsWith('x-')
    ? forbiddenTrailers.has(id) || name.includes('_') || forbiddenPrefixes.some((prefix) => name.startsWith(prefix))
    : forbiddenTrailers.has(id)

/** Reads one message body, incrementally, by its framing. One per connection, reused. */
export class BodyReader {
  private mode: number = mode.none
  private left = 0
  private place: number = at.size
  private digits = 0
  private extensionBytes = 0
  private trailerBytes: Buffer | undefined
  /** Small chunks that were moved together in the buffer at hand, and are handed over before anything else happens. */
  private from = 0
  private to = 0
  done = true
  fault: number = bodyFault.none

  start(length: number | 'stream' | 'none' | 'close'): void {
    this.fault = bodyFault.none
    this.done = false
    this.trailerBytes = undefined
    if (length === 'stream') {
      this.mode = mode.chunked
      this.place = at.size
      this.left = 0
      this.digits = 0
      this.extensionBytes = 0
    } else if (length === 'close') {
      this.mode = mode.close
    } else if (length === 'none' || length === 0) {
      this.mode = mode.none
      this.done = true
    } else {
      this.mode = mode.length
      this.left = length
    }
  }

  /** What a fault is to the exchange. */
  get cause(): 'too-large' | 'trailers' | 'malformed' {
    return this.fault === bodyFault.tooLarge
      ? 'too-large'
      : this.fault === bodyFault.trailers
        ? 'trailers'
        : 'malformed'
  }
  /** True when the body ends with the connection. */
  get untilClose(): boolean {
    return this.mode === mode.close && !this.done
  }
  /** Bytes known to be missing; 0 when unknown. */
  get remaining(): number {
    return this.mode === mode.length ? this.left : 0
  }

  /** Reads from `start`; gives the position after what it took. Sets `done` or `fault`. */
  read(buffer: Buffer, start: number, end: number, owner: BodyOwner): number {
    if (this.mode === mode.length) {
      const take = Math.min(this.left, end - start)
      this.left -= take
      if (this.left === 0) this.done = true
      if (take > 0) owner.onBody(buffer.subarray(start, start + take))
      return start + take
    }
    if (this.mode === mode.close) {
      if (end > start) owner.onBody(buffer.subarray(start, end))
      return end
    }
    return this.mode === mode.chunked ? this.readChunked(buffer, start, end, owner) : start
  }

  private bad(position: number, fault: number = bodyFault.malformed): number {
    this.fault = fault
    return position
  }

  /**
   * Chunks of one byte each would cost everybody behind this a hundred times their length, so small ones of one read are
   * moved down over their framing, which has been read, and handed over as one.
   */
  private readChunked(buffer: Buffer, start: number, end: number, owner: BodyOwner): number {
    const position = this.readChunks(buffer, start, end, owner)
    this.handOver(buffer, owner)
    return position
  }
  private take(buffer: Buffer, start: number, end: number, owner: BodyOwner): void {
    if (end - start >= smallChunk) {
      this.handOver(buffer, owner)
      owner.onBody(buffer.subarray(start, end))
    } else if (this.to === this.from) {
      this.from = start
      this.to = end
    } else {
      buffer.copyWithin(this.to, start, end)
      this.to += end - start
    }
  }
  private handOver(buffer: Buffer, owner: BodyOwner): void {
    const { from, to } = this
    if (to === from) return
    this.from = this.to = 0
    owner.onBody(buffer.subarray(from, to))
  }

  private readChunks(buffer: Buffer, start: number, end: number, owner: BodyOwner): number {
    let position = start
    while (position < end) {
      const byte = buffer[position] as number
      switch (this.place) {
        case at.size: {
          const digit = hexBytes[byte] as number
          if (digit !== 255) {
            if (++this.digits > 13) return this.bad(position)
            this.left = this.left * 16 + digit
          } else if (this.digits === 0) return this.bad(position)
          else if (byte === 13) this.place = at.sizeLineFeed
          else if (byte === 59) {
            this.place = at.extension
            if (++this.extensionBytes > extensionLimit) return this.bad(position, bodyFault.tooLarge)
          } else return this.bad(position)
          position++
          break
        }
        case at.extension:
        case at.name:
        case at.value:
        case at.token:
        case at.quoted:
        case at.escaped:
        case at.unquoted: {
          const next = extensionPlace(this.place, byte)
          if (next < 0) return this.bad(position)
          this.place = next
          if (++this.extensionBytes > extensionLimit) return this.bad(position, bodyFault.tooLarge)
          position++
          break
        }
        case at.sizeLineFeed:
          if (byte !== 10) return this.bad(position)
          position++
          this.digits = 0
          this.place = this.left === 0 ? at.trailer : at.data
          break
        case at.data: {
          const take = Math.min(this.left, end - position)
          this.left -= take
          if (this.left === 0) this.place = at.dataReturn
          this.take(buffer, position, position + take, owner)
          position += take
          break
        }
        case at.dataReturn:
          if (byte !== 13) return this.bad(position)
          this.place = at.dataLineFeed
          position++
          break
        case at.dataLineFeed:
          if (byte !== 10) return this.bad(position)
          this.place = at.size
          this.left = 0
          position++
          break
        default:
          this.handOver(buffer, owner)
          return this.readTrailer(buffer, position, end, owner)
      }
    }
    return position
  }

  private readTrailer(buffer: Buffer, start: number, end: number, owner: BodyOwner): number {
    const held = this.trailerBytes
    // The usual end: an empty line at once.
    if (held === undefined && buffer[start] === 13 && start + 1 < end) {
      if (buffer[start + 1] !== 10) return this.bad(start)
      this.done = true
      return start + 2
    }
    const room = trailerLimit + 2 - (held?.length ?? 0)
    const bytes =
      held === undefined
        ? buffer.subarray(start, end)
        : Buffer.concat([held, buffer.subarray(start, Math.min(end, start + room + 1))])
    const after = scanFields(bytes, 0, bytes.length, trailerFields, trailerLimit)
    if (after < 0)
      return this.bad(
        start,
        after === scanFault.tooMany || after === scanFault.fieldTooLarge ? bodyFault.trailers : bodyFault.malformed,
      )
    if (after > trailerLimit || (after === 0 && bytes.length > trailerLimit)) return this.bad(start, bodyFault.trailers)
    if (after === 0) {
      this.trailerBytes = Buffer.from(bytes)
      return end
    }
    const fields = new Fields()
    for (let i = 0, mark = 0; i < scanned.count; i++, mark += 5) {
      const id = marks[mark + 4] as number
      const name = id === 0 ? bytes.latin1Slice(marks[mark], marks[mark + 1]).toLowerCase() : (fieldNames[id] as string)
      // A second framing of the message: others refuse it, so it is nothing to drop silently.
      if (id === contentLength || id === transferEncoding) return this.bad(start)
      if (!isForbidden(id, name)) fields.take(id, name, bytes.latin1Slice(marks[mark + 2], marks[mark + 3]))
    }
    this.done = true
    const consumed = after - (held?.length ?? 0)
    this.trailerBytes = undefined
    if (fields.length > 0) owner.onTrailers(fields)
    return start + consumed
  }
}
