import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type YAMLParseError } from 'yaml'
import type { Finding } from './finding.ts'
import { unclosedBracket, wordAt } from './yaml-text.ts'
import type { Entry, Tree } from './tree.ts'

/** Alias expansions that one file may make. */
const maxExpansions = 1000

export interface ParsedText {
  readonly tree: Tree | undefined
  readonly findings: readonly Finding[]
}

/**
 * Parses strict YAML 1.2 (config.md §1.1) into a tree with places. Never throws; a broken text gives its first error.
 * `shift` is where the text begins in its file.
 */
export const parseYaml = (text: string, source: number, shift = 0): ParsedText => {
  const findings: Finding[] = []
  let document: Document.Parsed
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
    })
  } catch {
    return {
      tree: undefined,
      findings: [finding(source, 0, 1, 'GW1001', 'the text cannot be read as YAML', undefined)],
    }
  }
  const fatal = syntaxFinding(document.errors, text, source)
  if (fatal !== undefined) return { tree: undefined, findings: [fatal] }
  const converter = new Converter(document, text, source, findings, shift)
  const contents: unknown = document.contents
  if (contents === null || contents === undefined) return { tree: undefined, findings }
  return { tree: converter.tree(contents, shift), findings }
}

const finding = (
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
const syntaxFinding = (errors: readonly YAMLParseError[], text: string, source: number): Finding | undefined => {
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
  return make(start, Math.min(end, lineEnd(text, start)), 'GW1001', wordsOf(first, text), undefined)
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

class Converter {
  readonly #document: Document.Parsed
  readonly #text: string
  readonly #source: number
  readonly #findings: Finding[]
  readonly #shift: number
  #expansions = 0
  #duplicates = 0
  /** Keys above the node that is being converted. */
  readonly #path: string[] = []

  constructor(document: Document.Parsed, text: string, source: number, findings: Finding[], shift: number) {
    this.#shift = shift
    this.#document = document
    this.#text = text
    this.#source = source
    this.#findings = findings
  }

  tree(node: unknown, at: number): Tree {
    if (isMap(node)) return this.#map(node)
    if (isSeq(node)) {
      const [start, end] = this.#range(node.range, at)
      this.#tag(node.tag, start)
      return { kind: 'list', source: this.#source, start, end, items: node.items.map((item) => this.tree(item, start)) }
    }
    if (isScalar(node)) return this.#scalar(node, at)
    if (isAlias(node)) {
      const [start, end] = this.#range(node.range, at)
      if (++this.#expansions > maxExpansions) {
        if (this.#expansions === maxExpansions + 1)
          this.#add(
            start,
            end,
            'GW1009',
            `more than ${maxExpansions} aliases are expanded`,
            'Use a bundle under policies.',
          )
        return { kind: 'scalar', source: this.#source, start, end, value: null, text: '', plain: true }
      }
      const target = node.resolve(this.#document)
      if (target === undefined || contains(target, node)) {
        this.#add(
          start,
          end,
          'GW1112',
          `*${node.source} is read as a YAML alias, and nothing is called so`,
          `Quote it: '*${node.source}'`,
        )
        return {
          kind: 'scalar',
          source: this.#source,
          start,
          end,
          value: `*${node.source}`,
          text: `*${node.source}`,
          plain: false,
        }
      }
      return this.tree(target, start)
    }
    return {
      kind: 'scalar',
      source: this.#source,
      start: at,
      end: at,
      value: null,
      text: '',
      plain: true,
      missing: true,
    }
  }

  #map(node: {
    readonly items: readonly { readonly key: unknown; readonly value: unknown }[]
    readonly range?: unknown
    readonly tag?: string
    readonly flow?: boolean
  }): Tree {
    const [start, end] = this.#range(node.range, 0)
    this.#tag(node.tag, start)
    const entries: Entry[] = []
    const first = new Map<string, number>()
    for (const pair of node.items) {
      const key = pair.key
      if (!isScalar(key)) {
        const [from, to] = this.#range(isMap(key) || isSeq(key) || isAlias(key) ? key.range : undefined, start)
        this.#add(from, to, 'GW1001', 'a key must be a text', 'Quote what begins with {, [ or *.')
        continue
      }
      const [keyStart, keyEnd] = this.#range(key.range, start)
      this.#tag(key.tag, keyStart)
      const name = typeof key.source === 'string' ? key.source : String(key.value)
      if (name === '<<' && key.type === 'PLAIN') {
        this.#add(
          keyStart,
          keyEnd,
          'GW1009',
          'merge keys (<<) are not read',
          'Use a bundle under policies, or write it out.',
        )
        continue
      }
      const before = first.get(name)
      if (before !== undefined) {
        this.#duplicate(name, keyStart, keyEnd, before, this.#path.join('.'))
        continue
      }
      first.set(name, keyStart)
      this.#path.push(name)
      entries.push({ key: name, source: this.#source, keyStart, keyEnd, value: this.tree(pair.value, keyEnd) })
      this.#path.pop()
    }
    return { kind: 'map', source: this.#source, start, end, entries, flow: node.flow === true }
  }

  #scalar(
    node: {
      readonly value: unknown
      readonly source?: string
      readonly type?: string
      readonly range?: unknown
      readonly tag?: string
    },
    at: number,
  ): Tree {
    const [start, end] = this.#range(node.range, at)
    this.#tag(node.tag, start)
    const value = scalarValue(node.value)
    const written = node.source ?? ''
    const plain = node.type === 'PLAIN'
    const text = typeof value === 'string' ? value : written
    const missing = plain && written === '' && value === null
    return {
      kind: 'scalar',
      source: this.#source,
      start,
      end,
      value,
      text,
      plain,
      ...(missing ? { missing } : {}),
    }
  }

  #duplicate(name: string, start: number, end: number, before: number, path: string): void {
    // Counting lines for each of thousands would take long, and nobody reads them.
    const counted = ++this.#duplicates <= 100
    const line = counted ? ` is on line ${this.#text.slice(0, before - this.#shift).split('\n').length}` : ' is above'
    this.#findings.push({
      ...finding(
        this.#source,
        start,
        end,
        'GW1002',
        `${JSON.stringify(name)} is written twice in ${path === '' ? 'the file' : path}`,
        undefined,
      ),
      help: `the first one${line}; YAML would silently keep only the last. Join them.`,
    })
  }

  /** Every explicit tag is refused: what a value is, its place in the grammar says. */
  #tag(tag: string | undefined, start: number): void {
    const from = start - this.#shift
    if (tag === undefined || this.#text[from - 1] === undefined) return
    const line = this.#text.slice(this.#text.lastIndexOf('\n', from - 1) + 1, from)
    const mark = /(![^\s,[\]{}]*)\s*$/.exec(line)
    if (mark === null) return
    const at = start - (line.length - mark.index)
    this.#add(
      at,
      at + (mark[1]?.length ?? 1),
      'GW1009',
      'YAML tags are not read',
      "Remove it; quote a text that begins with '!'.",
    )
  }

  /** Offsets of a node in its file; `at` where it has none. */
  #range(range: unknown, at: number): readonly [number, number] {
    return Array.isArray(range) ? [Number(range[0]) + this.#shift, Number(range[1]) + this.#shift] : [at, at]
  }

  #add(start: number, end: number, code: Finding['code'], message: string, help: string): void {
    this.#findings.push(finding(this.#source, start, end, code, message, help))
  }
}

const scalarValue = (value: unknown): string | number | boolean | null => {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return typeof value === 'bigint' ? Number(value) : null
}

/** An alias inside its own anchor would never end. */
const contains = (target: unknown, alias: unknown): boolean => {
  if (target === alias) return true
  if (isMap(target)) return target.items.some((pair) => contains(pair.key, alias) || contains(pair.value, alias))
  return isSeq(target) && target.items.some((item) => contains(item, alias))
}
