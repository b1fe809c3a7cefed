import type { ShownConfig } from '../contract/admin.ts'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { ExplainRequest, ExplainResult } from '../contract/data-plane.ts'
import type { TargetTable } from '../contract/threads.ts'
import type { BoundListener } from './events.ts'
import type { WorkerState } from './fleet-contract.ts'
import type { PlanOrder } from './worker-calls.ts'

/** What control is told first. */
export interface ControlSetup {
  readonly version: string
  readonly mode: string
  /** Wall clock ms of the process's start. */
  readonly startedAt: number
  /** Whether the log is for a terminal instead of JSON lines. */
  readonly terminal: boolean
}

/** How the process fares, told anew at every change. */
export interface ProcessStatus {
  readonly state: 'starting' | 'running' | 'draining'
  /** The latest configuration was refused, or could not be read: an older one runs. */
  readonly stale: boolean
  readonly reloadedAt: number
  readonly reason: string | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly listeners: readonly BoundListener[]
  readonly workers: readonly WorkerState[]
  readonly workersWanted: number
  readonly configFile: string | undefined
  readonly hash: string
  readonly routes: number
  /** Workers that ended unexpectedly, and times control was restarted. */
  readonly workersLost: number
  readonly controlRestarts: number
  readonly reloads: { readonly done: number; readonly refused: number }
}

/** What a reload came to. */
export interface ReloadOutcome {
  readonly ok: boolean
  readonly hash: string
  readonly changed: boolean
  readonly reason: string | undefined
  readonly diagnostics: readonly Diagnostic[]
  readonly ms: number
}

/** What control answers to main. */
export type ControlCalls = {
  begin(setup: ControlSetup): void
  /**
   * A plan is being built: control resolves the names of its targets and answers their table. It shows nothing of it
   * before `commit`.
   */
  prepare(order: Omit<PlanOrder, 'targets'>): TargetTable
  /**
   * Takes sinks, admin port and labels from that plan; tells where the admin server listens. `formerPort`: where it
   * listened before control was started again, for a configured port 0.
   */
  commit(value: {
    readonly load: number
    readonly formerPort: number | undefined
  }): { readonly host: string; readonly port: number } | undefined
  status(status: ProcessStatus): void
  /** Answers at once: its loop moves. */
  ping(value: undefined): void
  /** Opens log files by their names again. */
  reopen(value: undefined): void
  /** Writes out what the rings hold and closes sinks and ports. */
  end(value: undefined): void
}

/** What main answers to control. */
export type ControlNews = {
  targets(table: TargetTable): void
  /** Re-reads the configuration; with a text it is used instead of the file, until the next reload. */
  reload(source: { readonly text: string | undefined }): ReloadOutcome
  check(source: { readonly text: string | undefined }): {
    readonly diagnostics: readonly Diagnostic[]
    readonly hash: string | undefined
  }
  /** The configuration in force, for people. */
  shown(value: undefined): ShownConfig | undefined
  explain(request: ExplainRequest): ExplainResult
  /** Replaces a worker, or all, as planned. */
  replaceWorkers(which: { readonly worker: number | undefined; readonly reason: string }): readonly WorkerState[]
  /** Control itself hit something main should log. */
  notice(notice: {
    readonly level: 'info' | 'warn' | 'error'
    readonly code: string | undefined
    readonly message: string
  }): void
}
