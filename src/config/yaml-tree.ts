import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml'
import type { Finding } from './finding.ts'
import { finding, syntaxFinding } from './yaml-syntax.ts'
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
