/**
 * `npm run fuzz [-- --count 1000000 --seed N]`: generated requests and answers, read by our parser and by that of
 * node:http. What ours accepts that one must accept with the same framing. Prints the seed; a disagreement prints its
 * bytes and the seed that makes them again. `npm test` runs a smaller count with a fixed seed (e2e/fuzz).
 */
import { parseArgs } from 'node:util'
import { fuzzDifferential } from '../e2e/fuzz/differential.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string' } } })
const count = Number(values.count)
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('--count and --seed are whole numbers')
  process.exit(2)
}

const slice = 50_000
console.log(`seed ${seed}, ${count} inputs of each kind`)
for (const kind of ['request', 'response'] as const) {
  const sum = { inputs: 0, accepted: 0, refused: 0 }
  for (let done = 0; done < count; done += slice) {
    const tally = fuzzDifferential(kind, Math.min(slice, count - done), seed + done)
    sum.inputs += tally.inputs
    sum.accepted += tally.accepted
    sum.refused += tally.refused
  }
  console.log(`${kind}s: ${sum.inputs}, ${sum.accepted} accepted, ${sum.refused} refused, no disagreement`)
}
