import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { bound, interval, reachesGoal, verdict } from './report.ts'
import type { Outcome } from './scenario.ts'

/** What is kept of the last run of a scenario. */
export interface Result {
  readonly scenario: string
  readonly title: string
  readonly command: string
  readonly date: string
  /** Few pairs: not to be quoted. */
  readonly quick: boolean
  readonly machine: Machine
  readonly versions: readonly string[]
  readonly outcome: Outcome
}

/** Folder of the last results. */
const resultsFolder: string = join(import.meta.dirname, 'results')
const page = join(import.meta.dirname, '../docs/reference/benchmarks.md')

/** Writes a result where the last one of its scenario stood. */
export function keepResult(result: Result): void {
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(join(resultsFolder, `${result.scenario}.json`), `${JSON.stringify(result, null, 2)}\n`)
}

/** The last results that may be quoted, in the order of the given names. */
export function keptResults(names: readonly string[], folder: string = resultsFolder): Result[] {
  const files = existsSync(folder) ? readdirSync(folder) : []
  return names
    .filter((name) => files.includes(`${name}.json`))
    .map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Result)
    .filter((result) => !result.quick)
}

/** The docs page: ratios and limits only, since times of one machine mean nothing on another. */
export function benchmarksPage(results: readonly Result[]): string {
  const rows = results.flatMap((result) =>
    result.outcome.checks.map((check) => {
      const reached = reachesGoal(check)
      const goal = reached === undefined ? '–' : `${bound(check.goal, check.unit)} ${reached ? '✔' : '✖'}`
      const word = verdict(check)
      const limit = `${bound(check.limit, check.unit)}${word === 'shown' ? '' : word === 'ok' ? ' ✔' : ' ✖'}`
      const count = check.value.count > 1 ? `${check.value.count}` : '1'
      return `| ${result.title} | ${check.what} | ${interval(check.value, check.unit)} | ${count} | ${limit} | ${goal} | \`${result.command}\` |`
    }),
  )
  const machines = [
    ...new Set(
      results.map(
        ({ machine: m }) => `${m.cpu}, ${m.cores} cores, ${m.memoryGB} GB, Linux ${m.kernel}, Node ${m.node}`,
      ),
    ),
  ]
  const versions = [...new Set(results.flatMap((result) => result.versions))].sort()
  const notes = [...new Set(results.flatMap((result) => result.outcome.notes))]
  return `# Benchmarks

Written by \`npm run bench\`; do not edit. Each line was made by the command at its end. Figures are medians with a
distribution-free 95 % interval in brackets; a ratio is this gateway ÷ the other, measured in interleaved runs
(A B B A …) on one machine, CPU time as the operating system accounts it. How it is measured: \`bench/README.md\`.

| scenario | figure | value | runs | to close | goal | command |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

The gateway has one worker, a JSON access log to a file, metrics and request ids on, and 50 routes unless the scenario says otherwise.
nginx writes the same fields (\`buffer=64k flush=1s\`) and sends the same forwarding headers; HAProxy logs to a UDP sink. Keep-alive is unlimited everywhere.

Machine: ${machines.join('; ') || '–'}. Programs: ${versions.join(', ') || '–'}.
${notes.map((note) => `\n- ${note}`).join('')}
`
}

/** Writes the docs page anew from all kept results. */
export function writeBenchmarksPage(names: readonly string[]): void {
  mkdirSync(join(page, '..'), { recursive: true })
  writeFileSync(page, benchmarksPage(keptResults(names)))
}
