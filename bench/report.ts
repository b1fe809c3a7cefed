import { isMet, type Check, type Outcome, type Row } from './scenario.ts'
import type { Estimate } from './statistics.ts'

/** Three significant digits, or whole numbers where that is more. */
function digits(value: number): string {
  if (Number.isNaN(value)) return '–'
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

/** `1.034 × [1.010, 1.050]`; a single reading without brackets, a count without unit. */
export function interval(found: Estimate, unit: string): string {
  const text = (value: number): string =>
    unit === '×' ? value.toFixed(3) : unit === '' ? String(value) : digits(value)
  const range = found.count > 1 ? ` [${text(found.low)}, ${text(found.high)}]` : ''
  return `${text(found.median)}${unit === '' ? '' : ` ${unit}`}${range}`
}

/** `≤ 1.15 ×`, or a dash. */
export function bound(limit: number | undefined, unit: string): string {
  return limit === undefined ? '–' : `≤ ${Number(limit.toPrecision(4))}${unit === '' ? '' : ` ${unit}`}`
}

/** What a check came to, in a word. */
export function verdict(check: Check): 'ok' | 'missed' | 'shown' {
  if (check.limit === undefined) return 'shown'
  return isMet(check) ? 'ok' : 'missed'
}

/** Whether the wished-for value was reached; undefined where none is stated. */
export function reachesGoal(check: Check): boolean | undefined {
  return check.goal === undefined ? undefined : check.value.median <= check.goal
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      `  ${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
    )
    .join('\n')
}

function rowsText(rows: readonly Row[]): string {
  const titles = [...new Set(rows.flatMap((row) => Object.keys(row.figures)))]
  const ratios = rows.some((row) => row.ratio !== undefined)
  return table([
    ['', ...titles, ...(ratios ? ['ratio [95 %]'] : [])],
    ...rows.map((row) => [
      row.label,
      ...titles.map((title) => (row.figures[title] === undefined ? '' : digits(row.figures[title]))),
      ...(ratios ? [row.ratio === undefined ? '' : interval(row.ratio, '×')] : []),
    ]),
  ])
}

function goalText(check: Check): string {
  const reached = reachesGoal(check)
  return reached === undefined ? '' : `${bound(check.goal, check.unit)} ${reached ? 'reached' : 'not yet'}`
}

/** What a scenario found, for a terminal. */
export function outcomeText(title: string, outcome: Outcome): string {
  const checks = outcome.checks.map((check) => [
    check.what,
    interval(check.value, check.unit),
    check.value.count > 1 ? `${check.value.count} runs` : '',
    bound(check.limit, check.unit),
    verdict(check),
    goalText(check),
  ])
  const parts = [
    title,
    ...(outcome.rows.length > 0 ? [rowsText(outcome.rows)] : []),
    ...(checks.length > 0 ? [table([['figure', 'value', '', 'to close', '', 'goal'], ...checks])] : []),
    ...(outcome.notes.length > 0 ? [outcome.notes.map((note) => `  ${note}`).join('\n')] : []),
  ]
  return `${parts.join('\n\n')}\n`
}
