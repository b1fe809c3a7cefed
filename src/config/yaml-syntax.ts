import type { YAMLParseError } from 'yaml'
import type { Finding } from './finding.ts'
import { unclosedBracket, wordAt } from './yaml-text.ts'

/** An error of a text, at least one character long. */
export const finding = (
  source: number,
  start: number,
  end: number,
  code: Finding['code'],
  message: string,
  help: string | undefined,
): Finding => ({
  severity: 'error',
  source,
  start,
  end: Math.max(end, start + 1),
  code,
  message,
  help,
})

/** The first syntax error in our words. Those after it are mostly its consequences. */
export const syntaxFinding = (errors: readonly YAMLParseError[], text: string, source: number): Finding | undefined => {
  const first = errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0]
  if (first === undefined) return undefined
  const [start, end] = first.pos
  const make = (at: number, to: number, code: Finding['code'], message: string, help?: string): Finding =>
    finding(source, at, to, code, message, help)
  if (first.code === 'MULTIPLE_DOCS')
    return make(
      start,
      start + 3,
      'GW1009',
      'the file holds several YAML documents',
      'Keep one; there is no --- inside a configuration.',
    )
  if (first.code === 'TAB_AS_INDENT')
    return make(start, start + 1, 'GW1001', 'a tab indents this line', 'Indent with spaces; YAML allows no tabs there.')
  if (first.code === 'BAD_SCALAR_START') {
    const word = wordAt(text, start)
    return make(
      start,
      word.end,
      'GW1112',
      `a plain text cannot begin with ${text[start] ?? ''}`,
      `Quote it: '${word.text}'`,
    )
  }
  if (first.code === 'UNEXPECTED_TOKEN' && text[start] === '{' && /[^\s,[{:]/.test(text[start - 1] ?? ' ')) {
    const word = wordAt(text, start)
    return make(
      word.start,
      word.end,
      'GW1112',
      `inside { … } and [ … ] a text with braces ends at the brace`,
      `Quote it: '${word.text}'`,
    )
  }
  const tab = text.slice(start, end).indexOf('\t')
  if (tab !== -1)
    return make(start + tab, start + tab + 1, 'GW1001', 'a tab stands where YAML wants spaces', 'Indent with spaces.')
  const indented = tabAfter(text, start)
  if (indented !== -1)
    return make(
      indented,
      indented + 1,
      'GW1001',
      'a tab indents this line',
      'Indent with spaces; YAML allows no tabs there.',
    )
  const deep = first.code === 'BLOCK_AS_IMPLICIT_KEY' ? deeperLine(text, start) : undefined
  if (deep !== undefined)
    return make(
      deep.at,
      deep.at + deep.word.length,
      'GW1001',
      `this line begins deeper than "${deep.above}" above it, which has a value already`,
      `Begin both in the same column, or put the value of "${deep.above}" away.`,
    )
  if (first.code === 'BLOCK_IN_FLOW') {
    const nested = nestedKey(text, start)
    if (nested !== undefined)
      return make(
        nested.at,
        nested.at + nested.key.length,
        'GW1001',
        nested.alone ? `"${nested.key}: " begins a map inside a value` : `a comma is missing before "${nested.key}"`,
        nested.alone ? `Write { ${nested.text} }.` : 'Put a comma between the entries.',
      )
  }
  const open = unclosedBracket(text, start)
  if (open !== -1) {
    const bracket = text[open] ?? '{'
    return make(
      open,
      open + 1,
      'GW1001',
      `this ${bracket} is never closed`,
      `Add the missing ${bracket === '{' ? '}' : ']'}.`,
    )
  }
  if (first.code === 'BAD_INDENT') {
    const word = wordBelow(text, text.lastIndexOf('\n', start - 1))
    if (word !== undefined) return make(word.at, word.at + word.text.length, 'GW1001', wordsOf(first, text))
  }
  return make(start, Math.min(end, lineEnd(text, start)), 'GW1001', wordsOf(first, text), undefined)
}

interface Word {
  readonly at: number
  readonly text: string
  /** How many blanks stand before it. */
  readonly indent: number
}

/** The first word below the end of a line, over empty lines and comments. */
const wordBelow = (text: string, end: number): Word | undefined => {
  const found = /^\n(?:[ ]*(?:#[^\n]*)?\n)*( *)([^\s:#]+)/.exec(end < 0 ? `\n${text}` : text.slice(end))
  if (found === null) return undefined
  const [whole, { length: indent } = '', word = ''] = found
  return { at: end + whole.length - word.length, text: word, indent }
}

/** A key that stands inside a value of `{ … }`, on the line of the value: `a: b key: c` or `a: key: c`. */
const nestedKey = (
  text: string,
  at: number,
): { readonly at: number; readonly key: string; readonly alone: boolean; readonly text: string } | undefined => {
  const found = /^((?:[^\n,{}[\]'"]*\s)?)([\w.$-]+):\s+([^\s,{}[\]]*)/.exec(text.slice(at, lineEnd(text, at)))
  if (found === null) return undefined
  const [, before = '', key = '', value = ''] = found
  return { at: at + before.length, key, alone: before.trim() === '', text: `${key}: ${value}` }
}

/** The line below an entry with a value that begins further right than the entry; undefined when that is not the matter. */
const deeperLine = (
  text: string,
  at: number,
): { readonly at: number; readonly word: string; readonly above: string } | undefined => {
  const end = lineEnd(text, at)
  const [, indent = '', above = ''] = /^([ -]*)([^:\n]*)/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1, at)) ?? []
  const below = wordBelow(text, end)
  if (above === '' || below === undefined || /:(?:\s|$)/.test(text.slice(at, end))) return undefined
  return below.indent > indent.length ? { at: below.at, word: below.text, above } : undefined
}

/** The first tab that indents a line near an error, or -1. */
const tabAfter = (text: string, at: number): number => {
  const from = text.lastIndexOf('\n', at - 1) + 1
  const found = /^ *\t\s*\S/m.exec(text.slice(from))
  return found === null ? -1 : from + found.index + found[0].indexOf('\t')
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

const wordsOf = (error: YAMLParseError, text: string): string => {
  switch (error.code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a second ": " on one line, or a line indented deeper than its neighbours'
    case 'BAD_INDENT':
      return 'this line is not indented like its neighbours'
    case 'MISSING_CHAR':
      if (/quote/.test(error.message)) return 'a quote is never closed'
      return /map keys/.test(error.message)
        ? 'there is no ": " between a key and its value'
        : 'a character is missing before this'
    case 'MULTILINE_IMPLICIT_KEY':
      return 'a key must stand on one line, followed by ": "'
    case 'UNEXPECTED_TOKEN':
      return `unexpected ${JSON.stringify(text.slice(error.pos[0], Math.min(error.pos[1], error.pos[0] + 20)).split('\n')[0] ?? '')}`
    default:
      return `YAML: ${(error.message.split('\n')[0] ?? '').replace(/[.:]$/, '')}`
  }
}
