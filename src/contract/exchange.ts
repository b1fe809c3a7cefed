import type { FieldList } from './fields.ts'
import type { ListenerPlan, RoutePlan, ServicePlan, Target } from './plan.ts'

export type MaybePromise<T> = T | Promise<T>

/** Facts about the client, settled once by the listener (config.md §6.2). */
export interface ClientFacts {
  /** The client's real address in its shortest form; IPv4-mapped IPv6 is IPv4. */
  readonly address: string
  /** The peer of the socket, which differs behind a trusted proxy. */
  readonly peer: string
  readonly port: number
  /** `X-Forwarded-For` for services: the client, and the trusted proxies between. */
  readonly forwardedFor: string
  /** The peer is a trusted proxy, so its request id and trace context count. */
  readonly trusted: boolean
  /** `http` or `https`, as the client used it. */
  readonly scheme: 'http' | 'https'
  /** What the exchange last told services about this client, kept for the next request. */
  forwarding?: { readonly authority: string; readonly key: string; readonly run: unknown } | undefined
}

/** The request as policies see it and may change it. */
export interface RequestHead {
  method: string
  /** Canonical path (config.md §4.1), percent-encoded; what a rewrite replaces. Begins with `/`. */
  path: string
  /** Raw query without `?`; empty if there was none. */
  query: string
  /** Lower case, without port and trailing dot; IPv6 in brackets. */
  readonly host: string
  /** Port of `Host` as the client wrote it, else the default of its scheme. */
  readonly port: number
  readonly fields: FieldList
  readonly protocol: 'HTTP/1.1' | 'HTTP/1.0' | 'HTTP/2'
  /** Length of the body as announced; `'none'` when there is none. */
  readonly length: number | 'stream' | 'none'
}

/** The answer on its way to the client. */
export interface ResponseHead {
  status: number
  readonly fields: FieldList
  /** Who made it. */
  source: 'service' | 'gateway' | 'cache'
  /** Length of the body as the service announced it or as the reply has it; `'none'` also for HEAD, 204 and 304. */
  readonly length: number | 'stream' | 'none'
}

/** An answer the gateway makes itself. Returned, never thrown. */
export interface Reply {
  readonly status: number
  /** Problem code of `errors.ts`; absent for configured answers (`respond`, `redirect`). */
  readonly code?: string
  /** Flat name, value pairs. */
  readonly headers?: readonly string[]
  /** Configured or computed body; absent with a code: the problem document is made when it is sent. */
  readonly body?: string | Uint8Array
  readonly contentType?: string
  /** The sentence of the problem document. */
  readonly detail?: string
  /** The connection must not be reused: framing is in doubt. */
  readonly close?: boolean
}

/** One request with its answer, from its head to its log line. */
export interface Exchange {
  /** Request id: the client's (from a trusted proxy) or a new one. */
  readonly id: string
  readonly listener: ListenerPlan
  readonly client: ClientFacts
  readonly request: RequestHead
  /**
   * Canonical path and raw query as the client sent them, for the log and for problems: kept by the step that first
   * changes the request's, undefined until then.
   */
  clientPath?: string | undefined
  clientQuery?: string | undefined
  readonly response: ResponseHead
  readonly route: RoutePlan | undefined
  /** Values captured by host and path; `*` is the rest. */
  readonly params: Readonly<Record<string, string>>
  /** The service chosen, and the target of the latest attempt. */
  readonly service: ServicePlan | undefined
  readonly target: Target | undefined
  readonly trace: { readonly id: string; readonly span: string; readonly sampled: boolean }
  /** Problem code when the gateway made the answer. */
  readonly code: string | undefined
  /** What happened, for the log and explanations: names services and targets. Clients may read that of `reply` alone. */
  readonly detail: string | undefined
  /** The gateway's own answer, as it stands now; undefined while there is none. */
  readonly reply?: Reply | undefined
  /** Attempts begun so far. */
  readonly attempts: number
  /** Monotonic ms of the head's arrival; wall clock in `receivedAt`. */
  readonly startedAt: number
  readonly receivedAt: number
  /** True while `explain` runs the steps: nothing may be sent, stored or counted. */
  readonly dry: boolean
  readonly slots: unknown[]
  /** Records a verdict of the running step in numbers, which its `explain` puts into words; kept in dry runs only. */
  note(code: number, a?: number, b?: number): void
  /** Bytes of the two bodies so far, without framing. */
  readonly requestBytes: number
  readonly responseBytes: number
}

/** One try at one target. Its head is its own copy: what a hook changes here is gone with the next attempt. */
export interface Attempt {
  readonly exchange: Exchange
  readonly number: number
  readonly target: Target
  readonly method: string
  /** Path and query as sent to the target, its own path prefix included. */
  requestTarget: string
  /** Value of `Host`. */
  host: string
  readonly fields: FieldList
}
