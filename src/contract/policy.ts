import type { Attempt, Exchange, MaybePromise, Reply } from './exchange.ts'
import type { Matcher } from './matcher.ts'
import type { Schema } from './schema.ts'
import type { RouteSettings, ServicePlan } from './plan.ts'
import type { CounterStore, RecordStore } from './store.ts'

/** When a policy runs; the order of config.md §5.1. Responses pass in reverse order. */
export type Stage =
  | 'receive'
  | 'lists'
  | 'cors'
  | 'authenticate'
  | 'authorize'
  | 'limit'
  | 'inspect'
  | 'match'
  | 'validate'
  | 'cache'
  | 'transform'
  | 'deliver'
  | 'respond'
  | 'log'

/** How a policy reads a body. Nothing is buffered, and no chunk is looked at, unless a definition says so here. */
export type BodyUse = 'tap' | 'transform'

/** Changes a body as it flows. Chunks given to `sink.push` may be lent. */
export interface BodyTransform {
  write(chunk: Uint8Array): void
  end(): void
  /** `sink.push` said false before; it takes more again. */
  drained?(): void
  /** The exchange ended, early or not; frees what is held. */
  destroy(): void
}
export interface BodySink {
  /** False: the client is full; push nothing more until `drained` is called, and pause the source when too much is held. */
  push(chunk: Uint8Array): boolean
  finish(): void
  fail(): void
  /** The transform holds too much or has room again. */
  pause(): void
  resume(): void
}

/** What happens to an exchange on its way. A policy implements only the hooks it needs. */
export interface Policy {
  /** A Reply ends the way up. */
  onRequest?(exchange: Exchange): MaybePromise<Reply | undefined>
  /** Each lent chunk of the request body (`body.request: 'tap'`); a Reply cuts the request. */
  onRequestBody?(exchange: Exchange, chunk: Uint8Array): Reply | undefined
  /** Own copy of the head; once per attempt. */
  onAttempt?(attempt: Attempt): MaybePromise<Reply | undefined>
  /** Head known, unsent; a Reply replaces it. Reverse order, only for steps that were reached. */
  onResponse?(exchange: Exchange): MaybePromise<Reply | undefined>
  /** Asked after all `onResponse` steps; a transform changes the body as it flows (`body.response: 'transform'`). */
  transformResponse?(exchange: Exchange, sink: BodySink): BodyTransform | undefined
  /**
   * The answer is complete and its last byte has not left: what must be durable by then. Awaited; a rejection cuts the
   * answer, or makes it a 500 when nothing of it has left.
   */
  beforeEnd?(exchange: Exchange): MaybePromise<void>
  /** Always, exactly once; never throws. */
  onEnd?(exchange: Exchange): void
  /** Words for the verdict it noted. */
  explain?(exchange: Exchange, code: number, a: number, b: number): string
  close?(): void
}

/** Where a policy may be written: gateway, route, service, plan or consumer, part of an aggregate (config.md §3). */
export type Place = 'G' | 'R' | 'S' | 'P' | 'A'

export interface PolicyDefinition<Options = unknown> {
  /** = its folder = its config key = its docs page. */
  readonly name: string
  readonly stage: Stage
  /** Rank inside the stage, the order of the words in config.md §5.1; smaller first. */
  readonly rank: number
  /**
   * Where its response hooks run when that is another stage than the one of its request hook (`cors`, `headers`). In
   * the stages respond and log steps run in the order of their ranks, for every answer.
   */
  readonly answers?: { readonly stage: 'respond' | 'log'; readonly rank: number }
  readonly body?: { readonly request?: BodyUse; readonly response?: BodyUse }
  /** What explain may do: run it; run it on read-only ports; only describe it. */
  readonly dry: 'pure' | 'peek' | 'unknown'
  /** Options the engine itself reads (timeouts, tunnels …); settled at compile. */
  settings?(options: Options, host: PolicyHost): Partial<RouteSettings>
  /** Absent for definitions that only bring settings. */
  create?(options: Options, host: PolicyHost): Policy
}

/** What `config` knows of a policy; kept apart so that a worker never loads a schema. */
export interface PolicyOptions<Options = unknown> {
  readonly name: string
  readonly kind: 'guard' | 'setting'
  readonly at: readonly Place[]
  /** Settings whose entries merge one by one over the levels (config.md §3), or append. */
  readonly merge?: 'entries' | 'append'
  readonly schema: Schema<Options>
  /** Value when nothing is written; absent: not configured. */
  readonly builtIn?: Options
  /** One sentence for the reference. */
  readonly summary: string
}

/** Typed per-exchange memory at a fixed index settled at load. */
export interface Slot<T> {
  get(exchange: Exchange): T | undefined
  set(exchange: Exchange, value: T): void
}

/** What a route's match names: for policies whose defaults follow from it. */
export interface MatchNames {
  /** Path patterns as written. */
  readonly paths: readonly string[]
  /** Upper case; empty = any. */
  readonly methods: readonly string[]
  /** Names under `match.headers`, lower case, and those of `match.query` and `match.cookies`. */
  readonly headers: readonly string[]
  readonly query: readonly string[]
  readonly cookies: readonly string[]
}

/** Ports a policy may use. In dry mode they are read-only. */
export interface PolicyHost {
  readonly route: string | undefined
  /** This gateway's name among its nodes, and its version: what templates call `gateway`. */
  readonly node: string
  readonly version: string
  /** What the match of the route names; empty lists where there is no route. */
  readonly match: MatchNames
  /** Monotonic ms. */
  now(): number
  /** Wall clock, ms since 1970. */
  time(): number
  random(): number
  slot<T>(): Slot<T>
  /** Compiles a template of config.md §1.5; undefined when a value is missing. */
  template(text: string, place: TemplatePlace): Template
  matcher(spec: unknown): Matcher
  readonly counters: CounterStore
  readonly records: RecordStore
  service(name: string): ServicePlan | undefined
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void
}
export type TemplatePlace = 'path' | 'query' | 'header' | 'text' | 'location'
export type Template = (exchange: Exchange) => string | undefined
