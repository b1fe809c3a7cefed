import type { CompileRequest, CompileResult } from './compile-calls.ts'
import { errorText } from './error-text.ts'
import { startThread } from './thread-file.ts'

/** ms after which a compiler is ended: code of a configuration may never return. */
export const compileTimeout = 10_000

/** Runs one compilation in a thread of its own and ends it. Rejects when it fails or takes over `timeout` ms. */
export const compile = (file: URL, timeout: number, request: CompileRequest): Promise<CompileResult> =>
  new Promise((resolve, reject) => {
    // It makes much and keeps most of it: a large young generation halves its time on a long configuration.
    const thread = startThread(file, 'compiler', request, { maxYoungGenerationSizeMb: 256 })
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      // The answer was copied when it came; what the thread still does concerns nobody.
      void thread.terminate()
      settle()
    }
    const timer = setTimeout(
      () => finish(() => reject(new Error(`the configuration was not read in ${timeout / 1000} s`))),
      timeout,
    )
    thread.once('message', (result: CompileResult) => finish(() => resolve(result)))
    thread.once('error', (error: unknown) => finish(() => reject(new Error(errorText(error)))))
    thread.once('exit', (code) => finish(() => reject(new Error(`the compiler ended with code ${code}`))))
  })
