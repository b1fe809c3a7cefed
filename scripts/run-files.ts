import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'
import type { TestEvent } from './test-events.ts'
import { root } from './tree.ts'

/** What a step found. */
export interface StepResult {
  readonly passed: number
  readonly failed: number
  /** Failures in words. */
  readonly problems: readonly string[]
}

const reporter = join(root, 'scripts/test-events.ts')

const eventsIn = (file: string): TestEvent[] => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TestEvent)
}

/** What the process was in when it was asked: its JavaScript stack and what kept its loop alive. */
const standing = (folder: string): string => {
  const name = readdirSync(folder).find((entry) => entry.startsWith('report.'))
  if (name === undefined) return 'It did not answer when asked what it waits for.'
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    readonly javascriptStack?: { readonly stack?: readonly string[] }
    readonly libuv?: readonly { readonly type: string; readonly is_active: boolean; readonly is_referenced: boolean }[]
  }
  const handles = (report.libuv ?? [])
    .filter((handle) => handle.is_active && handle.is_referenced)
    .map((handle) => JSON.stringify(handle))
  return ['It waited for:', ...handles, ...(report.javascriptStack?.stack ?? [])].join('\n')
}

/** Runs one test file in a process of its own; after `patience` ms it and all that it started are ended. */
const runFile = async (path: string, patience: number): Promise<StepResult> => {
  const folder = mkdtempSync(join(tmpdir(), 'gwanmun-run-'))
  try {
    const told = join(folder, 'events')
    const args = [
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${told}`,
      '--report-on-signal',
      '--report-exclude-network',
      `--report-directory=${folder}`,
      join(root, path),
    ]
    const { code, output, late, left } = await runCommand(process.execPath, args, { patience, question: 'SIGUSR2' })
    const events = eventsIn(told)
    const problems = events
      .filter((event) => event.outcome !== 'passed')
      .map(({ name, line, outcome, why }) => `${path}:${line ?? 0}: ${name}\n${outcome}: ${why}`)
    if (late) {
      const last = events.at(-1)?.name ?? 'none'
      problems.push(
        `${path}: not done after ${patience / 1000} s\nLast test that ended: ${last}\n${standing(folder)}\n${output}`,
      )
    } else if (problems.length === 0 && code !== 0) problems.push(`${path}: ended with ${code}\n${output}`)
    if (left.length > 0) problems.push(`${path}: left processes behind\n${left.join('\n')}`)
    if (events.length === 0 && problems.length === 0) problems.push(`${path}: no test in it`)
    return {
      passed: events.filter((event) => event.outcome === 'passed').length,
      failed: problems.length,
      problems,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs test files, `concurrency` at a time, each in its own process and process group. */
export const runFiles = async (
  paths: readonly string[],
  concurrency: number,
  patience: number,
): Promise<StepResult> => {
  const waiting = [...paths]
  const results: StepResult[] = []
  const runner = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      // oxlint-disable-next-line no-await-in-loop -- a runner takes one file after another
      results.push(await runFile(path, patience))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, runner))
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    problems: results.flatMap(({ problems }) => problems),
  }
}
