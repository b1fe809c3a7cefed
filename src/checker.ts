import type { LoadResult } from './contract/threads.ts'
import type { Diagnostic } from './contract/diagnostic.ts'
import type { RouteSnapshot, Snapshot } from './contract/snapshot.ts'
import { configJsonSchema } from './config/json-schema.ts'
import { loadConfig } from './config/load.ts'
import { handlerOf } from './exchange/handler.ts'
import { codePlaces } from './plan/code.ts'
import { policyOptions } from './policies/options.ts'
import { tryPolicies } from './policies/trial.ts'
import { definitionOf } from './policies/use/use.ts'
import { findConflicts } from './router/conflicts.ts'
import { createCodeLoader, type CodeLoader } from './threads/code-loader.ts'
import type { LoadRequest } from './threads/load-request.ts'
import { importNamed, type NamedCode } from './threads/named-code.ts'
import { extension, root } from './threads/thread-file.ts'
import type { LoadOptions, RouteConflict } from './config/load-options.ts'
import { type ResolvedConfig, resolveConfig } from './config/resolve-config.ts'

/** What is to be read, and for which way of running. */
export interface CheckRequest extends Omit<LoadRequest, 'port' | 'adminPort' | 'level'> {
  /** Counts loads, so that code is imported anew. */
  readonly generation?: number
  readonly memo?: SharedArrayBuffer | undefined
  /** Texts of an earlier load, taken instead of the disk. */
  readonly kept?: ReadonlyMap<string, string> | undefined
  /** Texts that files are about to get, by absolute path, taken instead of the disk. */
  readonly edited?: ReadonlyMap<string, string> | undefined
}

export { policyOptions } from './policies/options.ts'
export { findConfigs } from './config/find-file.ts'
export { printDiagnostics, printSummary } from './config/print.ts'
export { printResolved, type ResolvedConfig } from './config/resolve-config.ts'
export { resolvedData } from './config/resolved-data.ts'
export { type WrittenTarget, writtenTargets } from './config/written-targets.ts'
export { pathsOf, type ResolvedValue, valuesAt } from './config/resolved-values.ts'

const reasons = {
  same: 'the same match',
  shadowed: 'it takes all of its requests',
  rank: 'only their names decide',
} as const

/** Routes in each other's way, as the config room asks for them. */
export const conflictsOf = (routes: readonly RouteSnapshot[]): RouteConflict[] =>
  findConflicts(routes).map(({ code, kind, route, by }) => ({ code, route, other: by, reason: reasons[kind] }))

const optionsOf = (request: CheckRequest): LoadOptions => ({
  cwd: request.cwd,
  env: process.env,
  mode: request.mode,
  policies: policyOptions,
  findConflicts: conflictsOf,
  generation: request.generation ?? 1,
  ...(request.file === undefined ? {} : { file: request.file }),
  ...(request.text === undefined ? {} : { text: request.text }),
  ...(request.format === undefined ? {} : { format: request.format }),
  ...(request.object === undefined ? {} : { object: request.object }),
  ...(request.environment === undefined ? {} : { environment: request.environment }),
  ...(request.terminal === undefined ? {} : { terminal: request.terminal }),
  ...(request.memo === undefined ? {} : { memo: request.memo }),
  ...(request.kept === undefined ? {} : { kept: request.kept }),
  ...(request.edited === undefined ? {} : { edited: request.edited }),
})

/** The same configuration with nothing left to look up and the place of every value; nothing of the environment is in it. */
export const resolvedConfig = (request: CheckRequest): Promise<ResolvedConfig> => resolveConfig(optionsOf(request))

/**
 * Reads and checks a configuration without running it: the wiring for verbs and threads that need no data plane. Never
 * throws for what an operator wrote.
 */
export const checkConfig = async (request: CheckRequest): Promise<LoadResult> => {
  const result = await loadConfig(optionsOf(request))
  if (result.snapshot === undefined) return result
  // Policies say more than schemas can: each is made once, and what one refuses is a finding like any other.
  const findings = await tryPolicies(result.snapshot)
  if (findings.length === 0) return result
  return { ...result, snapshot: undefined, diagnostics: [...result.diagnostics, ...findings] }
}

/**
 * As `checkConfig`, for who needs its settings alone: routes are not compared with each other, policies not made and no
 * code of policies and handlers is imported.
 */
export const readSettings = (request: CheckRequest): Promise<LoadResult> =>
  loadConfig({ ...optionsOf(request), findConflicts: () => [] })

/** Code that a snapshot names, and what each has to be. */
export const namedCode = (snapshot: Snapshot): readonly NamedCode[] =>
  codePlaces(snapshot).map(({ kind, code, origin }) => ({
    code,
    origin,
    demand: (value) => void (kind === 'handler' ? handlerOf(value, code) : definitionOf(value, code)),
  }))

/** Imports the code that a checked configuration names, in this thread, and tells what cannot be used. */
export const checkCode = (snapshot: Snapshot): Promise<Diagnostic[]> =>
  importNamed(namedCode(snapshot), hookCode(), snapshot.generation)

let loader: CodeLoader | undefined

/**
 * Makes `gwanmun` in the operator's code resolve to this gateway, in this thread, once. Threads that have a code loader
 * of their own do not call it.
 */
export const hookCode = (): CodeLoader => (loader ??= createCodeLoader(root, extension))

/** The machine's way to names as the gateway goes it; made when somebody asks. */
export const systemNames = async (): Promise<(name: string) => Promise<{ readonly addresses: readonly string[] }>> =>
  (await import('./discovery/system-names.ts')).createSystemNames()

/** JSON Schema (2020-12) of the configuration of this version. */
export const configSchema = (): Readonly<Record<string, unknown>> => configJsonSchema(policyOptions)
