/**
 * Preloaded with `--import` into every thread: writes the URL of each module that is loaded, with the thread's name,
 * as one JSON line into the file that MODULE_RECORD names. The gateway itself knows nothing of it.
 */
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { isMainThread, threadId, threadName } from 'node:worker_threads'

const record = process.env['MODULE_RECORD']
if (record !== undefined) {
  registerHooks({
    load(url, context, next) {
      appendFileSync(
        record,
        `${JSON.stringify({ url, thread: isMainThread ? 'main' : threadName || String(threadId) })}\n`,
      )
      return next(url, context)
    },
  })
}
