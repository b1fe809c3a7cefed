import type { Diagnostic } from '../../contract/diagnostic.ts'
import { errors, type ErrorCode } from '../../errors.ts'
import { packageVersion } from '../../version.ts'
import { docsUrl, type Verdict } from './verdict.ts'

const ruleOf = (code: string): unknown => {
  const entry = errors[code as ErrorCode] as (typeof errors)[ErrorCode] | undefined
  return {
    id: code,
    helpUri: docsUrl(code),
    ...(entry === undefined
      ? {}
      : { shortDescription: { text: entry.title }, fullDescription: { text: entry.cause }, help: { text: entry.fix } }),
  }
}

const resultOf = (one: Diagnostic, rules: readonly string[]): unknown => ({
  ruleId: one.code,
  ruleIndex: rules.indexOf(one.code),
  level: one.severity,
  message: { text: one.help === undefined ? one.message : `${one.message}. ${one.help}` },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: one.file.replaceAll('\\', '/') },
        ...(one.line > 0
          ? { region: { startLine: one.line, startColumn: one.column, endColumn: one.endColumn ?? one.column + 1 } }
          : {}),
      },
    },
  ],
})

/** Verdicts as one SARIF 2.1.0 log, which code scanners read. */
export const sarifLog = (verdicts: readonly Verdict[]): unknown => {
  const diagnostics = verdicts.flatMap((verdict) => verdict.diagnostics)
  const rules = [...new Set(diagnostics.map((one) => one.code))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'gwanmun', version: packageVersion(), rules: rules.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((one) => resultOf(one, rules)),
      },
    ],
  }
}
