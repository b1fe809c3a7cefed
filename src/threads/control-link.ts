import type { Worker } from 'node:worker_threads'
import type { TargetTable } from '../contract/threads.ts'
import { createBackOff } from './back-off.ts'
import type { ControlCalls, ControlNews, ControlSetup, ProcessStatus } from './control-calls.ts'
import { errorText } from './error-text.ts'
import { type Answering, createPeer, type Peer } from './peer.ts'
import { startThread } from './thread-file.ts'
import type { PlanOrder } from './worker-calls.ts'

/** Control as main sees it: it may end at any time and is started again, and nothing waits for it for ever. */
export interface ControlLink {
  /** Tells a plan that is being built. Undefined when control is not there to resolve names. */
  prepare(order: Omit<PlanOrder, 'targets'>): Promise<TargetTable | undefined>
  /** The plan runs. Rejects when the admin port cannot be bound and `strict` is set. */
  commit(order: Omit<PlanOrder, 'targets'>, strict: boolean): Promise<AdminAddress | undefined>
  status(status: ProcessStatus): void
  reopen(): void
  /** Ends the thread the hard way; it comes back. */
  kill(): Promise<void>
  /** Lets it write out its logs, at most 2 s, and ends it. */
  end(): Promise<void>
}
export interface AdminAddress {
  readonly host: string
  readonly port: number
}

const patience = 10_000

/** Starts control and keeps it alive; one that does not answer for `stalled` ms is ended like a dead one. */
export function createControlLink(
  file: URL,
  setup: ControlSetup,
  news: Answering<ControlNews>,
  onLost: (reason: string) => void,
  stalled: number = 15_000,
): ControlLink {
  const backOff = createBackOff()
  let thread: Worker
  let peer: Peer<ControlCalls>
  let running: Omit<PlanOrder, 'targets'> | undefined
  let latest: ProcessStatus | undefined
  let admin: AdminAddress | undefined
  let ending = false

  const start = async (): Promise<void> => {
    const mine = startThread(file, 'control')
    const line = createPeer<ControlCalls, ControlNews>(mine, news)
    thread = mine
    peer = line
    let reason: string | undefined
    mine.on('error', (error: unknown) => (reason = errorText(error)))
    mine.on('exit', (code) => {
      line.close('control ended')
      if (ending) return
      onLost(reason ?? `ended with code ${code}`)
      setTimeout(() => void (ending || restart()), backOff.next())
    })
    await line.call('begin', setup, { timeout: patience })
  }
  const restart = async (): Promise<void> => {
    try {
      await start()
      if (running === undefined) return
      // The running plan cannot be refused any more: a port that is taken is told, and tried again with the next plan.
      const table = await peer.call('prepare', running, { timeout: patience })
      await news.targets(table)
      await peer.call('commit', { load: running.load, formerPort: admin?.port }, { timeout: patience })
      if (latest !== undefined) peer.tell('status', latest)
    } catch (error) {
      await news.notice({
        level: 'error',
        code: undefined,
        message: `control: ${error instanceof Error ? error.message : String(error)}`,
      })
    }
  }

  // One that stands still is as good as dead: names, logs and the admin API stand still with it.
  const watching = setInterval(() => {
    const watched = thread
    peer.call('ping', undefined, { timeout: stalled }).catch(() => {
      if (!ending && watched === thread) void watched.terminate()
    })
  }, stalled)
  watching.unref()

  const started = start()
  started.catch(() => undefined)

  return {
    prepare: async (order) => {
      try {
        await started
        return await peer.call('prepare', order, { timeout: patience })
      } catch {
        return undefined
      }
    },
    commit: async (order, strict) => {
      running = order
      try {
        admin = await peer.call('commit', { load: order.load, formerPort: undefined }, { timeout: patience })
        return admin
      } catch (error) {
        if (strict) throw error
        await news.notice({
          level: 'error',
          code: undefined,
          message: `admin: ${error instanceof Error ? error.message : String(error)}`,
        })
        return undefined
      }
    },
    status: (status) => {
      latest = status
      peer.tell('status', status)
    },
    reopen: () => peer.tell('reopen', undefined),
    kill: async () => {
      await thread.terminate()
    },
    end: async () => {
      ending = true
      clearInterval(watching)
      await peer.call('end', undefined, { timeout: 2_000 }).catch(() => undefined)
      await thread.terminate()
    },
  }
}
