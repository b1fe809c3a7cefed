/**
 * `npm test [-- filter]`: types, lint, format, static checks, unit, property, fuzz, end to end, examples, README, soak.
 * `--static` runs the first part only. A filter runs the tests whose path holds it, and no static part.
 */
import { steps } from './test-steps.ts'

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const args = process.argv.slice(2)
const onlyStatic = args.includes('--static')
const filter = args.find((arg) => !arg.startsWith('-'))
const begun = performance.now()
const total = { passed: 0, failed: 0 }
const failures: string[] = []

for (const step of steps) {
  if ((onlyStatic && !step.isStatic) || (filter !== undefined && step.isStatic)) continue
  const from = performance.now()
  // oxlint-disable-next-line no-await-in-loop -- steps share the processors, so one runs at a time
  const result = await step.run(filter)
  if (result.passed + result.failed === 0) continue
  total.passed += result.passed
  total.failed += result.failed
  const seconds = ((performance.now() - from) / 1000).toFixed(1)
  console.log(
    `${result.failed === 0 ? 'ok  ' : 'FAIL'} ${step.name.padEnd(20)} ${String(result.passed).padStart(6)} passed, ${result.failed} failed  (${seconds} s)`,
  )
  for (const problem of result.problems) {
    console.log(problem.replace(/^/gm, '     '))
    failures.push(`${step.name}: ${problem.split('\n', 1)[0] ?? ''}`)
  }
}

if (filter !== undefined && total.passed + total.failed === 0) {
  console.log(`no test file has "${filter}" in its path`)
  total.failed += 1
}
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
console.log(`\n${((performance.now() - begun) / 1000).toFixed(0)} s`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)
