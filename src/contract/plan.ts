import type { Exchange, MaybePromise, Reply } from './exchange.ts'
import type { FieldList } from './fields.ts'
import type { Origin } from './diagnostic.ts'
import type { Policy, Stage } from './policy.ts'
import type { ResponseSink, ServiceStream } from './streams.ts'

/** A worker's compiled snapshot: arrays and tables, swapped as one reference. */
export interface Plan {
  readonly hash: string
  readonly listeners: ReadonlyMap<string, ListenerPlan>
  readonly services: ReadonlyMap<string, ServicePlan>
}

/** Chain that a step was written in (config.md §3). */
export type Chain = 'gateway' | 'caller' | 'route' | 'service'

/** One policy of a plan, with where it was written. */
export interface Step {
  readonly name: string
  readonly stage: Stage
  readonly chain: Chain
  readonly origin: Origin | undefined
  readonly policy: Policy
  /** What explain may do with it. */
  readonly dry: 'pure' | 'peek' | 'unknown'
  /** Name of the user's code that runs here (`lib/step-name.ts`), left where main finds it when the loop stands still; undefined for built-in ones. */
  readonly stamp: Uint8Array | undefined
  /** Index of its notes. */
  readonly index: number
}

/** Per hook only the steps that have it, in running order; responses in reverse. */
export interface Steps {
  readonly request: readonly Step[]
  readonly requestBody: readonly Step[]
  readonly attempt: readonly Step[]
  /**
   * Response steps in the order they run: those that answer to their own request hook in reverse, then the stages
   * respond and log by rank. `after` is how many request steps must have been reached for it to run; 0 for those of
   * the stages respond and log, which every answer passes.
   */
  readonly response: readonly { readonly step: Step; readonly after: number }[]
  readonly transform: readonly Step[]
  /** Those that keep something before the last byte leaves. */
  readonly barrier: readonly Step[]
  readonly end: readonly Step[]
  /** Code of operators is among them, which may have put anything anywhere. */
  readonly own: boolean
  /** All of them, in running order, for explain. */
  readonly all: readonly Step[]
}

export interface ListenerPlan {
  readonly name: string
  /** Index of the listener in shared memory. */
  readonly slot: number
  readonly port: number
  readonly scheme: 'http' | 'https'
  /** Guards of the gateway chain, run before the match. */
  readonly guards: Steps
  /** What holds for a request that no route takes, and until one is chosen. */
  readonly unmatched: RoutePlan
  readonly limits: MessageLimits
  readonly timeouts: ListenerTimeouts
  readonly trusted: TrustedPeers
  /** Every request of this listener is redirected (config.md §6). */
  readonly redirect: { readonly scheme: 'http' | 'https'; readonly port: number } | undefined
  /** Slots that the policies of the gateway chain own. */
  readonly guardSlots: number
  /** A route of this listener looks at the query, so that one with too many parameters is refused (row 3.12). */
  readonly readsQuery?: boolean
  match(input: MatchInput): MatchResult
  /** Every other route with the first reason it lost, nearest first; slow, for explanations only. */
  lost(input: MatchInput, won: RoutePlan | undefined): readonly { readonly route: RoutePlan; readonly reason: string }[]
  /** Exchanges of this plan that have not ended; when the plan has been replaced and this is 0, its policies are closed. */
  readonly load: { inFlight: number; idle: (() => void) | undefined }
}

/** Sizes in bytes (config.md §6, `limits`). */
export interface MessageLimits {
  readonly headerSize: number
  readonly headers: number
  readonly uri: number
  readonly requestsPerConnection: number
  readonly connections: number
  readonly connectionsPerIp: number
  readonly underscore: 'refuse' | 'drop' | 'pass'
  /**
   * Names in which trusted proxies tell of the client. `Connection` takes none of them away: who could have the client’s
   * address forgotten would be taken for the proxy. Absent: none.
   */
  readonly tells?: ReadonlySet<string>
}

/** Milliseconds (config.md §6, `timeouts`). */
export interface ListenerTimeouts {
  readonly headers: number
  readonly body: number
  readonly keepAlive: number
  readonly write: number
}

export interface TrustedPeers {
  isTrusted(address: string): boolean
  /** Hops to trust when a number was configured, else 0. */
  readonly hops: number
  readonly header: Lowercase<string>
}

