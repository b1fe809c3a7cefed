import type { Worker } from 'node:worker_threads'
import type { TargetTable } from '../contract/threads.ts'
import { createBackOff } from './back-off.ts'
import { type ControlOrder, createControlCourse } from './control-course.ts'
import type { ControlCalls, ControlNews, ControlSetup, ProcessStatus } from './control-calls.ts'
import { errorText } from './error-text.ts'
import { type Answering, createPeer, type Peer } from './peer.ts'
import { startThread } from './thread-file.ts'

/** Control as main sees it: it may end at any time and is started again, and nothing waits for it for ever. */
export interface ControlLink {
  /** Tells a plan that is being built. Undefined when control is not there to resolve names. */
  readonly prepare: (order: ControlOrder) => Promise<TargetTable | undefined>
  /**
   * The plan runs; control takes it up, at once or as soon as it can. Rejects when the admin port cannot be bound and
   * `strict` is set.
   */
  commit(order: ControlOrder, strict: boolean): Promise<AdminAddress | undefined>
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
  let latest: ProcessStatus | undefined
  let told = ''
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
      course.lost()
    })
    try {
      await line.call('begin', setup, { timeout: patience })
    } catch (error) {
      await mine.terminate()
      throw error
    }
    if (latest !== undefined) line.tell('status', latest)
  }
  const course = createControlCourse({
    start,
    prepare: (order) => peer.call('prepare', order, { timeout: patience }),
    commit: (order) => peer.call('commit', order, { timeout: patience }),
    targets: (table) => void news.targets(table),
    failed: (error) => {
      const message = `control: ${error instanceof Error ? error.message : String(error)}`
      // What fails again for the same reason is not told again.
      if (message === told || ending) return
      told = message
      void news.notice({ level: 'error', code: undefined, message })
    },
    later: (work) => void setTimeout(work, backOff.next()).unref(),
  })

  // One that stands still is as good as dead: names, logs and the admin API stand still with it.
  const watching = setInterval(() => {
    const watched = thread
    peer.call('ping', undefined, { timeout: stalled }).catch(() => {
      if (!ending && watched === thread) void watched.terminate()
    })
  }, stalled)
  watching.unref()

  return {
    prepare: course.prepare,
    commit: async (order, strict) => {
      told = ''
      return course.commit(order, strict)
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
      course.end()
      clearInterval(watching)
      await peer.call('end', undefined, { timeout: 2_000 }).catch(() => undefined)
      await thread.terminate()
    },
  }
}
