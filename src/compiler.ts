import { statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { ShownConfig } from './contract/admin.ts'
import type { Diagnostic } from './contract/diagnostic.ts'
import type { LoadResult } from './contract/threads.ts'
import { checkConfig, resolvedConfig, resolvedData, namedCode } from './checker.ts'
import { createCodeLoader } from './threads/code-loader.ts'
import type { CompileRequest } from './threads/compile-calls.ts'
import { runCompiler } from './threads/compiler-life.ts'
import { type LoadRequest, shownWithOverrides, withOverrides } from './threads/load-request.ts'
import { extension, root } from './threads/thread-file.ts'

// The thread of one load: reads, imports and checks the configuration, packs it, and is ended by main.

/** A gateway that runs must not lose all its routes to a file that is just being written (row 11.8). */
const isEmpty = (file: string): boolean => {
  try {
    return statSync(file).size === 0
  } catch {
    return false
  }
}

const load = async (request: CompileRequest, generation: number): Promise<LoadResult> => {
  const { port, adminPort, level, ...options } = request.options as LoadRequest
  const result = await checkConfig({
    ...options,
    generation,
    ...(request.text === undefined ? {} : { text: request.text }),
    ...(request.loadMemo === undefined ? {} : { memo: request.loadMemo }),
  })
  if (result.snapshot === undefined) return result
  const [file] = result.snapshot.files
  if (request.memo !== undefined && request.text === undefined && file !== undefined && isEmpty(file)) {
    const message = 'the file is empty, as one is while it is written anew'
    const truncated: Diagnostic = { severity: 'error', code: 'GW1003', message, file, line: 1, column: 1 }
    return { ...result, snapshot: undefined, diagnostics: [truncated] }
  }
  const changed = withOverrides(result.snapshot, { port, adminPort, level })
  if (typeof changed !== 'string') return { ...result, snapshot: changed }
  const problem: Diagnostic = {
    severity: 'error',
    code: 'GW1305',
    message: changed,
    file: '--port',
    line: 0,
    column: 0,
  }
  return { ...result, snapshot: undefined, diagnostics: [...result.diagnostics, problem] }
}

/** The configuration that runs, from the texts it was read from; what the command line overrules says so. */
const show = async (request: CompileRequest, generation: number): Promise<ShownConfig | undefined> => {
  const { port, adminPort, level, ...options } = request.options as LoadRequest
  const [first] = request.kept?.keys() ?? []
  if (first === undefined) return undefined
  const resolved = await resolvedConfig({
    ...options,
    generation,
    kept: request.kept,
    ...(options.file === undefined && options.object === undefined ? { file: first } : {}),
    ...(request.text === undefined ? {} : { text: request.text }),
  })
  const data = resolvedData(resolved)
  if (data === undefined || resolved.snapshot === undefined) return undefined
  const snapshot = withOverrides(resolved.snapshot, { port, adminPort, level })
  return typeof snapshot === 'string'
    ? undefined
    : shownWithOverrides({ ...data, hash: snapshot.hash }, snapshot, { port, adminPort, level })
}

const code = createCodeLoader(root, extension)
await runCompiler(parentPort as MessagePort, workerData as CompileRequest, { code, load, show, codeOf: namedCode })
