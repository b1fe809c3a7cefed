import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { Correction } from '../fix/correction.ts'
import { count, docsUrl, type Verdict } from './verdict.ts'

/** A diagnostic as `--json` and the admin API show it. */
export interface DiagnosticJson {
  readonly severity: Diagnostic['severity']
  readonly code: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endColumn: number
  readonly message: string
  readonly help?: string
  readonly path?: string
  readonly fix?: { readonly from: string; readonly to: string }
  readonly docs: string
}

/** One diagnostic as plain JSON. */
const diagnosticJson = (one: Diagnostic): DiagnosticJson => ({
  severity: one.severity,
  code: one.code,
  file: one.file,
  line: one.line,
  column: one.column,
  endColumn: one.endColumn ?? one.column + 1,
  message: one.message,
  ...(one.help === undefined ? {} : { help: one.help }),
  ...(one.path === undefined ? {} : { path: one.path }),
  ...(one.fix === undefined ? {} : { fix: one.fix }),
  docs: docsUrl(one.code),
})

/** What `check --json` prints for one file (`schema/check.schema.json`). */
export interface VerdictJson {
  readonly ok: boolean
  readonly file: string
  readonly errors: number
  readonly warnings: number
  readonly routes: number
  readonly services: number
  readonly ms: number
  readonly diagnostics: readonly DiagnosticJson[]
  /** With `--fix`: what was corrected. */
  readonly fixed?: readonly Correction[]
  /** With `--fix`: why nothing, or not all that is certain, was corrected. */
  readonly notFixed?: string
}

/** One verdict as plain JSON. */
export const verdictJson = (verdict: Verdict): VerdictJson => ({
  ok: count(verdict.diagnostics, 'error') === 0,
  file: verdict.file,
  errors: count(verdict.diagnostics, 'error'),
  warnings: count(verdict.diagnostics, 'warning'),
  routes: verdict.routes,
  services: verdict.services,
  ms: Math.round(verdict.took),
  diagnostics: verdict.diagnostics.map(diagnosticJson),
  ...(verdict.fixed === undefined ? {} : { fixed: verdict.fixed }),
  ...(verdict.notFixed === undefined ? {} : { notFixed: verdict.notFixed }),
})
