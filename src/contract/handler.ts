import type { ClientFacts } from './exchange.ts'

/** What a handler gets (config.md §8.1, `handler`). */
export interface HandlerContext {
  /** Values captured by host and path. */
  readonly params: Readonly<Record<string, string>>
  readonly request: {
    readonly id: string
    readonly method: string
    readonly path: string
    readonly query: URLSearchParams
    /** By lower-case name; several values joined with ", ". */
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
    text(): string
    /** Throws a SyntaxError when the body is no JSON. */
    json(): unknown
  }
  readonly client: ClientFacts
  /** `options` of the route's handler. */
  readonly options: unknown
  /** Every service of the configuration, by name. */
  readonly services: Readonly<Record<string, ServiceCaller>>
  /** Aborts when the client has gone or the time is over. */
  readonly signal: AbortSignal
}

/** What a handler answers; a body that is neither text nor bytes is sent as JSON. */
export interface HandlerReply {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}
export type HandlerFunction = (
  context: HandlerContext,
) => Promise<HandlerReply | Response | undefined> | HandlerReply | Response | undefined

/** Calls a service through the gateway: balancing, retries, deadline and trace as for any request. */
export interface ServiceCaller {
  get(path: string, options?: CallOptions): ServiceCall
  head(path: string, options?: CallOptions): ServiceCall
  post(path: string, options?: CallOptions): ServiceCall
  put(path: string, options?: CallOptions): ServiceCall
  patch(path: string, options?: CallOptions): ServiceCall
  delete(path: string, options?: CallOptions): ServiceCall
  request(method: string, path: string, options?: CallOptions): ServiceCall
}
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Text or bytes as they are; anything else as JSON. */
  readonly body?: unknown
  /** ms; never longer than what is left of the route's total. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}
/** An answer on its way: await it, or read its body at once. Rejects only when no answer could be had. */
export interface ServiceCall extends PromiseLike<ServiceAnswer> {
  /** The body as JSON; rejects when the status is not 2xx. */
  json<T = unknown>(): Promise<T>
  text(): Promise<string>
}
export interface ServiceAnswer {
  readonly status: number
  readonly ok: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  text(): string
  json<T = unknown>(): T
}
