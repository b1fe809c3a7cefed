import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { files, root, textOf } from '../tree.ts'
import type { Check } from './check.ts'

/** The anchor a heading gets where the docs are shown. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/[`*_]/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replace(/\s/g, '-')

const withoutCode = (text: string): string =>
  text.replace(/```[\s\S]*?```/g, (block) => block.replace(/[^\n]/g, '')).replace(/`[^`\n]*`/g, '')

const anchorsOf = (path: string): Set<string> =>
  new Set(
    [
      ...textOf(path)
        .replace(/```[\s\S]*?```/g, '')
        .matchAll(/^#{1,6}\s+(.*)$/gm),
    ].map((match) => anchorOf(match[1] as string)),
  )

const problemOf = (path: string, link: string): string | undefined => {
  const [file = '', anchor] = link.split('#', 2)
  const target = file === '' ? path : normalize(join(dirname(path), decodeURI(file)))
  if (!existsSync(join(root, target))) return `${target} does not exist`
  if (target.startsWith('..')) return 'leads out of the repository'
  if (
    anchor !== undefined &&
    anchor !== '' &&
    statSync(join(root, target)).isFile() &&
    target.endsWith('.md') &&
    !anchorsOf(target).has(anchor)
  ) {
    return `${target} has no heading #${anchor}`
  }
  return undefined
}

/** Relative links in Markdown lead somewhere, anchors included. */
export const links: Check = {
  run: () =>
    files(/\.md$/).flatMap((path) =>
      withoutCode(textOf(path))
        .split('\n')
        .flatMap((line, index) =>
          [...line.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].flatMap((match) => {
            const link = match[1] as string
            if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return []
            const problem = problemOf(path, link)
            return problem === undefined ? [] : [`${path}:${index + 1}: ${problem}`]
          }),
        ),
    ),
}
