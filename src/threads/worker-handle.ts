import type { Worker } from 'node:worker_threads'
import { errorText } from './error-text.ts'
import { createPeer, type Peer } from './peer.ts'
import { startThread } from './thread-file.ts'
import type { Fault, WorkerCalls, WorkerNews } from './worker-calls.ts'

/** A data worker as main sees it. */
export interface WorkerHandle {
  /** Counts all workers ever started. */
  readonly id: number
  /** Its column in shared memory; free again when it has ended. */
  readonly column: number
  readonly thread: Worker
  readonly peer: Peer<WorkerCalls>
  readonly startedAt: number
  /** Resolves with the reason when the thread is gone, whoever ended it. */
  readonly ended: Promise<string>
  /** Load whose plan it runs, 0 before the first. */
  load: number
  /** Loads whose slots it writes to or will: the one it builds, the one it runs, and those on which something still runs. */
  readonly holds: Set<number>
  /** Generation of code it was started with. */
  generation: number
  /** Listeners it accepts on, with where. */
  readonly attached: Map<string, string>
  /** Its end is wanted. */
  retiring: boolean
  /** Runs after everything that was put in this worker's queue before. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

/** Starts a worker thread that may use `heap` MB. */
export function startWorker(
  file: URL,
  id: number,
  column: number,
  heap: number,
  onFault: (worker: WorkerHandle, fault: Fault) => void,
  onLeft: () => void,
): WorkerHandle {
  const thread = startThread(file, `worker ${id}`, undefined, { maxOldGenerationSizeMb: heap })
  let reason: string | undefined
  let turn: Promise<unknown> = Promise.resolve()
  const ended = new Promise<string>((resolve) => {
    thread.on('error', (error: unknown) => {
      reason = errorText(error)
    })
    thread.on('exit', (code) => {
      const why = reason ?? (code === 0 ? 'ended' : `ended with code ${code}`)
      handle.peer.close(`worker ${id} ${why}`)
      resolve(why)
    })
  })
  const handle: WorkerHandle = {
    id,
    column,
    thread,
    peer: createPeer<WorkerCalls, WorkerNews>(thread, {
      fault: (fault) => onFault(handle, fault),
      left: (load) => {
        handle.holds.delete(load)
        onLeft()
      },
    }),
    startedAt: Date.now(),
    ended,
    load: 0,
    holds: new Set(),
    generation: 0,
    attached: new Map(),
    retiring: false,
    inTurn: (work) => {
      const result = turn.then(work)
      turn = result.catch(() => undefined)
      return result
    },
  }
  return handle
}
