import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { Correction } from './correction.ts'

/** A text with corrections made, and which they were, in the order of the text. */
export interface Corrected {
  readonly text: string
  readonly corrections: readonly Correction[]
}

interface Edit extends Correction {
  readonly start: number
  readonly end: number
}

/** What plain YAML and JSON read as something else than a text: it changes its meaning inside quotes. */
const special = /^(?:true|false|null)$/

const lineStarts = (text: string): number[] => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The edit of a finding; undefined when its place does not hold the very word, as where `${…}` or an alias stands. */
const editOf = (text: string, starts: readonly number[], one: Diagnostic): Edit | undefined => {
  const { fix, file, line, column, endColumn } = one
  const first = starts[line - 1]
  if (fix === undefined || first === undefined || endColumn === undefined) return undefined
  const start = first + column - 1
  const end = first + endColumn - 1
  const marked = text.slice(start, end)
  const edit = { file, line, column, ...fix }
  if (marked === fix.from) return { ...edit, start, end }
  const quote = marked[0]
  const isQuoted = (quote === '"' || quote === "'") && marked === `${quote}${fix.from}${quote}`
  return isQuoted && !special.test(fix.to) ? { ...edit, start: start + 1, end: end - 1 } : undefined
}

/**
 * Makes the corrections of the findings of one file in its text; everything else stays as it is, byte for byte. Findings
 * without a certain correction, or whose place does not hold what they speak of, are left alone.
 */
export const correctText = (text: string, diagnostics: readonly Diagnostic[]): Corrected => {
  const starts = lineStarts(text)
  const edits = diagnostics
    .flatMap((one) => editOf(text, starts, one) ?? [])
    .sort((a, b) => a.start - b.start)
    // Two findings may speak of one place.
    .filter((edit, index, all) => edit.start >= (all[index - 1]?.end ?? 0))
  let corrected = ''
  let at = 0
  for (const { start, end, to } of edits) {
    corrected += text.slice(at, start) + to
    at = end
  }
  const corrections = edits.map(({ file, line, column, from, to }) => ({ file, line, column, from, to }))
  return { text: corrected + text.slice(at), corrections }
}
