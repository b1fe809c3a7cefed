import type { CharSet } from './char-set.ts'
import type { RegexNode } from './regex-syntax.ts'

/** What Glushkov's construction knows of a part: the places it can begin and end with, and whether it may be empty. */
interface Part {
  readonly first: readonly number[]
  readonly last: readonly number[]
  readonly empty: boolean
}

const nothing: Part = { first: [], last: [], empty: true }

/**
 * Builds the automaton of an expression and notes when it is ambiguous: two next places for one character, or two
 * ways to the same place, which is how `(a+)+` becomes exponential on a backtracking engine.
 */
class Automaton {
  ambiguous = false
  private readonly sets: CharSet[] = []
  private readonly next: Set<number>[] = []
  private readonly taken: CharSet[] = []

  build(node: RegexNode): Part {
    if (node.kind === 'char') return this.place(node.set)
    if (node.kind === 'edge') return nothing
    if (node.kind === 'group') return this.build(node.item)
    if (node.kind === 'repeat') return this.repeat(node.item, node.min, node.max)
    if (node.kind === 'choice') return this.choice(node.items)
    return node.items.reduce<Part>((before, item) => this.join(before, this.build(item)), nothing)
  }

  /** Whether no two of the places can take the same character. */
  areApart(places: readonly number[]): boolean {
    let seen: CharSet = 0n
    for (const place of places) {
      const set = this.sets[place] as CharSet
      if ((seen & set) !== 0n) return false
      seen |= set
    }
    return true
  }

  private place(set: CharSet): Part {
    const places = [this.sets.push(set) - 1]
    this.next.push(new Set())
    this.taken.push(0n)
    return { first: places, last: places, empty: false }
  }

  private link(from: readonly number[], to: readonly number[]): void {
    for (const a of from) {
      if (this.ambiguous) return
      const next = this.next[a] as Set<number>
      for (const b of to) {
        const set = this.sets[b] as CharSet
        if (next.has(b) || ((this.taken[a] as CharSet) & set) !== 0n) this.ambiguous = true
        next.add(b)
        this.taken[a] = (this.taken[a] as CharSet) | set
      }
    }
  }

  private join(a: Part, b: Part): Part {
    this.link(a.last, b.first)
    return {
      first: a.empty ? [...a.first, ...b.first] : a.first,
      last: b.empty ? [...a.last, ...b.last] : b.last,
      empty: a.empty && b.empty,
    }
  }

  private choice(items: readonly RegexNode[]): Part {
    const parts = items.map((item) => this.build(item))
    if (parts.filter((part) => part.empty).length > 1) this.ambiguous = true
    const first = parts.flatMap((part) => part.first)
    if (!this.areApart(first)) this.ambiguous = true
    return { first, last: parts.flatMap((part) => part.last), empty: parts.some((part) => part.empty) }
  }

  private repeat(item: RegexNode, min: number, max: number): Part {
    if (max === 0) return nothing
    let part: Part = nothing
    if (max === Number.POSITIVE_INFINITY) {
      const looped = this.build(item)
      this.link(looped.last, looped.first)
      if (looped.empty) this.ambiguous = true
      part = { ...looped, empty: min === 0 || looped.empty }
    } else {
      for (let i = min; i < max && !this.ambiguous; i++) {
        const optional = this.build(item)
        if (optional.empty) this.ambiguous = true
        part = { ...this.join(optional, part), empty: true }
      }
    }
    const mandatory = max === Number.POSITIVE_INFINITY ? min - 1 : min
    for (let i = 0; i < mandatory && !this.ambiguous; i++) part = this.join(this.build(item), part)
    return part
  }
}

/** Whether, reading from the left, one character always decides where in the expression one is. */
export const isDeterministic = (node: RegexNode): boolean => {
  const automaton = new Automaton()
  const whole = automaton.build(node)
  return !automaton.ambiguous && automaton.areApart(whole.first)
}
