import { charOf, charRange, namedChars, otherChars } from './char-set.ts'
import type { CharSet } from './char-set.ts'

/** An expression taken apart. `text` is the source of the part. */
export type RegexNode =
  | { readonly kind: 'char'; readonly set: CharSet; readonly text: string; readonly code: number | undefined }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'group'; readonly item: RegexNode; readonly name: string | undefined }
  | {
      readonly kind: 'repeat'
      readonly item: RegexNode
      readonly min: number
      readonly max: number
      readonly lazy: boolean
    }
  | { readonly kind: 'edge'; readonly text: string }

/** Why an expression is not taken, and where: `offset` counts from 0 in the source. */
export interface RegexFault {
  readonly reason: string
  readonly offset: number
}

class Refusal extends Error {
  readonly offset: number
  constructor(reason: string, offset: number) {
    super(reason)
    this.offset = offset
  }
}

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 }
const groupName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const deepest = 100

/** Reads the syntax that JavaScript, RE2 and the linear engine understand alike; everything doubtful is refused. */
class Reader {
  private at = 0
  private depth = 0
  private readonly names = new Set<string>()
  private readonly source: string

  constructor(source: string) {
    this.source = source
  }

  read(): RegexNode {
    const node = this.choice()
    if (this.at < this.source.length) throw new Refusal('this ) closes nothing', this.at)
    return node
  }

  private choice(): RegexNode {
    if (++this.depth > deepest) throw new Refusal('groups are nested too deeply', this.at)
    const items = [this.sequence()]
    while (this.source[this.at] === '|') {
      this.at++
      items.push(this.sequence())
    }
    this.depth--
    return items.length === 1 ? (items[0] as RegexNode) : { kind: 'choice', items }
  }

