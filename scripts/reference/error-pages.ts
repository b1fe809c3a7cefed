import { errorPage, families } from '../../src/cli/error-page.ts'
import { errors, type ErrorCode } from '../../src/errors.ts'
import { errorExamples } from './error-examples.ts'
import { madeFrom, table } from './markdown-table.ts'

const codes = Object.keys(errors) as ErrorCode[]

const index = (): string => {
  const parts = families.flatMap(([prefix, name]) => {
    const own = codes.filter((code) => code.startsWith(prefix)).sort()
    if (own.length === 0) return []
    const rows = own.map((code) => [
      `[${code}](${code}.md)`,
      errors[code].status === 0 ? '' : String(errors[code].status),
      errors[code].title,
    ])
    return [`## ${name}`, '', table(['code', 'status', 'title'], rows), '']
  })
  return `${madeFrom('src/errors.ts')}# Error codes

Every code has a page; \`gwanmun docs CODE\` prints it offline. Clients see the code in the body of a refusal
(\`application/problem+json\`, RFC 9457), operators in the log, in \`gwanmun check\` and from the admin API.

${parts.join('\n')}`
}

/** `docs/reference/errors`: an index and one page a code. */
export const errorPages = (): Map<string, string> => {
  const pages = new Map<string, string>([['docs/reference/errors/README.md', index()]])
  for (const code of codes)
    pages.set(`docs/reference/errors/${code}.md`, madeFrom('src/errors.ts') + errorPage(code, errorExamples[code]))
  return pages
}
