/** The word around an offset, as somebody would quote it: up to blanks, or commas and closing brackets outside braces. */
export const wordAt = (
  text: string,
  at: number,
): { readonly start: number; readonly end: number; readonly text: string } => {
  let start = at
  while (
    start > 0 &&
    !/[\s,[]/.test(text[start - 1] ?? ' ') &&
    !(text[start - 1] === '{' && text[start] !== '{' && start !== at)
  )
    start--
  let end = at
  let depth = 0
  for (; end < text.length; end++) {
    const char = text[end] ?? ' '
    if (char === '\n' || char === '\r') break
    if (char === '{') depth++
    else if (char === '}') {
      if (depth === 0) break
      depth--
    } else if (depth === 0 && /[\s,\]]/.test(char)) break
  }
  return { start, end, text: text.slice(start, end) }
}

/** Offset of the innermost bracket that is still open at `upTo`, or -1. Quotes and comments are skipped. */
export const unclosedBracket = (text: string, upTo: number): number => {
  const open: number[] = []
  let at = 0
  let fresh = true
  while (at < upTo) {
    const char = text[at] ?? ''
    if (char === '#' && /[\s]/.test(text[at - 1] ?? ' ')) {
      const end = text.indexOf('\n', at)
      at = end === -1 ? upTo : end
      continue
    }
    if ((char === "'" || char === '"') && fresh) {
      at = closingQuote(text, at, char) + 1
      fresh = false
      continue
    }
    if ((char === '{' || char === '[') && fresh) open.push(at)
    else if ((char === '}' || char === ']') && open.length > 0) open.pop()
    if (/[\n,[{]/.test(char) || (char === ':' && /\s/.test(text[at + 1] ?? ' ')) || (char === '-' && fresh))
      fresh = true
    else if (!/\s/.test(char)) fresh = false
    at++
  }
  return open[0] ?? -1
}

const closingQuote = (text: string, at: number, quote: string): number => {
  for (let end = at + 1; end < text.length; end++) {
    const char = text[end]
    if (char === '\\' && quote === '"') end++
    else if (char === quote) {
      if (quote === "'" && text[end + 1] === "'") end++
      else return end
    }
  }
  return text.length
}
