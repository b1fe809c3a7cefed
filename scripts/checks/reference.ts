import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generated } from '../reference/generated.ts'
import { files, root } from '../tree.ts'
import type { Check } from './check.ts'

/** The generated reference and schema are what the generator makes now, no more and no less. */
export const reference: Check = {
  async run() {
    const wanted = await generated()
    const problems: string[] = []
    for (const [path, text] of wanted) {
      let found: string | undefined
      try {
        found = readFileSync(join(root, path), 'utf8')
      } catch {
        found = undefined
      }
      if (found === undefined) problems.push(`${path} is missing; npm run docs makes it`)
      else if (found !== text) problems.push(`${path} is not what npm run docs makes`)
    }
    for (const path of files(/^(?:docs\/reference|schema)\//)) {
      // These two are written by the bench, from measurements.
      if (!wanted.has(path) && path !== 'docs/reference/costs.md' && path !== 'docs/reference/benchmarks.md')
        problems.push(`${path} is made by nothing; remove it`)
    }
    return problems
  },
}
