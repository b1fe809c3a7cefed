import type { Locate } from './object-tree.ts'

interface Spot {
  readonly keyStart: number
  readonly keyEnd: number
  readonly start: number
  readonly end: number
}

/**
 * Finds where the keys of the default export's object literal stand, by JSON pointer. What is computed, spread or made
 * elsewhere has no place; nothing is guessed.
 */
export const locateIn = (text: string): Locate => {
  const spots = new Map<string, Spot>()
  const begin = /export\s+default\s+(?:[A-Za-z_$][\w$.]*\s*\(\s*)?\{/.exec(text)
  if (begin !== null) new Scanner(text, spots).object(begin.index + begin[0].length - 1, '')
  return (pointer) => spots.get(pointer)
}

/** A scanner over the literal: it knows strings, comments, brackets and keys, and no more. */
class Scanner {
  readonly #text: string
  readonly #spots: Map<string, Spot>

  constructor(text: string, spots: Map<string, Spot>) {
    this.#text = text
    this.#spots = spots
  }

  /** Scans the object that opens at `at`; gives the offset behind it. */
  object(at: number, pointer: string): number {
    let next = this.#blank(at + 1)
    while (next < this.#text.length && this.#text[next] !== '}') {
      const key = /(?:([A-Za-z_$][\w$]*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([0-9]+))\s*/y
      key.lastIndex = next
      const found = key.exec(this.#text)
      const name = found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4]
      if (found === null || name === undefined) {
        next = this.#value(next, undefined)
      } else {
        const below = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
        const keyEnd = next + found[0].trimEnd().length
        const colon = next + found[0].length
        if (this.#text[colon] === ':') {
          const start = this.#blank(colon + 1)
          const end = this.#value(start, below)
          this.#spots.set(below, { keyStart: next, keyEnd, start, end: this.#trimmed(start, end) })
          next = end
        } else {
          // A shorthand property or a method: its value stands elsewhere or is the method.
          const end = this.#value(next, undefined)
          this.#spots.set(below, { keyStart: next, keyEnd, start: next, end: keyEnd })
          next = end
        }
      }
      next = this.#blank(next)
      if (this.#text[next] === ',') next = this.#blank(next + 1)
      else if (this.#text[next] !== '}') return next
    }
    return next + 1
  }

  #list(at: number, pointer: string): number {
    let next = this.#blank(at + 1)
    for (let index = 0; next < this.#text.length && this.#text[next] !== ']'; index++) {
      const below = `${pointer}/${index}`
      const end = this.#value(next, below)
      this.#spots.set(below, { keyStart: next, keyEnd: next, start: next, end: this.#trimmed(next, end) })
      next = this.#blank(end)
      if (this.#text[next] === ',') next = this.#blank(next + 1)
      else if (this.#text[next] !== ']') return next
    }
    return next + 1
  }

  /** Behind the value that begins at `at`: the comma or bracket that ends it. Literals below get their places. */
  #value(at: number, pointer: string | undefined): number {
    if (pointer !== undefined && this.#text[at] === '{') return this.object(at, pointer)
    if (pointer !== undefined && this.#text[at] === '[') return this.#list(at, pointer)
    let depth = 0
    let next = at
    while (next < this.#text.length) {
      const char = this.#text[next] ?? ''
      if (char === "'" || char === '"' || char === '`') next = this.#string(next, char)
      else if (char === '/' && /[/*]/.test(this.#text[next + 1] ?? '')) next = this.#blank(next)
      else if ('([{'.includes(char)) depth++
      else if (')]}'.includes(char)) {
        if (depth === 0) return next
        depth--
      } else if (char === ',' && depth === 0) return next
      next++
    }
    return next
  }

  /** Offset of the closing quote. */
  #string(at: number, quote: string): number {
    for (let next = at + 1; next < this.#text.length; next++) {
      const char = this.#text[next]
      if (char === '\\') next++
      else if (char === quote) return next
    }
    return this.#text.length
  }

  /** Skips blanks and comments. */
  #blank(at: number): number {
    const blank = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
    blank.lastIndex = at
    return at + (blank.exec(this.#text)?.[0].length ?? 0)
  }

  #trimmed(start: number, end: number): number {
    return start + this.#text.slice(start, end).trimEnd().length
  }
}
