import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { type ResourceLimits, Worker } from 'node:worker_threads'

/** `.ts` when the source runs unbuilt, `.js` when it was built. */
export const extension: '.ts' | '.js' = import.meta.filename.endsWith('.ts') ? '.ts' : '.js'

/** Folder of the gateway's own code. */
export const root: URL = new URL('../', import.meta.url)

/** One of the files beside main that a thread runs. */
export const threadFile = (name: 'worker' | 'control' | 'compiler'): URL => new URL(`${name}${extension}`, root)

/**
 * Starts a thread. The compile cache is passed on through its environment, the only way to have it on before the
 * thread's first file is read: threads do not inherit it otherwise.
 */
export function startThread(
  file: URL,
  name: string,
  workerData?: unknown,
  resourceLimits: ResourceLimits = {},
): Worker {
  const cache = getCompileCacheDir()
  const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) }
  return new Worker(file, { name, workerData, resourceLimits, env: { ...env } })
}
