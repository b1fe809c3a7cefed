/** A fenced block of a Markdown file. */
export interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
}

/** The fenced blocks of a Markdown text, in order. */
export const blocksOf = (markdown: string): Block[] => {
  const blocks: Block[] = []
  let open: { language: string; line: number; lines: string[] } | undefined
  markdown.split('\n').forEach((line, index) => {
    const fence = /^```(\w*)\s*$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === undefined) open = { language: fence[1] ?? '', line: index + 1, lines: [] }
    else {
      blocks.push({ language: open.language, text: `${open.lines.join('\n')}\n`, line: open.line })
      open = undefined
    }
  })
  return blocks
}
