import type { CharSet } from './char-set.ts'
import type { RegexNode } from './regex-syntax.ts'

/** The places of an expression, numbered from 0 in the order they are built: what each takes, and what may follow it. */
export interface RegexPlaces {
  readonly sets: readonly CharSet[]
  readonly next: readonly ReadonlySet<number>[]
  readonly first: readonly number[]
  readonly last: ReadonlySet<number>
  readonly empty: boolean
}

interface Part {
  readonly first: readonly number[]
  readonly last: readonly number[]
  readonly empty: boolean
}

const nothing: Part = { first: [], last: [], empty: true }

class Builder {
  readonly sets: CharSet[] = []
  readonly next: Set<number>[] = []
  private readonly isPassed: (edge: string) => boolean
  private readonly most: number

  constructor(isPassed: (edge: string) => boolean, most: number) {
    this.isPassed = isPassed
    this.most = most
  }

  get isTooLarge(): boolean {
    return this.sets.length > this.most
  }

  build(node: RegexNode): Part {
    if (this.isTooLarge) return nothing
    if (node.kind === 'char') return this.place(node.set)
    if (node.kind === 'edge') {
      // A passed edge takes a number too: places keep theirs, whichever edges are passed.
      const place = this.place(0n)
      return this.isPassed(node.text) ? nothing : place
    }
    if (node.kind === 'group') return this.build(node.item)
    if (node.kind === 'repeat') return this.repeat(node.item, node.min, node.max)
    if (node.kind === 'choice') {
      const parts = node.items.map((item) => this.build(item))
      return {
        first: parts.flatMap((part) => part.first),
        last: parts.flatMap((part) => part.last),
        empty: parts.some((part) => part.empty),
      }
    }
    return node.items.reduce<Part>((before, item) => this.join(before, this.build(item)), nothing)
  }

  private place(set: CharSet): Part {
    const places = [this.sets.push(set) - 1]
    this.next.push(new Set())
    return { first: places, last: places, empty: false }
  }

  private link(from: readonly number[], to: readonly number[]): void {
    for (const a of from) for (const b of to) (this.next[a] as Set<number>).add(b)
  }

  private join(a: Part, b: Part): Part {
    this.link(a.last, b.first)
    return {
      first: a.empty ? [...a.first, ...b.first] : a.first,
      last: b.empty ? [...a.last, ...b.last] : b.last,
      empty: a.empty && b.empty,
    }
  }

  private repeat(item: RegexNode, min: number, max: number): Part {
    let part: Part = nothing
    if (max === Number.POSITIVE_INFINITY) {
      const looped = this.build(item)
      this.link(looped.last, looped.first)
      part = { ...looped, empty: min === 0 || looped.empty }
    }
    const optional = max === Number.POSITIVE_INFINITY ? 0 : max - min
    for (let i = 0; i < optional && !this.isTooLarge; i++) part = { ...this.join(this.build(item), part), empty: true }
    const mandatory = max === Number.POSITIVE_INFINITY ? min - 1 : min
    for (let i = 0; i < mandatory && !this.isTooLarge; i++) part = this.join(this.build(item), part)
    return part
  }
}

/**
 * Glushkov's construction: every character of the expression, counted repeats written out, becomes a place.
 * `isPassed` says of an edge (`^`, `$`, `\b`, `\B`) whether it always holds or never. Undefined when there are more than
 * `most` places.
 */
export const regexPlaces = (
  node: RegexNode,
  isPassed: (edge: string) => boolean,
  most: number,
): RegexPlaces | undefined => {
  const builder = new Builder(isPassed, most)
  const { first, last, empty } = builder.build(node)
  return builder.isTooLarge ? undefined : { sets: builder.sets, next: builder.next, first, last: new Set(last), empty }
}
