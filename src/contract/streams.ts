import type { FieldList } from './fields.ts'

/**
 * How a message's body is delimited, as far as the exchange may know: a length in bytes, `'stream'` when the length is
 * unknown until the end, `'none'` when there is no body, `'tunnel'` when raw bytes follow in both directions after a
 * 101. The field that says so on the wire is the writer's business.
 */
export type BodyLength = number | 'stream' | 'none' | 'tunnel'

/**
 * Why a stream failed. `timeout-*` come from the exchange's own timers; the others are told by the codec or the
 * operating system.
 */
export type FailureCause =
  | 'refused' // nobody listens at the address
  | 'unreachable' // no way to the address
  | 'name' // the name did not resolve
  | 'connect-timeout'
  | 'tls'
  | 'reset' // the peer cut the connection
  | 'closed' // the peer ended in the middle of a message
  | 'malformed' // the peer broke the protocol
  | 'too-large' // a head over its limits
  | 'trailers' // trailer fields over their limits
  | 'timeout' // no progress for as long as allowed
  | 'aborted' // we cut it
  | 'pool' // no connection free in time, or too many waiting

/** What the exchange says to the client. Implemented by `http1`, later `http2`, and by the inner stream. */
export interface ClientStream {
  /** Sends a 1xx head. */
  informational(status: number, fields: FieldList): void
  /** Takes the head; it may be held back until the first chunk so that both leave in one write. */
  head(status: number, fields: FieldList, length: BodyLength): void
  /** Takes a lent chunk. False: stop the source until `onDrain`. */
  body(chunk: Uint8Array): boolean
  end(trailers?: FieldList): void
  /** After a 101: no more is sent, what the client still says is read. Left out by streams that carry no tunnel. */
  halfClose?(): void
  /** Cuts the answer visibly (RST or a missing last chunk); before the head it closes the connection. */
  abort(): void
  pauseRequest(): void
  resumeRequest(): void
  /** After the answer the connection is closed instead of reused. */
  closeAfter(): void
}

/** What the client side tells the exchange about one request. */
export interface RequestSink {
  /** The chunk is lent: dead when the callback returns. */
  onBody(chunk: Uint8Array): void
  onTrailers(fields: FieldList): void
  /** The request is complete. */
  onEnd(): void
  /** The client can take more. */
  onDrain(): void
  /** The client is gone, or its message proved malformed after the head (`malformed`). */
  onFailure(cause: FailureCause): void
  /** After a 101: the gateway ends, and the tunnel must. */
  onShutdown?(): void
}

/** What the exchange says to a target; the mirror of `ClientStream`. */
export interface ServiceStream {
  /** False while no connection has been had yet: the head is kept, and body chunks are not to be given before `onDrain`. */
  readonly ready: boolean
  head(method: string, target: string, fields: FieldList, length: BodyLength): void
  body(chunk: Uint8Array): boolean
  end(trailers?: FieldList): void
  /** Cuts the attempt; the connection is destroyed, never reused. */
  abort(): void
  pauseResponse(): void
  resumeResponse(): void
}

/** What the service side tells the exchange about one attempt. */
export interface ResponseSink {
  onInformational(status: number, fields: FieldList): void
  onHead(status: number, fields: FieldList, length: BodyLength): void
  /** The chunk is lent: dead when the callback returns. */
  onBody(chunk: Uint8Array): void
  onTrailers(fields: FieldList): void
  onEnd(): void
  /** The target can take more. */
  onDrain(): void
  /** `nothingSent`: no byte of the request left on this connection, so it may be tried again whatever its method. */
  onFailure(cause: FailureCause, nothingSent: boolean): void
}
