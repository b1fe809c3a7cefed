import type { Origin } from './diagnostic.ts'
import type { Chain, ListenerTimeouts, MessageLimits } from './plan.ts'

/**
 * Checked config as plain data: short forms expanded, levels resolved (config.md §3), references checked, `${…}`
 * filled in. It is what travels between threads and what is kept as last good. Durations are ms, sizes bytes.
 */
export interface Snapshot {
  /** SHA-256 over the canonical JSON, first 12 hex digits. */
  readonly hash: string
  /** Counts reloads of user code; each generation imports its files anew. */
  readonly generation: number
  readonly files: readonly string[]
  readonly listeners: readonly ListenerSnapshot[]
  readonly services: readonly ServiceSnapshot[]
  readonly routes: readonly RouteSnapshot[]
  readonly settings: GatewaySettings
}

/** One policy with its checked options and where it was written. */
export interface PolicyUse {
  readonly name: string
  readonly options: unknown
  readonly chain: Chain
  readonly origin: Origin | undefined
}

export interface ListenerSnapshot {
  readonly name: string
  readonly origin: Origin | undefined
  readonly port: number
  /** Address to bind; empty = all of them. */
  readonly host: string
  /** Path of a unix socket instead of host and port. */
  readonly socket: string | undefined
  /** CIDR texts, files already read; or hops. */
  readonly trustedProxies: readonly string[] | number
  readonly clientIpHeader: string
  readonly limits: MessageLimits
  readonly timeouts: ListenerTimeouts
  /** Name of the listener that every request is sent to. */
  readonly redirect: string | undefined
  /** Guards of the gateway chain (`global`, `listeners.<name>.global`, `use` there). */
  readonly guards: readonly PolicyUse[]
  /** For requests that no route takes: settings of the gateway chain, then guards and cors of `defaults`. */
  readonly unmatched: readonly PolicyUse[]
}

export interface TargetSnapshot {
  readonly url: string
  readonly weight: number
  readonly zone: string | undefined
  readonly backup: boolean
}

export interface ServiceSnapshot {
  readonly name: string
  readonly origin: Origin | undefined
  readonly targets: readonly TargetSnapshot[]
  readonly algorithm: 'round-robin' | 'least-requests'
  readonly pool: {
    readonly max: number
    readonly pending: number
    readonly wait: number
    readonly idle: number
    readonly maxRequests: number
  }
  /** Passive health; undefined switches it off. */
  readonly passive:
    | {
        readonly failures: number
        readonly on?: readonly string[]
        readonly window: number
        readonly ejectFor: number
        readonly maxEjectFor: number
        readonly maxEjected: number
      }
    | undefined
  readonly whenNoneHealthy: 'try-all' | 'refuse'
  readonly forwarded: 'none' | 'both'
  readonly labels: Readonly<Record<string, string>>
}

/** Code named by file and export; never a function (functions cannot travel). */
export interface CodeRef {
  /** Absolute path; empty for a value inside the object given to the library. */
  readonly file: string
  /** Name of an export; `default#/routes/orders/handler` is a value inside it, by JSON pointer. */
  readonly export: string
  readonly options: unknown
}

export type ActionSnapshot =
  | { readonly kind: 'service'; readonly service: string }
  | {
      readonly kind: 'respond'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: unknown
      readonly contentType: string | undefined
    }
  | { readonly kind: 'redirect'; readonly to: string; readonly status: number; readonly keepQuery: boolean }
  | { readonly kind: 'handler'; readonly code: CodeRef }

/** Conditions of `match` (config.md §4.2); matchers as written. */
export interface ConditionSnapshot {
  readonly kind: 'headers' | 'query' | 'cookies' | 'ip'
  readonly name: string
  readonly matcher: unknown
}

export interface RouteSnapshot {
  /** Name in the file; two entries may share it when listeners differ in their gateway chain. */
  readonly name: string
  readonly origin: Origin | undefined
  readonly listeners: readonly string[]
  /** As written, lower-cased; empty = any. */
  readonly hosts: readonly string[]
  /** As written; every pattern of the list. */
  readonly paths: readonly string[]
  /** Upper case; empty = any. */
  readonly methods: readonly string[]
  readonly conditions: readonly ConditionSnapshot[]
  readonly priority: number
  readonly action: ActionSnapshot
  /** Guards and settings of the route chain, already resolved; unordered. */
  readonly policies: readonly PolicyUse[]
  readonly summary: string | undefined
  readonly tags: readonly string[]
}

export interface LogSinkSnapshot {
  readonly name: string
  readonly to: 'stdout' | 'file'
  readonly path: string | undefined
  readonly format: 'json' | 'pretty' | 'combined'
  readonly rotate: { readonly size: number; readonly keep: number } | undefined
}

export interface GatewaySettings {
  readonly node: string
  readonly workers: number | 'auto'
  /** ms a worker's loop may stand still. */
  readonly maxBlock: number
  readonly drain: { readonly delay: number; readonly timeout: number }
  readonly state: string
  readonly admin:
    | {
        readonly port: number
        readonly host: string
        readonly debug: boolean
        readonly tokens: readonly { readonly name: string; readonly hash: string; readonly scopes: readonly string[] }[]
      }
    | undefined
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly logs: readonly LogSinkSnapshot[]
  /** Whether clients' trace context is carried on. */
  readonly incomingTrace: 'continue' | 'restart' | 'trusted'
  readonly sample: number
  readonly redact: readonly string[]
  /** Texts that `${…}` was filled in with, each with what is written; no explanation shows them. */
  readonly filled: readonly (readonly [value: string, written: string])[]
}
