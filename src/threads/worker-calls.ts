import type { BoundSocket } from 'node:net'
import type { MessagePort } from 'node:worker_threads'
import type { ExplainRequest, ExplainResult } from '../contract/data-plane.ts'
import type { TargetTable } from '../contract/threads.ts'
import type { Parcel } from './parcel.ts'

/** What a worker is told first. */
export interface WorkerSetup {
  /** Column of the worker in shared memory. */
  readonly column: number
  readonly node: string
  readonly version: string
  /** Random text of this start of the process, the same for all workers. */
  readonly start: string
  /** Handles of shared memory, as `telemetry/` made them. */
  readonly memory: unknown
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly redact: readonly string[]
  /** Whether any sink wants access records. */
  readonly access: boolean
  /** Whether browsers get problem documents as pages. */
  readonly pages: boolean
}

/** A plan to build. */
export interface PlanOrder {
  /** Number of the load, counted by main. */
  readonly load: number
  readonly parcel: Parcel
  /** JSON lines `[section, name, slot]`. */
  readonly slots: readonly SharedArrayBuffer[]
  readonly targets: TargetTable
  readonly memory: unknown
}

/** Which listeners travel over a channel between two workers. */
export interface Handover {
  readonly port: MessagePort
  readonly listeners: readonly string[]
}

/** What a worker answers to main. */
export type WorkerCalls = {
  begin(setup: WorkerSetup): void
  prepare(order: PlanOrder): void
  commit(load: number): void
  /** The load was refused elsewhere: its plan is not needed. */
  discard(load: number): void
  attach(listener: { readonly name: string; readonly socket: BoundSocket }): void
  /** Binds `temporary` and renames it to `path`, replacing what another worker of this gateway left there. */
  attachPath(listener: { readonly name: string; readonly path: string; readonly temporary: string }): void
  /** Stops accepting on a listener. */
  detach(name: string): void
  /** Gives listening servers away over `port`, then closes it. */
  giveAway(handover: Handover): void
  /** Takes listening servers that come over `port`; answers when all of them accept here. */
  takeOver(handover: Handover): void
  setTargets(table: TargetTable): void
  explain(request: ExplainRequest): ExplainResult
  /** Stops accepting, lets what runs finish for `timeout` ms, cuts the rest. */
  drain(timeout: number): { readonly finished: number; readonly cut: number }
  /** Everything is over: closes what is open; the thread then ends by itself. */
  end(value: undefined): void
}

/** Something failed outside any request. */
export interface Fault {
  readonly kind: 'unhandledRejection' | 'uncaughtException' | 'reported'
  readonly message: string
  readonly stack: string | undefined
  /** File and line of user code, or the step, where known. */
  readonly culprit: string | undefined
}

/** What main answers to a worker. */
export type WorkerNews = {
  fault(fault: Fault): void
  /** Nothing runs any more on the plan of a load that was replaced. */
  left(load: number): void
}
