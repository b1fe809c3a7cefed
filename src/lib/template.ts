/** A placeholder of config.md §1.5: `{root.field["odd name"][0]:-default}`. */
export interface Placeholder {
  /** Full path: a bare name is already `params.<name>`. */
  readonly path: readonly (string | number)[]
  /** Text that stands for a missing value. */
  readonly fallback: string | undefined
  /** As written, braces included. */
  readonly text: string
  readonly offset: number
}

/** Literal text, with `{{` and `}}` already single, or a placeholder. */
export type TemplatePart = string | Placeholder

/** Why a text is no template; `offset` counts UTF-16 units from 0. */
export interface TemplateError {
  readonly offset: number
  readonly length: number
  readonly reason: string
}

/** What a text parses to; the parts are complete only when there are no errors. */
export interface ParsedTemplate {
  readonly parts: readonly TemplatePart[]
  readonly errors: readonly TemplateError[]
}

/** Roots of config.md §1.5; parameters may not be called so. */
export const templateRootNames: readonly string[] =
  'request client listener gateway trace auth consumer claims params route message service target parts item response error job username password args parent now'.split(
    ' ',
  )
const roots = new Set(templateRootNames)

const name = /^(?:[A-Za-z_][A-Za-z0-9_-]*|\*)/
const field = /^[A-Za-z0-9_-]+/
const item = /^\[(0|[1-9][0-9]{0,8})\]/
const odd = /^\["((?:[^"\\]|\\["\\])*)"\]/

/** Parses a text into literals and placeholders; never throws. */
export const parseTemplate = (text: string): ParsedTemplate => {
  const parts: TemplatePart[] = []
  const errors: TemplateError[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const char = text[at] as string
    if (char === '}') {
      if (text[at + 1] !== '}') errors.push({ offset: at, length: 1, reason: 'a literal brace is written }}' })
      literal += '}'
      at += text[at + 1] === '}' ? 2 : 1
    } else if (char !== '{') {
      literal += char
      at++
    } else if (text[at + 1] === '{') {
      literal += '{'
      at += 2
    } else {
      const found = placeholderAt(text, at)
      if (typeof found === 'number') {
        const close = text.indexOf('}', at)
        const end = close < 0 ? text.length : close + 1
        errors.push({
          offset: found,
          length: Math.max(1, end - found),
          reason: close < 0 ? 'the placeholder is not closed' : reasonAt(text, at, found),
        })
        at = end
      } else {
        if (literal !== '') parts.push(literal)
        literal = ''
        parts.push(found)
        at += found.text.length
      }
    }
  }
  if (literal !== '') parts.push(literal)
  return { parts, errors }
}

const reasonAt = (text: string, open: number, at: number): string =>
  at === open + 1
    ? 'a placeholder begins with a name'
    : `not expected in a placeholder: ${JSON.stringify(text[at] ?? '')}`

/** The placeholder that begins at `open`, or the offset of what does not fit. */
const placeholderAt = (text: string, open: number): Placeholder | number => {
  let at = open + 1
  const first = name.exec(text.slice(at))
  if (first === null) return at
  at += first[0].length
  const path: (string | number)[] = roots.has(first[0]) ? [first[0]] : ['params', first[0]]
  for (;;) {
    const rest = text.slice(at)
    const dotted = rest.startsWith('.') ? field.exec(rest.slice(1)) : null
    const quoted = odd.exec(rest)
    const indexed = item.exec(rest)
    if (dotted !== null) {
      path.push(dotted[0])
      at += dotted[0].length + 1
    } else if (quoted !== null) {
      path.push((quoted[1] as string).replace(/\\(.)/g, '$1'))
      at += quoted[0].length
    } else if (indexed !== null) {
      path.push(Number(indexed[1]))
      at += indexed[0].length
    } else break
  }
  let fallback: string | undefined
  if (text.startsWith(':-', at)) {
    const end = text.indexOf('}', at)
    if (end < 0) return at
    fallback = text.slice(at + 2, end)
    const brace = fallback.indexOf('{')
    if (brace >= 0) return at + 2 + brace
    at = end
  }
  if (text[at] !== '}') return at
  return { path, fallback, text: text.slice(open, at + 1), offset: open }
}
