import { errors } from '../../src/errors.ts'
import { files, sourceFiles, textOf } from '../tree.ts'
import type { Check } from './check.ts'

const known = new Set<string>(Object.keys(errors))
const families = /^GW(?:10|11|12|13|14|15|20|40|41|42|43|49|50|51|60)/

/** Codes that are named exist, each has its page with the four headings, and each is given out somewhere. */
export const errorCodes: Check = {
  run() {
    const problems: string[] = []
    const used = new Set<string>()
    for (const path of sourceFiles()) {
      if (path === 'src/errors.ts') continue
      const text = textOf(path)
      for (const match of text.matchAll(/\bGW\d{4}\b/g)) {
        const code = match[0]
        if (!known.has(code) && !path.endsWith('.test.ts')) problems.push(`${path}: ${code} is not in src/errors.ts`)
        if (path.startsWith('src/') && !path.endsWith('.test.ts')) used.add(code)
      }
    }
    const pages = new Set(files(/^docs\/reference\/errors\/GW\d{4}\.md$/))
    for (const code of known) {
      if (!families.test(code)) problems.push(`${code} belongs to no family`)
      if (!used.has(code)) problems.push(`${code} is in the table and nothing gives it out`)
      const page = `docs/reference/errors/${code}.md`
      if (!pages.has(page)) problems.push(`${code} has no page; npm run docs makes it`)
      else {
        for (const heading of ['What happened', 'Why', 'How to fix it', 'Related']) {
          if (!textOf(page).includes(`\n## ${heading}\n`)) problems.push(`${page}: no heading "${heading}"`)
        }
      }
    }
    for (const path of files(/\.md$/)) {
      for (const match of textOf(path).matchAll(/\bGW\d{4}\b/g)) {
        if (!known.has(match[0])) problems.push(`${path}: ${match[0]} is not in src/errors.ts`)
      }
    }
    return problems
  },
}
