import { availableParallelism } from 'node:os'
import type { ExplainRequest, ExplainResult } from '../contract/data-plane.ts'
import type { TargetTable } from '../contract/threads.ts'
import { type Address, canShare } from './bind.ts'
import type { MainEvent } from './events.ts'
import type { PlanOrder, WorkerSetup } from './worker-calls.ts'

/** What the fleet runs: one checked load. */
export interface Running {
  readonly load: number
  /** Order with all items, for a worker that starts; order of what changed since load `base`. */
  readonly full: PlanOrder
  readonly changed: PlanOrder
  readonly base: number
  readonly generation: number
  readonly addresses: ReadonlyMap<string, Address>
  readonly drainTimeout: number
  readonly maxBlock: number
}

/** What the fleet needs from whoever wires it. */
export interface FleetPorts {
  readonly file: URL
  setup(column: number): WorkerSetup
  /** A worker is gone: its counters are folded, its column is free. */
  fold(column: number): void
  /** ms a worker's loop stands still, 0 when it moves. */
  blockedFor(column: number): number
  /** Name of the step it is in. */
  stepOf(column: number): string | undefined
  /** No worker runs `load` any more. */
  left(load: number): void
  emit(event: MainEvent): void
  /** ms until a worker has to be prepared. */
  readonly patience: number
}

/** One worker as the admin API shows it. */
export interface WorkerState {
  readonly worker: number
  readonly column: number
  readonly state: 'starting' | 'serving' | 'draining'
  readonly load: number
  readonly startedAt: number
}

/** The data workers: started, kept alive, replaced, moved from plan to plan together. */
export interface Fleet {
  /** Starts `count` workers on a load; resolves when all of them accept. Rejects when the load cannot be run. */
  start(count: number, running: Running): Promise<void>
  /** Moves all workers to another load, or none: rejects with the reason and nothing has changed. */
  apply(next: Running): Promise<void>
  /** Replaces one worker, or all one after another, without losing a request. */
  replace(id: number | undefined, reason: string): Promise<void>
  setTargets(table: TargetTable): void
  explain(request: ExplainRequest): Promise<ExplainResult>
  workers(): readonly WorkerState[]
  drain(timeout: number): Promise<{ readonly finished: number; readonly cut: number }>
  /** Ends every thread. */
  end(): Promise<void>
}

/** Workers for `auto`; one where a port cannot be shared. */
export const workerCount = (wanted: number | 'auto'): number =>
  canShare ? (wanted === 'auto' ? availableParallelism() : Math.max(1, wanted)) : 1

/** Columns of shared memory for so many workers: each may have two draining predecessors. */
export const columnCount = (workers: number): number => workers * 3 + 1
