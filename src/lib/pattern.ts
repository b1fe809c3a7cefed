import { linearRegex } from './linear-regex.ts'
import { canonicalPath, matchingPath } from './path.ts'
import { groupNames, parseRegex } from './regex-syntax.ts'
import { templateRootNames } from './template.ts'

/** One segment of a path pattern. Texts are canonical, so they are compared with a canonical path as it is. */
export type SegmentPattern =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  /** `{id:expr}`, and a parameter with text around it, where `expression` may be absent. */
  | {
      readonly kind: 'expression'
      readonly name: string
      readonly before: string
      readonly after: string
      /** Source of the expression over the decoded value; undefined: any non-empty text. */
      readonly expression: string | undefined
    }

/** A path pattern of config.md §4.1, taken apart. */
export type PathPattern =
  | { readonly kind: 'exact'; readonly path: string }
  | { readonly kind: 'regex'; readonly source: string; readonly names: readonly string[] }
  | {
      readonly kind: 'tree'
      readonly segments: readonly SegmentPattern[]
      readonly rest: boolean
      readonly names: readonly string[]
    }

/** Why a pattern is not taken; `offset` counts from 0 in the text as written. */
export interface PatternFault {
  readonly kind: 'fault'
  readonly reason: string
  readonly offset: number
}

/** A bare `{name}` of a template must not mean two things where paths are rewritten. */
const roots: ReadonlySet<string> = new Set(templateRootNames)

const parameterName = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/

class Refusal extends Error {
  readonly offset: number
  constructor(reason: string, offset: number) {
    super(reason)
    this.offset = offset
  }
}

const checkName = (name: string, offset: number, names: readonly string[]): void => {
  if (!parameterName.test(name))
    throw new Refusal('a parameter is named by a letter and then letters, digits, _ and -', offset)
  if (roots.has(name)) throw new Refusal(`a parameter cannot be called ${name}: templates use that word`, offset)
  if (names.includes(name)) throw new Refusal(`the parameter ${name} stands twice`, offset)
}

/** Canonical form of literal text inside a segment; `whole` when it is the segment. */
const literal = (text: string, offset: number, whole: boolean): string => {
  const bad = /[?#;*{}]/.exec(text)
  if (bad !== null) throw new Refusal(wrongCharacter(bad[0]), offset + bad.index)
  // The prefix keeps text beside a parameter, such as `..`, from being taken for a segment of its own.
  const prefix = whole ? '/' : '/x'
  const encoded = text.replace(/\P{ASCII}+|[ "<>^`|]/gu, (part) => encodeURIComponent(part.toWellFormed()))
  const path = canonicalPath(prefix + encoded)
  if (typeof path !== 'string') throw new Refusal(path.reason.replace('the path', 'the pattern'), offset)
  if (whole && path === '/') throw new Refusal('a pattern has no dot segments', offset)
  return matchingPath(path).slice(prefix.length)
}

const wrongCharacter = (char: string): string => {
  if (char === '*') return 'the * stands alone, as the last segment: /orders/*'
  if (char === ';') return 'parameters of segments (;) are dropped before matching'
  if (char === '{' || char === '}') return `this ${char} has no partner`
  return 'a path has no query; state it under match.query'
}

/** Index behind the brace that closes the one at `open`; braces and brackets of an expression are stepped over. */
const closingBrace = (text: string, open: number): number => {
  let depth = 0
  let inClass = false
  for (let i = open; i < text.length; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (inClass) inClass = char !== ']'
    else if (char === '[') inClass = true
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return i + 1
  }
  throw new Refusal('this { is not closed', open)
}

/** End of the segment that begins at `from`: the next slash that is not inside an expression. */
const segmentEnd = (text: string, from: number): number => {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '/') return i
    if (text[i] === '{') i = closingBrace(text, i) - 1
  }
  return text.length
}

const segment = (text: string, from: number, end: number, names: readonly string[]): SegmentPattern => {
  const whole = text.slice(from, end)
  const open = whole.indexOf('{')
  if (open < 0) return { kind: 'literal', text: literal(whole, from, true) }
  const close = closingBrace(text, from + open) - from
  const second = whole.indexOf('{', close)
  if (second >= 0) throw new Refusal('a segment holds one parameter', from + second)
  const inner = whole.slice(open + 1, close - 1)
  const colon = inner.indexOf(':')
  const name = colon < 0 ? inner : inner.slice(0, colon)
  if (name === '*') throw new Refusal('the rest is written /*, without braces', from + open)
  checkName(name, from + open + 1, names)
  const before = literal(whole.slice(0, open), from, false)
  const after = literal(whole.slice(close), from + close, false)
  if (colon < 0)
    return before === '' && after === ''
      ? { kind: 'parameter', name }
      : { kind: 'expression', name, before, after, expression: undefined }
  const expression = inner.slice(colon + 1)
  const offset = from + open + colon + 2
  if (expression === '') throw new Refusal('the expression is empty', offset)
  const regex = linearRegex(expression)
  if (!(regex instanceof RegExp)) throw new Refusal(regex.reason, offset + regex.offset)
  return { kind: 'expression', name, before, after, expression }
}

const parseRegexPath = (text: string): PathPattern => {
  const source = text.slice(1)
  const regex = linearRegex(source)
  if (!(regex instanceof RegExp)) throw new Refusal(regex.reason, 1 + regex.offset)
  const node = parseRegex(source)
  const names = 'kind' in node ? groupNames(node) : []
  for (const name of names) checkName(name, 1 + source.indexOf(`(?<${name}>`) + 3, [])
  return { kind: 'regex', source, names }
}

const parse = (text: string): PathPattern => {
  if (text.startsWith('~')) return parseRegexPath(text)
  if (!text.startsWith('/')) throw new Refusal('a path begins with /, an expression with ~', 0)
  const segments: SegmentPattern[] = []
  const names: string[] = []
  let rest = false
  for (let from = 1; from <= text.length;) {
    const end = segmentEnd(text, from)
    const last = end === text.length
    if (last && text.slice(from) === '*') rest = true
    else if (from === end) {
      if (!last) throw new Refusal('double slashes are joined before matching', from)
      segments.push({ kind: 'literal', text: '' })
    } else {
      const made = segment(text, from, end, names)
      if (made.kind !== 'literal') names.push(made.name)
      segments.push(made)
    }
    from = end + 1
  }
  if (!rest && names.length === 0)
    return { kind: 'exact', path: `/${segments.map((part) => (part as { text: string }).text).join('/')}` }
  return { kind: 'tree', segments, rest, names: rest ? [...names, '*'] : names }
}

/** Takes a path pattern apart (config.md §4.1), or says what is wrong with it and where. */
export const parsePathPattern = (text: string): PathPattern | PatternFault => {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'fault', reason: error.message, offset: error.offset }
    throw error
  }
}
