import type { Diagnostic } from '../contract/diagnostic.ts'
import type { ErrorCode } from '../errors.ts'
import type { Place, Sources } from './source.ts'

/** A diagnostic before its offsets have become lines. */
export interface Finding extends Place {
  readonly severity: 'error' | 'warning'
  readonly code: ErrorCode
  readonly message: string
  readonly help?: string | undefined
  readonly path?: string | undefined
  /** Marked text and what to write instead, where that is certain. */
  readonly fix?: Diagnostic['fix'] | undefined
}

/** Turns findings into diagnostics, sorted by file and position, without repeats. */
export const diagnosticsOf = (findings: readonly Finding[], sources: Sources): Diagnostic[] => {
  const seen = new Set<string>()
  const sorted = findings.toSorted((a, b) => a.source - b.source || a.start - b.start || a.code.localeCompare(b.code))
  const diagnostics: Diagnostic[] = []
  for (const finding of sorted) {
    const key = `${finding.source} ${finding.start} ${finding.code} ${finding.message} ${finding.start < 0 ? finding.path : ''}`
    if (seen.has(key)) continue
    seen.add(key)
    const source = sources.excerpt(finding, 1)
    diagnostics.push({
      severity: finding.severity,
      code: finding.code,
      ...sources.origin(finding),
      message: sources.shield(finding.message),
      ...(finding.help === undefined
        ? {}
        : { help: sources.shield(finding.help).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()) }),
      ...(finding.fix === undefined ? {} : { fix: finding.fix }),
      ...(finding.path === undefined || finding.path === '' ? {} : { path: finding.path }),
      ...(source === undefined ? {} : { source }),
    })
  }
  return diagnostics
}