/** What the router looks at; filled by the exchange, read by conditions. */
export interface MatchInput {
  readonly method: string
  readonly host: string
  /** Canonical path. */
  readonly path: string
  readonly query: string
  readonly fields: FieldList
  readonly address: string
}

export interface MatchResult {
  readonly value: RoutePlan | undefined
  /** Captured values; shared empty object when there are none. */
  readonly params: Readonly<Record<string, string>>
  /** Methods that would have matched when only the method is missing. */
  readonly allow: readonly string[] | undefined
}

/** What answers on a route. */
export type Action =
  | { readonly kind: 'service'; readonly service: ServicePlan }
  | { readonly kind: 'reply'; readonly make: (exchange: Exchange) => Reply }
  | {
      readonly kind: 'handler'
      /** Its file, for explanations; empty for a function of the library's caller. */
      readonly file: string
      readonly handle: InnerHandler
      readonly stamp: Uint8Array | undefined
    }

/** Answers from code; bodies and calls go through the inner stream. */
export type InnerHandler = (exchange: Exchange, body: Uint8Array, signal: AbortSignal) => MaybePromise<Reply>

export interface RoutePlan {
  readonly name: string
  /** Index of the route in shared memory. */
  readonly slot: number
  readonly origin: Origin | undefined
  /** Path pattern and methods as written, for people. */
  readonly describes: string
  readonly action: Action
  readonly steps: Steps
  readonly settings: RouteSettings
  readonly labels: Readonly<Record<string, string>>
  /** Slots that this chain's policies own. */
  readonly slotCount: number
}

/** Options that the engine itself reads. Times in ms, 0 = none. */
export interface RouteSettings {
  readonly timeout: {
    readonly total: number
    readonly connect: number
    readonly attempt: number
    readonly idle: number
    /** Idle limit of event streams and tunnels. */
    readonly streamIdle: number
    readonly whole: number
    readonly header: Lowercase<string> | undefined
  }
  readonly websocket: { readonly idle: number; readonly maxAge: number; readonly ping: number } | undefined
  readonly encodedSlash: 'refuse' | 'pass'
  readonly hostHeader: 'target' | 'preserve' | { readonly host: string }
  readonly forwarded: 'none' | 'both'
  /** For logs and ownership; becomes `RoutePlan.labels`. */
  readonly labels?: Readonly<Record<string, string>>
  readonly attempts: number
  /** Access-log choices; undefined = not logged. */
  readonly log:
    | {
        readonly sample: number
        readonly fields: readonly (readonly [name: string, value: (exchange: Exchange) => string | undefined])[]
      }
    | undefined
  /**
   * Body and media type of gateway-made answers instead of problem+json; without a body the problem document is sent
   * under that type. Called when code, detail and status of the answer are settled.
   */
  readonly problem:
    | ((exchange: Exchange, reply: Reply) => { readonly body: string | undefined; readonly contentType: string })
    | undefined
}

export interface ServicePlan {
  readonly name: string
  readonly slot: number
  readonly targets: readonly Target[]
  /** The next target, or undefined when none may be used. `not` was tried before and is avoided where possible. */
  pick(exchange: Exchange | undefined, not: Target | undefined): Target | undefined
  /** Opens a stream to a target; always answers at once and reports failures to the sink. */
  open(target: Target, sink: ResponseSink, options: OpenOptions): ServiceStream
  /** Tells how an attempt ended: for passive health, gauges and metrics. */
  settle(target: Target, outcome: 'ok' | 'connect' | 'reset' | 'timeout' | 'status' | 'aborted', status: number): void
}
export interface OpenOptions {
  /** ms; Infinity for no limit. */
  readonly connectTimeout: number
  /** Never use a connection that served before. */
  readonly fresh: boolean
}

/** One address of a service. */
export interface Target {
  /** As written, without credentials: shown in logs and `explain`. */
  readonly url: string
  readonly slot: number
  readonly scheme: 'http' | 'https' | 'unix'
  readonly host: string
  readonly port: number
  /** Value of `Host` for it. */
  readonly authority: string
  /** Path of its URL that goes before, without a trailing slash; empty for none. */
  readonly prefix: string
  readonly weight: number
}
