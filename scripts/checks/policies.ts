import { policyOptions } from '../../src/policies/options.ts'
import { files, textOf } from '../tree.ts'
import type { Check } from './check.ts'

/** Each policy has a folder with options, code and tests, an example and a docs page. */
export const policies: Check = {
  run() {
    const all = new Set(files())
    const written = files(/^(?:examples|templates)\/.*\.(?:yaml|ts)$/)
      .map(textOf)
      .join('\n')
    return policyOptions.flatMap(({ name, summary }) => {
      const folder = `src/policies/${name}/`
      const own = [...all].filter((path) => path.startsWith(folder))
      const problems: string[] = []
      if (!all.has(`${folder}options.ts`)) problems.push(`${name}: no ${folder}options.ts`)
      if (!own.some((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.endsWith('/options.ts')))
        problems.push(`${name}: no code in ${folder}`)
      if (!own.some((path) => path.endsWith('.test.ts'))) problems.push(`${name}: no test in ${folder}`)
      if (!new RegExp(`(?:^|[\\s{,(])['"]?${name}['"]?:`, 'm').test(written))
        problems.push(`${name}: no example uses it`)
      if (!all.has(`docs/reference/policies/${name}.md`))
        problems.push(`${name}: no docs/reference/policies/${name}.md; npm run docs makes it`)
      if (summary.trim() === '') problems.push(`${name}: no summary`)
      return problems
    })
  },
}
