import { statSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Diagnostic, Origin } from './contract/diagnostic.ts'
import type { CodeRef, Snapshot } from './contract/snapshot.ts'
import type { LoadResult } from './contract/threads.ts'
import { checkConfig } from './checker.ts'
import { ownCode } from './plan/code.ts'
import { createCodeLoader } from './threads/code-loader.ts'
import type { CompileRequest } from './threads/compile-calls.ts'
import { runCompiler } from './threads/compiler-life.ts'
import { type LoadRequest, withPorts } from './threads/load-request.ts'
import { extension, root } from './threads/thread-file.ts'

// The thread of one load: reads, imports and checks the configuration, packs it, and is ended by main.

/** Code of the operator's that a snapshot names, with where it is named. */
const codeOf = (snapshot: Snapshot): { readonly code: CodeRef; readonly origin: Origin | undefined }[] => {
  const uses = new Set([
    ...snapshot.listeners.flatMap(({ guards, unmatched }) => [...guards, ...unmatched]),
    ...snapshot.routes.flatMap(({ policies }) => policies),
  ])
  const handlers = snapshot.routes.flatMap(({ action, origin }) =>
    action.kind === 'handler' ? [{ code: action.code, origin }] : [],
  )
  const own = [...uses].flatMap((use) => (use.name === 'use' ? [{ code: ownCode(use), origin: use.origin }] : []))
  return [...handlers, ...own].filter(({ code }) => code.file !== '')
}

/** A gateway that runs must not lose all its routes to a file that is just being written (row 11.8). */
const isEmpty = (file: string): boolean => {
  try {
    return statSync(file).size === 0
  } catch {
    return false
  }
}

const load = async (request: CompileRequest, generation: number): Promise<LoadResult> => {
  const { port, adminPort, ...options } = request.options as LoadRequest
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
  const changed = withPorts(result.snapshot, port, adminPort)
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

const code = createCodeLoader(root, extension)
await runCompiler(parentPort as MessagePort, workerData as CompileRequest, { code, load, codeOf })
