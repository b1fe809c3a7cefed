import type { ErrorCode } from '../errors.ts'
import type { CompileResult, Head } from './compile-calls.ts'
import type { ControlNews, ReloadOutcome } from './control-calls.ts'
import type { Fleet } from './fleet-contract.ts'
import type { Answering } from './peer.ts'

/** What main does when control asks. */
export interface ControlNewsPorts {
  /** Undefined before the first load. */
  fleet(): Fleet | undefined
  reload(text: string | undefined): Promise<ReloadOutcome>
  /** What runs, and the text that it was made of instead of the file. */
  live(): { readonly head: Pick<Head, 'hash'>; readonly source: string | undefined } | undefined
  /** Compiles and runs nothing. */
  compile(what: 'config' | 'shown', text: string | undefined): Promise<CompileResult>
  notice(level: 'info' | 'warn' | 'error', code: ErrorCode | undefined, message: string): void
}

/** Main's answers to control. */
export const controlNews = (ports: ControlNewsPorts): Answering<ControlNews> => ({
  targets: (table) => ports.fleet()?.setTargets(table),
  reload: ({ text }) => ports.reload(text),
  check: async ({ text }) => {
    const { diagnostics, head } = await ports.compile('config', text)
    return { diagnostics, hash: head?.hash }
  },
  shown: async () => {
    const live = ports.live()
    const { shown } = await ports.compile('shown', live?.source)
    // Another hash: the disk or the environment says other things than what runs.
    return shown?.hash === live?.head.hash ? shown : undefined
  },
  explain: (request) => ports.fleet()?.explain(request) ?? Promise.reject(new Error('nothing runs yet')),
  replaceWorkers: async ({ worker, reason }) => {
    await ports.fleet()?.replace(worker, reason)
    return ports.fleet()?.workers() ?? []
  },
  notice: ({ level, code, message }) => ports.notice(level, code as ErrorCode | undefined, message),
})
