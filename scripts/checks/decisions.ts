import { files, textOf } from '../tree.ts'
import type { Check } from './check.ts'

const headings = ['Context', 'Decision', 'Measured', 'Consequences']

/** Decision pages are numbered without gaps and have the four headings; the index names each. */
export const decisions: Check = {
  run() {
    const problems: string[] = []
    const pages = files(/^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/)
    const index = files(/^docs\/decisions\/README\.md$/)
      .map(textOf)
      .join('')
    if (pages.length === 0) problems.push('docs/decisions has no pages')
    pages.forEach((path, position) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      if (Number(name.slice(0, 4)) !== position + 1)
        problems.push(`${path}: its number should be ${String(position + 1).padStart(4, '0')}`)
      for (const heading of headings) {
        const body = new RegExp(`^## ${heading}\\n+([^#\\s][\\s\\S]*?)(?=\\n## |$)`, 'm').exec(textOf(path))?.[1]
        if (body === undefined) problems.push(`${path}: no text under "${heading}"`)
      }
      if (!index.includes(name)) problems.push(`docs/decisions/README.md does not name ${name}`)
    })
    return problems
  },
}
