import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { MessagePort } from 'node:worker_threads'
import type { ShownConfig } from '../contract/admin.ts'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import type { LoadResult } from '../contract/threads.ts'
import { createAssembler } from './assembler.ts'
import type { CodeLoader } from './code-loader.ts'
import { importNamed, type NamedCode } from './named-code.ts'
import { type CompileRequest, type CompileResult, headOf } from './compile-calls.ts'
import { memoOf, packSnapshot } from './parcel.ts'
import { readLastGood } from './state-folder.ts'
import { stepBack } from './step-back.ts'

/** What a compiler is made of, given by the file that wires it. */
export interface CompilerParts {
  readonly code: CodeLoader
  /** Loads the configuration; `generation` is what its code is imported under. */
  load(request: CompileRequest, generation: number): Promise<LoadResult>
  /** Writes down the configuration of `request.kept`; undefined when it cannot be read from that any more. */
  show(request: CompileRequest, generation: number): Promise<ShownConfig | undefined>
  /** Code that a snapshot names. */
  codeOf(snapshot: Snapshot): readonly NamedCode[]
}

const digestFiles = async (files: ReadonlySet<string>): Promise<string> => {
  const lines = await Promise.all(
    [...files].sort().map(async (file) => `${file} ${hash('sha256', await readFile(file).catch(() => ''))}`),
  )
  return lines.length === 0 ? '' : hash('sha256', lines.join('\n'))
}

const nothing = {
  head: undefined,
  full: undefined,
  changed: undefined,
  memo: undefined,
  loadMemo: undefined,
  texts: undefined,
}
const failed = (diagnostics: readonly Diagnostic[], unreadable = false): CompileResult => ({
  ...nothing,
  diagnostics,
  unreadable,
})

/** Runs one compilation and answers with its result on `port`. */
export async function runCompiler(port: MessagePort, request: CompileRequest, parts: CompilerParts): Promise<void> {
  stepBack('compiler')
  port.postMessage(await answers[request.what](request, parts))
}

const compileConfig = async (request: CompileRequest, parts: CompilerParts): Promise<CompileResult> => {
  const next = request.generation + 1
  const { snapshot, diagnostics, memo: loadMemo, texts } = await parts.load(request, next)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (snapshot === undefined || errors.length > 0) {
    return failed(diagnostics, errors.length > 0 && errors.every(({ code }) => code === 'GW1003' || code === 'GW1005'))
  }
  const broken = await importNamed(parts.codeOf(snapshot), parts.code, next)
  if (broken.length > 0) return failed([...diagnostics, ...broken])
  const codeDigest = await digestFiles(parts.code.files)
  // Code that did not change keeps its generation: nothing is imported anew for a route that moved.
  const generation = codeDigest === request.codeDigest && request.generation > 0 ? request.generation : next
  const packed = packSnapshot({ ...snapshot, generation }, request.memo)
  const files = [...new Set([...snapshot.files, ...parts.code.files])]
  return {
    ...packed,
    diagnostics,
    loadMemo,
    texts,
    unreadable: false,
    head: headOf({ ...snapshot, generation }, codeDigest, files),
  }
}

const restore = async (request: CompileRequest, parts: CompilerParts): Promise<CompileResult> => {
  const parcel = request.state === undefined ? undefined : await readLastGood(request.state)
  if (parcel === undefined) return failed([], true)
  const snapshot = await createAssembler().read(parcel)
  const broken = await importNamed(parts.codeOf(snapshot), parts.code, snapshot.generation)
  if (broken.length > 0) return failed(broken)
  const head = headOf(snapshot, await digestFiles(parts.code.files), [
    ...new Set([...snapshot.files, ...parts.code.files]),
  ])
  return { ...nothing, diagnostics: [], unreadable: false, head, full: parcel, changed: parcel, memo: memoOf(parcel) }
}

const show = async (request: CompileRequest, parts: CompilerParts): Promise<CompileResult> => ({
  ...failed([]),
  shown: await parts.show(request, request.generation + 1),
})

const answers: Readonly<
  Record<CompileRequest['what'], (request: CompileRequest, parts: CompilerParts) => Promise<CompileResult>>
> = { config: compileConfig, 'last-good': restore, shown: show }
