/** `npm run docs`: makes docs/reference and schema/ again, and removes what nothing makes any more. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generated } from './reference/generated.ts'
import { files, root } from './tree.ts'

/** Written by the bench, from measurements. */
const measured = new Set(['docs/reference/benchmarks.md', 'docs/reference/costs.md'])

const wanted = await generated()
let written = 0
for (const [path, text] of wanted) {
  const target = join(root, path)
  let before: string | undefined
  try {
    before = readFileSync(target, 'utf8')
  } catch {
    before = undefined
  }
  if (before === text) continue
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  written += 1
}
const stale = files(/^(?:docs\/reference|schema)\//).filter((path) => !wanted.has(path) && !measured.has(path))
for (const path of stale) rmSync(join(root, path))
console.log(`${wanted.size} files, ${written} written, ${stale.length} removed`)
