import { relative } from 'node:path'
import { run, type EventData } from 'node:test'
import { checks } from './checks/all.ts'
import { runCommand } from './run-command.ts'
import { files, root } from './tree.ts'

/** What a step found. */
export interface StepResult {
  readonly passed: number
  readonly failed: number
  /** Failures in words. */
  readonly problems: readonly string[]
}

/** One part of `npm test`. */
export interface Step {
  readonly name: string
  readonly isStatic: boolean
  run(filter: string | undefined): Promise<StepResult>
}

const command = (name: string, program: string, args: readonly string[]): Step => ({
  name,
  isStatic: true,
  async run() {
    const { code, output } = await runCommand(program, args)
    return code === 0 ? { passed: 1, failed: 0, problems: [] } : { passed: 0, failed: 1, problems: [output.trimEnd()] }
  },
})

const own = (): Step[] =>
  checks.map((check) => ({
    name: check.name,
    isStatic: true,
    async run() {
      let problems: readonly string[]
      try {
        problems = await (await check.load()).run()
      } catch (error) {
        problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
      }
      return problems.length === 0 ? { passed: 1, failed: 0, problems } : { passed: 0, failed: 1, problems }
    },
  }))

const failureOf = (data: EventData.TestFail): string => {
  const place =
    data.file === undefined ? '' : `${relative(root, data.file)}${data.line === undefined ? '' : `:${data.line}`}`
  const { error } = data.details
  const cause = error.cause instanceof Error ? error.cause : error
  return `${place}: ${data.name}\n${cause.stack ?? cause.message}`
}

/** Runs test files two at a time, each in its own process; a file that says nothing for `patience` ms is ended. */
const runFiles = (paths: readonly string[], concurrency: number, patience: number): Promise<StepResult> =>
  new Promise((resolve, reject) => {
    if (paths.length === 0) return resolve({ passed: 0, failed: 0, problems: [] })
    const problems: string[] = []
    const counts = { passed: 0, failed: 0 }
    const stream = run({
      files: paths.map((path) => `${root}${path}`),
      concurrency,
      timeout: patience,
      isolation: 'process',
      cwd: root,
    })
    stream.on('test:pass', (data) => {
      if (data.details.type === 'suite') return
      if (data.skip !== undefined || data.todo !== undefined) {
        counts.failed += 1
        problems.push(`${data.file ?? ''}: ${data.name}\nleft out: ${String(data.skip ?? data.todo)}`)
      } else counts.passed += 1
    })
    stream.on('test:fail', (data) => {
      // A suite or file fails with what is in it, and that is told by itself.
      if (data.details.type === 'suite' || /\d+ subtests? failed/.test(data.details.error.message)) return
      counts.failed += 1
      problems.push(failureOf(data))
    })
    stream.on('end', () => resolve({ ...counts, problems }))
    stream.on('error', reject)
    stream.resume()
  })

const group = (
  name: string,
  pattern: RegExp,
  not: RegExp | undefined,
  concurrency: number,
  patience: number,
): Step => ({
  name,
  isStatic: false,
  run(filter) {
    const paths = files(pattern).filter(
      (path) => (not === undefined || !not.test(path)) && (filter === undefined || path.includes(filter)),
    )
    return runFiles(paths, concurrency, patience)
  },
})

const script = (name: string, path: string, args: readonly string[]): Step => ({
  name,
  isStatic: false,
  async run(filter) {
    if (filter !== undefined && !name.includes(filter)) return { passed: 0, failed: 0, problems: [] }
    const { code, output } = await runCommand(process.execPath, [`${root}${path}`, ...args])
    return code === 0 ? { passed: 1, failed: 0, problems: [] } : { passed: 0, failed: 1, problems: [output.trimEnd()] }
  },
})

const minute = 60_000

/** Every step of `npm test` in running order. */
export const steps: readonly Step[] = [
  command('types', 'node_modules/.bin/tsc', ['-p', '.']),
  command('types, user code', 'node_modules/.bin/tsc', ['-p', 'tsconfig.user.json']),
  command('lint', 'node_modules/.bin/oxlint', ['--type-aware', '--quiet', '.']),
  command('format', 'node_modules/.bin/oxfmt', ['--check', '.']),
  ...own(),
  group('unit and property', /^(?:src|scripts|bench)\/.*\.test\.ts$/, undefined, 2, 2 * minute),
  group('end to end', /^e2e\/.*\.test\.ts$/, /^e2e\/(?:soak|readme|package)\//, 2, 3 * minute),
  group('examples', /^examples\/.*\.test\.ts$/, undefined, 2, minute),
  group('README', /^e2e\/readme\/.*\.test\.ts$/, undefined, 1, 3 * minute),
  group('package', /^e2e\/package\/.*\.test\.ts$/, undefined, 1, 3 * minute),
  script('soak, a tenth', 'scripts/soak.ts', ['--share', '0.1']),
]
