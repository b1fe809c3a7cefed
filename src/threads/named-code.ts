import type { Diagnostic, Origin } from '../contract/diagnostic.ts'
import type { CodeRef } from '../contract/snapshot.ts'
import type { CodeLoader } from './code-loader.ts'

/** Code that a configuration names. */
export interface NamedCode {
  readonly code: CodeRef
  /** Where it is named. */
  readonly origin: Origin | undefined
  /** Throws when what was imported is not what its place asks for. */
  readonly demand: (value: unknown) => void
}

/** The line of code that could not be parsed, as Node quotes it above the message; its texts may be secrets. */
const unparsed = (error: unknown): string => {
  const stack = error instanceof SyntaxError ? (error.stack ?? '') : ''
  const line = /^([^\n]*\S[^\n]*)\n *\^+ *$/m.exec(stack)?.[1]?.trim().slice(0, 120)
  return line === undefined ? '' : `: ${line.replaceAll(/(["'`])(?:\\.|(?!\1).)*(\1|$)/g, '$1…$1')}`
}

/** Imports code, each export once, and tells what fails or is not what is asked for (GW1006). */
export const importNamed = async (
  named: readonly NamedCode[],
  loader: Pick<CodeLoader, 'importCode' | 'blame'>,
  generation: number,
): Promise<Diagnostic[]> => {
  const seen = new Set<string>()
  const broken: Diagnostic[] = []
  for (const { code, origin, demand } of named) {
    const key = `${code.file}#${code.export}`
    if (seen.has(key)) continue
    seen.add(key)
    try {
      demand(await loader.importCode(code, generation))
    } catch (error) {
      const where = origin ?? { file: code.file, line: 0, column: 0 }
      const reason = error instanceof Error ? error.message : String(error)
      const message = reason.startsWith(code.file) ? reason : `${code.file} cannot be used: ${reason}`
      const culprit = loader.blame(error)
      broken.push({
        ...where,
        severity: 'error',
        code: 'GW1006',
        message,
        ...(culprit === undefined ? {} : { help: `see ${culprit}${unparsed(error)}` }),
      })
    }
  }
  return broken
}
