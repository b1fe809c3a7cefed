import type { Exchange } from '../contract/exchange.ts'
import { compileParts, readerOf, templateParts } from './placeholders.ts'
import type { TemplateSource } from './placeholder-reader.ts'

/** Writes the JSON text of a body tree for an exchange. */
export interface TemplateTree {
  /** The whole text when it holds no placeholder. */
  readonly constant: string | undefined
  write(exchange: Exchange): string
}

type Piece = string | ((exchange: Exchange) => string)

/**
 * Compiles a body tree (config.md §1.5) to pieces of JSON: a text that is one placeholder alone keeps the type of its
 * value, among other text it becomes text, and a missing value without default is `null`. Throws at load.
 */
export const compileTemplateTree = (tree: unknown, source: TemplateSource): TemplateTree => {
  const pieces: Piece[] = []
  const literal = (text: string): void => {
    if (typeof pieces.at(-1) === 'string') pieces[pieces.length - 1] += text
    else pieces.push(text)
  }
  const walk = (node: unknown): void => {
    if (typeof node === 'string') return walkText(node)
    if (Array.isArray(node)) {
      literal('[')
      for (const [index, item] of node.entries()) {
        if (index > 0) literal(',')
        walk(item)
      }
      return literal(']')
    }
    if (typeof node !== 'object' || node === null) return literal(JSON.stringify(node) ?? 'null')
    let separator = '{'
    for (const [name, value] of Object.entries(node)) {
      literal(`${separator}${JSON.stringify(name)}:`)
      walk(value)
      separator = ','
    }
    literal(separator === '{' ? '{}' : '}')
  }
  const walkText = (text: string): void => {
    const parts = templateParts(text)
    const [only] = parts
    if (parts.every((part) => typeof part === 'string')) return literal(JSON.stringify(parts.join('')))
    if (parts.length === 1 && only !== undefined && typeof only !== 'string') {
      const read = readerOf(only, source)
      const fallback = only.fallback
      pieces.push((exchange) => JSON.stringify(read(exchange) ?? fallback ?? null))
      return
    }
    const template = compileParts(parts, 'text', source)
    pieces.push((exchange) => JSON.stringify(template(exchange) ?? null))
  }
  walk(tree)
  const [first] = pieces
  const constant = pieces.length === 1 && typeof first === 'string' ? first : undefined
  return {
    constant,
    write(exchange) {
      if (constant !== undefined) return constant
      let json = ''
      for (let i = 0; i < pieces.length; i++) {
        const piece = pieces[i] as Piece
        json += typeof piece === 'string' ? piece : piece(exchange)
      }
      return json
    },
  }
}

/** Compiles a plain-text body; a missing value without default is empty there. Throws at load. */
export const compileText = (text: string, source: TemplateSource): TemplateTree => {
  const parts = templateParts(text).map((part) =>
    typeof part === 'string' || part.fallback !== undefined ? part : { ...part, fallback: '' },
  )
  const template = compileParts(parts, 'text', source)
  return {
    constant: parts.every((part) => typeof part === 'string') ? parts.join('') : undefined,
    write: (exchange) => template(exchange) ?? '',
  }
}
