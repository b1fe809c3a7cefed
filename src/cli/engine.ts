import { relative } from 'node:path'
import type * as Checker from '../checker.ts'
import type { CheckRequest, ResolvedConfig, ResolvedValue } from '../checker.ts'
import type { DataPlane, ExplainRequest, ExplainResult } from '../contract/data-plane.ts'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import { exit, Stop } from './exit.ts'
import type { GlobalFlags } from './global-flags.ts'
import type { Verdict } from './report/verdict.ts'
import type { Terminal } from './terminal.ts'
import { isWithoutFile } from './without-file.ts'

/**
 * The one place where verbs reach the rooms, through the wiring files and only when they are called: `version` and
 * help load none of it.
 */

/** A configuration that was read. */
export interface ReadConfig {
  /** As people see it. */
  readonly file: string
  /** Absent when there are errors. */
  readonly snapshot: Snapshot | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Files of the configuration as they were read, by absolute path. */
  readonly texts: ReadonlyMap<string, string>
}

/** How diagnostics are printed. */
export interface PrintStyle {
  readonly color: boolean
  readonly ascii: boolean
  readonly width: number
}

const shown = (path: string): string => {
  const near = relative(process.cwd(), path)
  return near === '' || near.startsWith('..') ? path : near
}

const requestOf = (global: Pick<GlobalFlags, 'env'>, file: string | undefined): CheckRequest => ({
  cwd: process.cwd(),
  mode: 'start',
  file,
  environment: global.env,
})

/** The checker, with `gwanmun` in the operator's code resolving to this gateway: a configuration may be code. */
const hookedChecker = async (): Promise<typeof Checker> => {
  const checker = await import('../checker.ts')
  checker.hookCode()
  return checker
}

/** Reads and checks the file of the flags, or the one given; `edited` are texts to take instead of files. */
export const readConfig = async (
  global: Pick<GlobalFlags, 'config' | 'env'>,
  file: string | undefined = global.config,
  edited?: ReadonlyMap<string, string>,
): Promise<ReadConfig> => {
  const { checkCode, checkConfig } = await hookedChecker()
  const checked = await checkConfig({ ...requestOf(global, file), edited })
  const broken = checked.snapshot === undefined ? [] : await checkCode(checked.snapshot)
  const snapshot = broken.length > 0 ? undefined : checked.snapshot
  const diagnostics = [...checked.diagnostics, ...broken]
  const found = file ?? snapshot?.files[0] ?? diagnostics.find((one) => one.file !== '')?.file ?? 'gateway.yaml'
  return { file: shown(found), snapshot, diagnostics, texts: checked.texts ?? new Map() }
}

/** The configuration of the flags, or those of this folder: one is right, two are an error of theirs. As people see them. */
export const ownFiles = async ({ config }: Pick<GlobalFlags, 'config'>): Promise<string[]> =>
  config === undefined ? (await import('../checker.ts')).findConfigs(process.cwd()).map(shown) : [config]

/**
 * Where the configuration of the flags, or of this folder, has its admin API, or in words why that cannot be told.
 * Undefined when there is no configuration.
 */
export const configuredAdmin = async (
  global: Pick<GlobalFlags, 'config' | 'env'>,
): Promise<{ readonly host: string; readonly port: number } | { readonly trouble: string } | undefined> => {
  const { readSettings } = await hookedChecker()
  const { snapshot, diagnostics } = await readSettings(requestOf(global, global.config))
  if (snapshot !== undefined)
    return snapshot.settings.admin ?? { trouble: `${shown(snapshot.files[0] ?? '')} switches the admin API off` }
  const error = diagnostics.find((one) => one.severity === 'error')
  if (error === undefined || error.code === 'GW1005') return undefined
  const place = error.file === '' ? '' : ` (${error.file}:${error.line})`
  return { trouble: `the configuration has errors: ${error.code}${place}` }
}

/** Diagnostics as text for people, source lines and carets included. */
export const formatDiagnostics = async (diagnostics: readonly Diagnostic[], style: PrintStyle): Promise<string> => {
  const { printDiagnostics } = await import('../checker.ts')
  return printDiagnostics(diagnostics, { color: style.color, unicode: !style.ascii, width: style.width }).trimEnd()
}

