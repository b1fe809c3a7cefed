/**
 * TypeScript with comments and the contents of strings, templates and regular expressions blanked; every character
 * keeps its line. For checks that look for words in code and must not find them in text.
 */
export const bareCode = (source: string): string => {
  let out = ''
  let at = 0
  // One entry for each open template: how many braces are open inside its current `${`.
  const templates: number[] = []
  let last = ''

  const blank = (end: number): void => {
    out += source.slice(at, end).replace(/[^\n]/g, ' ')
    at = end
  }
  const template = (from: number): void => {
    let end = from
    while (end < source.length) {
      if (source[end] === '\\') end += 2
      else if (source[end] === '`') {
        blank(end + 1)
        last = '`'
        return
      } else if (source[end] === '$' && source[end + 1] === '{') {
        blank(end + 2)
        templates.push(0)
        last = '{'
        return
      } else end += 1
    }
    blank(source.length)
  }

  while (at < source.length) {
    const character = source[at] as string
    const two = source.slice(at, at + 2)
    if (two === '//') blank(endOf(source, '\n', at, 0))
    else if (two === '/*') blank(endOf(source, '*/', at + 2, 2))
    else if (character === "'" || character === '"') {
      blank(stringEnd(source, at))
      last = character
    } else if (character === '`') template(at + 1)
    else if (character === '/' && startsExpression(last, out)) {
      blank(regexEnd(source, at))
      last = '/'
    } else {
      if (character === '{' && templates.length > 0) templates[templates.length - 1] = (templates.at(-1) ?? 0) + 1
      if (character === '}' && templates.length > 0) {
        const open = templates.at(-1) ?? 0
        if (open === 0) {
          templates.pop()
          template(at + 1)
          continue
        }
        templates[templates.length - 1] = open - 1
      }
      out += character
      at += 1
      if (!/\s/.test(character)) last = character
    }
  }
  return out
}

const endOf = (source: string, mark: string, from: number, extra: number): number => {
  const end = source.indexOf(mark, from)
  return end < 0 ? source.length : end + extra
}

const stringEnd = (source: string, from: number): number => {
  let end = from + 1
  while (end < source.length && source[end] !== source[from] && source[end] !== '\n')
    end += source[end] === '\\' ? 2 : 1
  return Math.min(source.length, end + 1)
}

const regexEnd = (source: string, from: number): number => {
  let end = from + 1
  let set = false
  while (end < source.length && source[end] !== '\n' && (set || source[end] !== '/')) {
    if (source[end] === '\\') end += 1
    else if (source[end] === '[') set = true
    else if (source[end] === ']') set = false
    end += 1
  }
  return Math.min(source.length, end + 1)
}

/** Whether a slash here begins a regular expression rather than divides. */
const startsExpression = (last: string, before: string): boolean =>
  last === '' ||
  '([{,;:=!&|?+-*%<>~^}'.includes(last) ||
  /\b(?:return|typeof|case|in|of|do|else|void|await|yield)\s*$/.test(before)
