import type { TargetTable } from '../contract/threads.ts'
import type { AdminAddress } from './control-link.ts'
import type { PlanOrder } from './worker-calls.ts'

/** A load as control is told it. */
export type ControlOrder = Omit<PlanOrder, 'targets'>

/** The control thread at hand, as far as its loads go; calls reject when it is gone. */
export interface ControlThread {
  /** Starts another one; resolves when it can be called. A failure is followed by `lost`. */
  start(): Promise<void>
  prepare(order: ControlOrder): Promise<TargetTable>
  commit(order: { readonly load: number; readonly formerPort: number | undefined }): Promise<AdminAddress | undefined>
  /** A thread that was started anew has resolved the names of what runs. */
  targets(table: TargetTable): void
  /** What was committed could not be taken up; it is tried again. */
  failed(error: unknown): void
  /** Runs `work` after a pause that grows with the failures. */
  later(work: () => void): void
}

/** Keeps control on the load that was committed last, whatever happens to its threads meanwhile. */
export interface ControlCourse {
  /** Undefined when control is not there to resolve names. */
  readonly prepare: (order: ControlOrder) => Promise<TargetTable | undefined>
  /**
   * The load runs. Resolves with the admin address once control has taken it up, with undefined when that failed and is
   * tried again later; with `strict` it rejects instead.
   */
  commit(order: ControlOrder, strict: boolean): Promise<AdminAddress | undefined>
  /** The thread at hand has ended. */
  lost(): void
  /** Nothing is started or tried again from now on. */
  end(): void
}

/** Starts control. One queue holds starts, preparations and commits: none of them sees another half done. */
export function createControlCourse(thread: ControlThread): ControlCourse {
  /** What was committed last: the load that control is to run. */
  let goal: ControlOrder | undefined
  /** What the thread at hand was brought to; 0 is nothing. */
  let prepared = 0
  let runs = 0
  let admin: AdminAddress | undefined
  let isUp = false
  let hasEnded = false

  const start = async (): Promise<void> => {
    prepared = 0
    runs = 0
    isUp = true
    await thread.start()
  }
  let queue: Promise<unknown> = start().catch((error: unknown) => thread.failed(error))
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }

  const missing = (): ControlOrder | undefined => (runs === goal?.load || hasEnded ? undefined : goal)
  /** In turn: brings the thread at hand to what was committed, also when that is another load by then. */
  const catchUp = async (): Promise<void> => {
    for (let order = missing(); order !== undefined; order = missing()) {
      const { load } = order
      // A new thread gets the port that people know, where the configuration leaves it open.
      const formerPort = runs === 0 ? admin?.port : undefined
      if (prepared !== load) {
        const table = await thread.prepare(order)
        prepared = load
        thread.targets(table)
      }
      admin = await thread.commit({ load, formerPort })
      runs = load
    }
  }
  /** In turn: the same, tried again later when it fails. */
  const settle = async (): Promise<void> => {
    try {
      await catchUp()
    } catch (error) {
      if (hasEnded) return
      thread.failed(error)
      // One that is gone is started anew, and catches up then.
      if (isUp) thread.later(() => void inTurn(settle))
    }
  }
  const restart = async (): Promise<void> => {
    if (hasEnded) return
    try {
      await start()
    } catch (error) {
      thread.failed(error)
      return
    }
    await settle()
  }

  return {
    prepare: (order) =>
      inTurn(async () => {
        try {
          const table = await thread.prepare(order)
          prepared = order.load
          return table
        } catch {
          return undefined
        }
      }),
    commit: (order, strict) => {
      goal = order
      return inTurn(async () => {
        await (strict ? catchUp() : settle())
        return runs === order.load ? admin : undefined
      })
    },
    lost: () => {
      isUp = false
      if (!hasEnded) thread.later(() => void inTurn(restart))
    },
    end: () => {
      hasEnded = true
    },
  }
}