/** Reads a configuration without errors; otherwise prints them on stderr and ends with exit code 3. */
export const demandConfig = async (
  global: GlobalFlags,
  terminal: Terminal,
): Promise<{ readonly file: string; readonly snapshot: Snapshot }> => {
  const { file, snapshot, diagnostics } = await readConfig(global)
  if (snapshot !== undefined) return { file, snapshot }
  const errors = diagnostics.filter((one) => one.severity === 'error')
  const without = errors.find(isWithoutFile)
  if (without !== undefined) throw new Stop(exit.config, `${without.code} ${without.message}`, without.help)
  terminal.complain(
    await formatDiagnostics(errors, { color: terminal.talkColor, ascii: terminal.ascii, width: terminal.width }),
  )
  throw new Stop(exit.config, `${file} has errors`, 'gwanmun check shows all findings.')
}

/** What `check --online` finds: names that do not resolve and targets that cannot be reached. */
export const tryTargets = async (global: GlobalFlags, file: string | undefined): Promise<Diagnostic[]> => {
  const { resolvedConfig, systemNames, writtenTargets } = await import('../checker.ts')
  const { targetFindings } = await import('./online/target-findings.ts')
  const targets = writtenTargets(await resolvedConfig(requestOf(global, file)))
  return targetFindings(targets, await systemNames())
}

/** JSON Schema of the configuration. */
export const configSchema = async (): Promise<unknown> => (await import('../checker.ts')).configSchema()

const dryPlane = async (snapshot: Snapshot): Promise<DataPlane> => {
  const { createDataPlane, startToken } = await import('../data-plane.ts')
  const { hookCode } = await import('../checker.ts')
  const { dryPorts } = await import('./dry-plane.ts')
  return createDataPlane(dryPorts(snapshot, startToken(), hookCode()))
}

/** What fails when the operator's code is imported and its policies are made; nothing is served. */
export const tryCode = async (snapshot: Snapshot): Promise<Diagnostic[]> => {
  const { hookCode } = await import('../checker.ts')
  const { codeFindings } = await import('./code-check.ts')
  return codeFindings(snapshot, hookCode(), async () => {
    const { slotsOf } = await import('../data-plane.ts')
    const plane = await dryPlane(snapshot)
    try {
      await plane.prepare(snapshot, slotsOf(snapshot), { addresses: {} })
    } finally {
      plane.close()
    }
  })
}

/** Explains a request with the engine itself, started from empty state on a checked configuration. */
export const explainOffline = async (snapshot: Snapshot, request: ExplainRequest): Promise<ExplainResult> => {
  const { slotsOf } = await import('../data-plane.ts')
  const plane = await dryPlane(snapshot)
  try {
    await plane.prepare(snapshot, slotsOf(snapshot), { addresses: {} })
    plane.commit()
    return await plane.explain(request)
  } finally {
    plane.close()
  }
}

const resolve = async (global: GlobalFlags, terminal: Terminal): Promise<ResolvedConfig> => {
  await demandConfig(global, terminal)
  const { resolvedConfig } = await import('../checker.ts')
  return resolvedConfig(requestOf(global, global.config))
}

/**
 * The resolved configuration as a file of its own, which passes check. JSON has no comments: with `origins` it is an
 * object of the configuration and of places by path.
 */
export const printConfig = async (
  global: GlobalFlags,
  terminal: Terminal,
  format: 'yaml' | 'ts' | 'json',
  origins: boolean,
): Promise<string> => {
  const { printResolved, valuesAt } = await import('../checker.ts')
  const resolved = await resolve(global, terminal)
  const { text, diagnostics } = printResolved(resolved, format, origins)
  if (text === undefined) {
    const [first] = diagnostics
    throw new Stop(exit.failure, first?.message ?? 'the configuration cannot be printed', first?.help)
  }
  if (format !== 'json' || !origins) return text
  const places = Object.fromEntries(valuesAt(resolved, '').map(({ path, origin }) => [path, origin]))
  return JSON.stringify({ config: JSON.parse(text) as unknown, origins: places }, null, 2)
}

/** Values at or below a path of keys. */
export const configValues = async (global: GlobalFlags, terminal: Terminal, path: string): Promise<ResolvedValue[]> =>
  (await import('../checker.ts')).valuesAt(await resolve(global, terminal), path)

/** Every path that has a value. */
export const configPaths = async (global: GlobalFlags, terminal: Terminal): Promise<string[]> =>
  (await import('../checker.ts')).pathsOf(await resolve(global, terminal))

/** The last line of `check`. */
export const formatSummary = async (verdict: Verdict, style: PrintStyle): Promise<string> => {
  const { printSummary } = await import('../checker.ts')
  const { file, routes, services, took } = verdict
  return printSummary(
    verdict.diagnostics,
    { file, routes, services, ms: took },
    { color: style.color, unicode: !style.ascii },
  ).trimEnd()
}