  private sequence(): RegexNode {
    const items: RegexNode[] = []
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      items.push(this.repeated(this.atom()))
    }
    return items.length === 1 ? (items[0] as RegexNode) : { kind: 'sequence', items }
  }

  private repeated(item: RegexNode): RegexNode {
    const start = this.at
    const bounds = this.bounds()
    if (bounds === undefined) return item
    if (item.kind === 'edge') throw new Refusal('an edge cannot be repeated', start)
    const lazy = this.source[this.at] === '?'
    if (lazy) this.at++
    if (/[*+?{]/.test(this.source[this.at] ?? '')) throw new Refusal('a repeat cannot be repeated', this.at)
    return { kind: 'repeat', item, min: bounds[0], max: bounds[1], lazy }
  }

  private bounds(): readonly [number, number] | undefined {
    const sign = this.source[this.at]
    if (sign === '*' || sign === '+' || sign === '?') {
      this.at++
      return sign === '?' ? [0, 1] : [sign === '*' ? 0 : 1, Number.POSITIVE_INFINITY]
    }
    if (sign !== '{') return undefined
    const found = /^\{([0-9]{1,6})(,([0-9]{0,6}))?\}/.exec(this.source.slice(this.at, this.at + 20))
    if (found === null) throw new Refusal('a literal brace is written \\{', this.at)
    const min = Number(found[1])
    const max = found[2] === undefined ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])
    if (max < min) throw new Refusal('the counts of the repeat are the wrong way round', this.at)
    this.at += found[0].length
    return [min, max]
  }

  private atom(): RegexNode {
    const start = this.at
    const sign = this.source[this.at++] as string
    if (sign === '(') return this.group(start)
    if (sign === '[') return this.charClass(start)
    if (sign === '^' || sign === '$') return { kind: 'edge', text: sign }
    if (sign === '.') return { kind: 'char', set: namedChars['.'] as CharSet, text: '.', code: undefined }
    if (sign === '\\') return this.escape(start)
    if (sign === '*' || sign === '+' || sign === '?')
      throw new Refusal(`there is nothing before this ${sign} to repeat`, start)
    if (sign === '{' || sign === '}' || sign === ']') throw new Refusal(`a literal ${sign} is written \\${sign}`, start)
    return { kind: 'char', set: charOf(sign.charCodeAt(0)), text: sign, code: sign.charCodeAt(0) }
  }

  private group(start: number): RegexNode {
    let name: string | undefined
    if (this.source.startsWith('?:', this.at)) this.at += 2
    else if (this.source[this.at] === '?') name = this.groupName(start)
    const item = this.choice()
    if (this.source[this.at] !== ')') throw new Refusal('this ( is not closed', start)
    this.at++
    return { kind: 'group', item, name }
  }

  private groupName(start: number): string {
    if (/^\?<?[=!]/.test(this.source.slice(this.at, this.at + 3))) throw new Refusal('look-around is not linear', start)
    const end = this.source.indexOf('>', this.at)
    if (this.source[this.at + 1] !== '<' || end < 0) throw new Refusal('this kind of group is not known', start)
    const name = this.source.slice(this.at + 2, end)
    if (!groupName.test(name)) throw new Refusal('a group name is a letter and then letters, digits and _', this.at + 2)
    if (this.names.has(name)) throw new Refusal(`the name ${name} stands twice`, this.at + 2)
    this.names.add(name)
    this.at = end + 1
    return name
  }

  private escape(start: number): RegexNode {
    const sign = this.source[this.at] ?? ''
    if (sign === 'b' || sign === 'B') {
      this.at++
      return { kind: 'edge', text: `\\${sign}` }
    }
    if (/[1-9k]/.test(sign)) throw new Refusal('back-references are not linear', start)
    const named = /[dDwWsS]/.test(sign) ? namedChars[sign] : undefined
    const code = named === undefined ? this.escapedCode(start) : undefined
    if (named !== undefined) this.at++
    return { kind: 'char', set: named ?? charOf(code as number), text: this.source.slice(start, this.at), code }
  }

  /** Reads the escape of a single character; `at` is behind the backslash. */
  private escapedCode(start: number): number {
    const sign = this.source[this.at++]
    if (sign === undefined) throw new Refusal('the backslash escapes nothing', start)
    if (sign === 'x' || sign === 'u') {
      const digits = sign === 'x' ? 2 : 4
      const text = this.source.slice(this.at, this.at + digits)
      if (text.length !== digits || !/^[0-9A-Fa-f]+$/.test(text))
        throw new Refusal(`\\${sign} wants ${digits} hexadecimal digits`, start)
      this.at += digits
      return Number.parseInt(text, 16)
    }
    const control = controls[sign]
    if (control !== undefined) return control
    if (/[A-Za-z0-9]/.test(sign)) throw new Refusal(`\\${sign} is not known`, start)
    return sign.charCodeAt(0)
  }

  private charClass(start: number): RegexNode {
    const negated = this.source[this.at] === '^'
    if (negated) this.at++
    let set: CharSet = 0n
    const first = this.at
    while (this.source[this.at] !== ']') {
      if (this.at >= this.source.length) throw new Refusal('this [ is not closed', start)
      set |= this.classItem()
    }
    if (this.at === first && !negated) throw new Refusal('an empty [] matches nothing', start)
    this.at++
    return {
      kind: 'char',
      set: negated ? otherChars(set) : set,
      text: this.source.slice(start, this.at),
      code: undefined,
    }
  }

  private classItem(): CharSet {
    const start = this.at
    const from = this.classChar()
    if (this.source[this.at] !== '-' || this.source[this.at + 1] === ']' || this.at + 1 >= this.source.length) {
      return typeof from === 'number' ? charOf(from) : from
    }
    this.at++
    const to = this.classChar()
    if (typeof from !== 'number' || typeof to !== 'number')
      throw new Refusal('a range joins two single characters', start)
    if (to < from) throw new Refusal('the range is the wrong way round', start)
    return charRange(from, to)
  }

  private classChar(): number | CharSet {
    const start = this.at
    const sign = this.source[this.at++] as string
    if (sign !== '\\') return sign.charCodeAt(0)
    const named = /[dDwWsS]/.test(this.source[this.at] ?? '') ? namedChars[this.source[this.at] as string] : undefined
    if (named === undefined) return this.escapedCode(start)
    this.at++
    return named
  }
}

/** Takes an expression apart, or says what about it is not understood and where. */
export const parseRegex = (source: string): RegexNode | RegexFault => {
  try {
    return new Reader(source).read()
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.message, offset: error.offset }
    throw error
  }
}

/** Names of the groups, in order. */
export const groupNames = (node: RegexNode): readonly string[] => {
  if (node.kind === 'group')
    return node.name === undefined ? groupNames(node.item) : [node.name, ...groupNames(node.item)]
  if (node.kind === 'repeat') return groupNames(node.item)
  return node.kind === 'sequence' || node.kind === 'choice' ? node.items.flatMap(groupNames) : []
}
