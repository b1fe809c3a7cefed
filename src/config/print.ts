import type { Diagnostic } from '../contract/diagnostic.ts'

/** How diagnostics are printed. */
export interface PrintOptions {
  readonly color: boolean
  /** False where the locale is not UTF-8: symbols get their ASCII form. */
  readonly unicode: boolean
  /** Columns of the terminal; longer lines of source are cut around the mark. 0 cuts nothing. */
  readonly width?: number
}

const styles = { red: 31, yellow: 33, blue: 34, cyan: 36, green: 32, bold: 1, dim: 2 } as const
type Style = keyof typeof styles

const painter =
  (color: boolean): ((style: Style, text: string) => string) =>
  (style, text) =>
    color ? `\u001b[${styles[style]}m${text}\u001b[0m` : text

/** Keeps what a file says from steering a terminal: every control character becomes one blank or dot. */
const tame = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what must not reach a terminal
  text.replaceAll('\t', ' ').replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '.')

/** One diagnostic with its lines of source and a mark under the place, as `check` shows it. Ends with a line break. */
export const printDiagnostic = (diagnostic: Diagnostic, options: PrintOptions): string => {
  const paint = painter(options.color)
  const severity = diagnostic.severity === 'error' ? 'red' : 'yellow'
  const head = `${paint(severity, diagnostic.severity)} ${paint('bold', diagnostic.code)} ${tame(diagnostic.message)}\n`
  const help = diagnostic.help === undefined ? '' : tame(diagnostic.help)
  const { source } = diagnostic
  if (source === undefined || diagnostic.line === 0) {
    const spot = diagnostic.line === 0 ? '' : `:${diagnostic.line}:${diagnostic.column}`
    const where = [`${diagnostic.file}${spot}`, diagnostic.path].filter((part) => part !== undefined && part !== '')
    const place =
      where.length === 0
        ? ''
        : `${paint('blue', ' -->')} ${tame(where.length === 2 ? `${where[0] ?? ''} (${where[1] ?? ''})` : (where[0] ?? ''))}\n`
    return `${head}${place}${help === '' ? '' : `  ${paint('cyan', help)}\n`}`
  }
  const last = source.line + source.text.length - 1
  const gutter = String(last).length
  const lines: string[] = [
    `${' '.repeat(gutter)}${paint('blue', '-->')} ${tame(diagnostic.file)}:${diagnostic.line}:${diagnostic.column}`,
    `${' '.repeat(gutter + 1)}${paint('blue', '|')}`,
  ]
  const marked = tame(source.text.at(-1) ?? '')
  const cut = cutAround(marked, diagnostic.column - 1, options)
  for (const [index, text] of source.text.entries()) {
    const shown = index === source.text.length - 1 ? cut.text : cutAround(tame(text), 0, options).text
    if (index < source.text.length - 1 && shown.trim() === '') continue
    lines.push(`${paint('blue', `${String(source.line + index).padStart(gutter)} |`)} ${shown}`.trimEnd())
  }
  const before = width(cut.text.slice(0, cut.column))
  const mark = '^'.repeat(
    Math.max(
      1,
      width(
        cut.text.slice(cut.column, cut.column + (diagnostic.endColumn ?? diagnostic.column + 1) - diagnostic.column),
      ),
    ),
  )
  lines.push(
    `${' '.repeat(gutter + 1)}${paint('blue', '|')} ${' '.repeat(before)}${paint(severity, mark)}${help === '' ? '' : ` ${paint('cyan', help)}`}`,
  )
  return `${head}${lines.join('\n')}\n`
}

/** A long line around a column, with dots where it was cut. */
const cutAround = (
  text: string,
  column: number,
  options: PrintOptions,
): { readonly text: string; readonly column: number } => {
  const room = (options.width ?? 0) - 8
  if (room <= 20 || text.length <= room) return { text, column }
  const dots = options.unicode ? '…' : '...'
  const from = Math.max(0, Math.min(column - Math.floor(room / 2), text.length - room))
  const begin = from > 0 ? dots : ''
  const end = from + room < text.length ? dots : ''
  return { text: begin + text.slice(from, from + room) + end, column: column - from + begin.length }
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\ud83c-\ud83e][\udc00-\udfff]/g

/** Columns that a text takes in a terminal: wide letters take two. */
const width = (text: string): number => {
  const pairs = text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0
  return text.length - pairs + (text.match(wide)?.length ?? 0)
}

/** All diagnostics, a blank line between them. */
export const printDiagnostics = (diagnostics: readonly Diagnostic[], options: PrintOptions): string =>
  diagnostics.map((diagnostic) => printDiagnostic(diagnostic, options)).join('\n')

/** What the last line of `check` says. */
export interface Summary {
  readonly file: string
  readonly routes: number
  readonly services: number
  readonly ms: number
}

/** `✔ gateway.yaml is valid: 3 routes, 3 services (8 ms)`, or how many errors and warnings there are. */
export const printSummary = (diagnostics: readonly Diagnostic[], summary: Summary, options: PrintOptions): string => {
  const paint = painter(options.color)
  const { errors, warnings } = countDiagnostics(diagnostics)
  const time = `(${Math.round(summary.ms)} ms)`
  const counts = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : '']
    .filter((one) => one !== '')
    .join(', ')
  if (errors > 0) return `${paint('red', options.unicode ? '✖' : 'x')} ${counts} in ${tame(summary.file)} ${time}\n`
  const valid = `${tame(summary.file)} is valid: ${count(summary.routes, 'route')}, ${count(summary.services, 'service')}`
  return `${paint('green', options.unicode ? '✔' : 'ok')} ${valid}${counts === '' ? '' : `, ${counts}`} ${time}\n`
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

const countDiagnostics = (
  diagnostics: readonly Diagnostic[],
): { readonly errors: number; readonly warnings: number } => {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length
  return { errors, warnings: diagnostics.length - errors }
}
