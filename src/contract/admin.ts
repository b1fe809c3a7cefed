import type { AccessRecord } from './access-record.ts'
import type { ExplainRequest, ExplainResult } from './data-plane.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { MaybePromise } from './exchange.ts'

/** What `GET /v1/info` tells. Times are wall clock ms since 1970. */
export interface GatewayInfo {
  readonly version: string
  readonly node: string
  /** Name of this gateway among several. */
  readonly name: string
  readonly mode: string
  readonly state: 'starting' | 'running' | 'draining'
  readonly startedAt: number
  readonly config: ConfigInfo
  readonly listeners: readonly {
    readonly name: string
    readonly host: string
    readonly port: number
    readonly socket?: string
  }[]
  readonly services: readonly { readonly name: string; readonly targets: readonly TargetInfo[] }[]
  readonly workersWanted: number
  readonly workersLost: number
  readonly controlRestarts: number
  readonly reloads: { readonly done: number; readonly refused: number }
}
export interface ConfigInfo {
  /** Undefined when it came as a text. */
  readonly file: string | undefined
  readonly hash: string
  readonly loadedAt: number
  readonly routes: number
  /** The latest file was refused; an older configuration runs. */
  readonly stale: boolean
  readonly reason: string | undefined
  readonly diagnostics: readonly Diagnostic[]
}
export interface TargetInfo {
  readonly url: string
  readonly weight: number
  /** Workers that hold it out now. */
  readonly ejected: number
  /** Addresses its name resolves to; undefined when nobody looked. */
  readonly addresses?: readonly string[]
}

/** One worker as `GET /v1/workers` shows it. Times in ms, sizes in bytes. */
export interface WorkerInfo {
  readonly worker: number
  readonly state: string
  readonly startedAt: number
  /** Number of the load that it serves. */
  readonly load: number
  /** Fading maximum of how late its loop was. */
  readonly lag: number
  readonly heap: number
  readonly connections: number
  readonly inFlight: number
}

/** What a reload came to; `ok: false` means that nothing has changed. */
export interface ReloadAnswer {
  readonly ok: boolean
  readonly hash: string
  readonly changed: boolean
  readonly reason?: string | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly ms: number
}
export interface CheckAnswer {
  readonly hash?: string | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Who may use the admin API: a name for the log, the SHA-256 of the token in hex, and what it may do. */
export interface AdminToken {
  readonly name: string
  readonly hash: string
  readonly scopes: readonly string[]
}

/** A configuration with nothing left to look up, for people. */
export interface ShownConfig {
  readonly hash: string
  readonly config: unknown
  /** Path of keys joined by dots → `gateway.yaml:12` or `built in`. */
  readonly origins: Readonly<Record<string, string>>
}

/** What the admin room needs from control. Each is asked anew for every request, so a reload needs no restart. */
export interface AdminPorts {
  tokens(): readonly AdminToken[]
  info(): MaybePromise<GatewayInfo>
  /** Hash of the configuration in force. */
  configHash(): string
  /**
   * The configuration in force, in the grammar. Values from `${…}` stand there as written, literal secrets masked.
   * Undefined when the files that it is made of have changed since in a way that cannot be told from them.
   */
  config(): MaybePromise<ShownConfig | undefined>
  /** JSON Schema of the configuration. */
  configSchema(): MaybePromise<unknown>
  checkConfig(text: string): MaybePromise<CheckAnswer>
  /** Puts a text in force; absent when the configuration belongs to a file. */
  applyConfig?(text: string): MaybePromise<ReloadAnswer>
  reload(): MaybePromise<ReloadAnswer>
  explain(request: ExplainRequest): MaybePromise<ExplainResult>
  /** The latest kept access record of that request id; undefined when none is kept. */
  record(id: string): MaybePromise<AccessRecord | undefined>
  workers(): MaybePromise<readonly WorkerInfo[]>
  /** Replaces one worker, or all of them, without losing a request. */
  replaceWorkers?(worker: number | undefined): MaybePromise<readonly WorkerInfo[]>
  /** Prometheus text. */
  metrics(): MaybePromise<string>
  ready(): { readonly state: 'ready' | 'starting' | 'draining'; readonly stale: boolean }
  log(level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void
}
