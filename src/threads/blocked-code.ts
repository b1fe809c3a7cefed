import type { Worker } from 'node:worker_threads'

interface ProfileNode {
  readonly hitCount: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}
interface ProfilingWorker {
  startCpuProfile(): Promise<{ stop(): Promise<string> }>
}

/**
 * Looks where a thread's loop stands: profiles it for 50 ms, which works while its code never returns. Tells the
 * hottest function that is not Node's own, `name file:line`; undefined when the thread was not busy.
 */
export const findBlockedCode = (thread: Worker): Promise<string | undefined> =>
  // A thread that ends meanwhile never answers.
  Promise.race([profile(thread), new Promise<undefined>((resolve) => setTimeout(resolve, patience, undefined))])

const patience = 1_000

const profile = async (thread: Worker): Promise<string | undefined> => {
  try {
    const handle = await (thread as unknown as ProfilingWorker).startCpuProfile()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { nodes } = JSON.parse(await handle.stop()) as { readonly nodes: readonly ProfileNode[] }
    const hottest = nodes
      .filter(({ hitCount, callFrame }) => hitCount > 0 && callFrame.url.startsWith('file:'))
      .reduce<ProfileNode | undefined>(
        (best, node) => (best === undefined || node.hitCount > best.hitCount ? node : best),
        undefined,
      )
    if (hottest === undefined) return undefined
    const { functionName, url, lineNumber } = hottest.callFrame
    const path = decodeURI(url.replace(/^file:\/\//, '').replace(/\?.*$/, ''))
    return `${functionName === '' ? '' : `${functionName} `}${path}${lineNumber < 0 ? '' : `:${lineNumber + 1}`}`
  } catch {
    return undefined
  }
}
