/**
 * `npm run soak [-- name] [--share 0.1]`: the long runs of e2e/soak. A share below 1 shortens them; `npm test` runs a
 * tenth. Ends with exit code 1 when one fails.
 */
import { parseArgs } from 'node:util'
import { soaks } from '../e2e/soak/all.ts'

const { values, positionals } = parseArgs({
  options: { share: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const share = Number(values.share)
const chosen = soaks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (!(share > 0 && share <= 1) || chosen.length === 0) {
  console.error(`--share is above 0 and at most 1; there are ${soaks.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
let failed = 0
for (const soak of chosen) {
  console.log(`${soak.name}: ${soak.says}`)
  try {
    // oxlint-disable-next-line no-await-in-loop -- runs share the machine, so one at a time
    await soak.run(share, (line) => console.log(`  ${line}`))
  } catch (error) {
    failed += 1
    console.log(`  FAILED ${error instanceof Error ? error.message : String(error)}`)
  }
}
process.exit(failed === 0 ? 0 : 1)
