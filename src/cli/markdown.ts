import type { Terminal } from './terminal.ts'
import { wrap } from './table.ts'

/** Markdown as plain terminal text: headings bold, code indented, links as their text, paragraphs wrapped. */
export const renderMarkdown = (markdown: string, terminal: Terminal): string[] => {
  const lines: string[] = []
  const width = Math.min(terminal.width, 100)
  let paragraph: string[] = []
  let code = false
  const inline = (text: string): string =>
    text.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\*\*([^*]+)\*\*/g, '$1')
  const flush = (): void => {
    if (paragraph.length > 0) lines.push(...wrap(inline(paragraph.join(' ')), width))
    paragraph = []
  }
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      flush()
      code = !code
    } else if (code) lines.push(`  ${line}`)
    else if (line.startsWith('#')) {
      flush()
      lines.push(terminal.style('bold', inline(line.replace(/^#+\s*/, ''))))
    } else if (/^\s*(?:[-*|>]|\d+\.)\s?/.test(line)) {
      flush()
      lines.push(inline(line))
    } else if (line.trim() === '') {
      flush()
      if (lines.at(-1) !== '') lines.push('')
    } else paragraph.push(line.trim())
  }
  flush()
  while (lines.at(-1) === '') lines.pop()
  return lines
}
