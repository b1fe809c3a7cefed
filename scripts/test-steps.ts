import { checks } from './checks/all.ts'
import { runCommand } from './run-command.ts'
import { runFiles, type StepResult } from './run-files.ts'
import { files, root } from './tree.ts'

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
