import type { RegexNode } from './regex-syntax.ts'

/** Adds what the part begins with; true when the part is that text and nothing else, so that the next may go on. */
const append = (node: RegexNode, text: string[]): boolean => {
  if (node.kind === 'char') {
    if (node.code === undefined) return false
    text.push(String.fromCharCode(node.code))
    return true
  }
  if (node.kind === 'group') return append(node.item, text)
  if (node.kind === 'sequence') return node.items.every((item) => append(item, text))
  if (node.kind === 'repeat') {
    for (let i = 0; i < node.min; i++) if (!append(node.item, text)) return false
    return node.min === node.max
  }
  return node.kind === 'edge'
}

/** Text that everything which the expression takes begins with; may be empty. */
export const literalPrefix = (node: RegexNode): string => {
  const text: string[] = []
  append(node, text)
  return text.join('')
}
