import { join } from 'node:path'
import { errors, type ErrorCode } from '../../errors.ts'
import { errorPage, families, isErrorCode } from '../error-page.ts'
import { exit, Stop } from '../exit.ts'
import { renderMarkdown } from '../markdown.ts'
import { nearest } from '../../lib/nearest.ts'
import { filesBelow, packageRoot, readPackageFile } from '../package-files.ts'
import { columns } from '../table.ts'
import { defineVerb, type Verb } from '../verb.ts'

const pages = (): string[] =>
  filesBelow(join(packageRoot, 'docs'))
    .filter((path) => path.endsWith('.md') && !path.startsWith('reference/errors/') && !path.startsWith('decisions/'))
    .map((path) => path.slice(0, -3))

const find = (word: string, known: readonly string[]): string | undefined =>
  known.find((page) => page === word) ?? known.find((page) => page.endsWith(`/${word}`))

/** `gwanmun docs [code or page]`, offline. */
export const docs: Verb = defineVerb({
  name: 'docs',
  summary: 'Prints an error code or a page of the documentation, offline',
  words: [
    { name: 'topic', says: 'A code (GW1201) or a page (how-to/routing, or its last word); without it, what there is' },
  ],
  examples: ['gwanmun docs GW1201', 'gwanmun docs routing', 'gwanmun docs'],
  run({ words, global, terminal }) {
    const [topic] = words
    const known = pages()
    if (topic === undefined) {
      if (global.json) terminal.json({ codes: Object.keys(errors), pages: known })
      else {
        terminal.print(terminal.style('bold', 'Codes'))
        for (const line of columns(
          families.map(([prefix, name]) => [`${prefix}…`, name]),
          2,
        ))
          terminal.print(line)
        terminal.print()
        terminal.print(terminal.style('bold', 'Pages'))
        for (const page of known) terminal.print(`  ${page}`)
      }
      return Promise.resolve(exit.ok)
    }
    const code = topic.toUpperCase()
    if (isErrorCode(code)) {
      if (global.json) terminal.json({ code, ...errors[code] })
      else for (const line of renderMarkdown(errorPage(code), terminal)) terminal.print(line)
      return Promise.resolve(exit.ok)
    }
    const page = find(topic, known)
    if (page === undefined) {
      const words = /^gw\d/i.test(topic)
        ? (Object.keys(errors) as ErrorCode[])
        : known.flatMap((name) => [name, name.slice(name.lastIndexOf('/') + 1)])
      const near = nearest(topic, words)
      throw new Stop(
        exit.usage,
        `there is no code or page "${topic}"`,
        near === undefined ? 'gwanmun docs lists them.' : `Did you mean ${near}?`,
      )
    }
    const markdown = readPackageFile(`docs/${page}.md`)
    if (global.json) terminal.json({ page, markdown })
    else for (const line of renderMarkdown(markdown, terminal)) terminal.print(line)
    return Promise.resolve(exit.ok)
  },
})
