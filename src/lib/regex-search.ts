import type { CharSet } from './char-set.ts'
import { regexPlaces, type RegexPlaces } from './regex-places.ts'
import type { RegexNode } from './regex-syntax.ts'

/** Most places, and most steps, that are looked at before an expression counts as too large to tell. */
const mostPlaces = 500
const mostSteps = 20_000
/** Most edges between places that are followed: some tens of ms. */
const mostEdges = 500_000
/** How many characters a search may read behind a match for nothing: a constant for each match. */
const harmless = 64

/** The longest text an expression takes, in characters. */
export const longestMatch = (node: RegexNode): number => {
  if (node.kind === 'char') return 1
  if (node.kind === 'edge') return 0
  if (node.kind === 'group') return longestMatch(node.item)
  if (node.kind === 'choice') return Math.max(...node.items.map(longestMatch))
  if (node.kind === 'sequence') return node.items.reduce((sum, item) => sum + longestMatch(item), 0)
  const item = longestMatch(node.item)
  return item === 0 ? 0 : item * node.max
}

/** Sets of characters that no place tells apart. */
const classesOf = (sets: Iterable<CharSet>): readonly CharSet[] => {
  let classes: CharSet[] = [(1n << 129n) - 1n]
  for (const set of new Set(sets))
    classes = classes.flatMap((one) => [one & set, one & ~set]).filter((one) => one !== 0n)
  return classes
}

type Places = readonly number[]
/** The place before the first character. */
const start = -1

const accepts = (automaton: RegexPlaces, places: Places): boolean => places.some((place) => automaton.last.has(place))

/** A reading that began earlier and still hopes: where it may be, and where it is if no edge was in its way. */
interface Hope {
  readonly maybe: Places
  readonly surely: Places
}

/** Looks for a text that a search reads in vain although it holds a match: the reason why it would be read again. */
class Search {
  private readonly reader: RegexPlaces
  private readonly sure: RegexPlaces
  private readonly match: RegexPlaces
  private readonly classes: readonly CharSet[]
  private readonly endless = new Map<string, boolean>()
  private steps = 0
  private edges = 0

  constructor(reader: RegexPlaces, sure: RegexPlaces, match: RegexPlaces) {
    this.reader = reader
    this.sure = sure
    this.match = match
    this.classes = classesOf(reader.sets)
  }

  /** False also when it cannot be told within the steps allowed. */
  isLinear(): boolean {
    const seen = new Set<string>()
    const open: { readonly hope: Hope; readonly matching: Places }[] = []
    const visit = (hope: Hope, matching: Places): void => {
      const key = `${keyOf(hope)};${matching.join()}`
      if (seen.has(key)) return
      seen.add(key)
      open.push({ hope, matching })
    }
    // A reading that has not begun yet takes precedence over none but an empty match at the same place.
    for (let place = this.match.empty ? start : 0; place < this.reader.sets.length; place++)
      visit({ maybe: [place], surely: [place] }, [])
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.match.empty && this.isEndless(at.hope)) return false
      for (const chars of this.classes) {
        if (this.isTooLarge()) return false
        const hope = this.after(at.hope, chars)
        if (hope === undefined) continue
        const matching = this.step(this.match, [start, ...at.matching], chars)
        if (accepts(this.match, matching) && this.isEndless(hope)) return false
        visit(hope, matching)
      }
    }
    return true
  }

  private isTooLarge(): boolean {
    return ++this.steps > mostSteps || this.edges > mostEdges
  }

  private step(automaton: RegexPlaces, from: Places, chars: CharSet): Places {
    const to = new Set<number>()
    for (const place of from) {
      const reached = place === start ? automaton.first : (automaton.next[place] as ReadonlySet<number>)
      for (const next of reached) {
        this.edges++
        if (((automaton.sets[next] as CharSet) & chars) !== 0n) to.add(next)
      }
    }
    return [...to].toSorted((a, b) => a - b)
  }

  /** Undefined when the hope is over: nothing is left of it, or it has become a match. */
  private after(hope: Hope, chars: CharSet): Hope | undefined {
    const maybe = this.step(this.reader, hope.maybe, chars)
    if (maybe.length === 0) return undefined
    const surely = this.step(this.sure, hope.surely, chars)
    return accepts(this.sure, surely) ? undefined : { maybe, surely }
  }

  /** Whether a hope can read on for longer than what is harmless without becoming a match. */
  private isEndless(hope: Hope): boolean {
    const key = keyOf(hope)
    const known = this.endless.get(key)
    if (known !== undefined) return known
    let hopes = new Map([[key, hope]])
    for (let read = 0; read < harmless && hopes.size > 0; read++) {
      const next = new Map<string, Hope>()
      for (const one of hopes.values())
        for (const chars of this.classes) {
          if (this.isTooLarge()) return true
          const after = this.after(one, chars)
          if (after !== undefined) next.set(keyOf(after), after)
        }
      hopes = next
    }
    this.endless.set(key, hopes.size > 0)
    return hopes.size > 0
  }
}

const keyOf = (hope: Hope): string => `${hope.maybe.join()}/${hope.surely.join()}`

/**
 * Whether finding every match in a text takes time in proportion to the text, on an engine that finds one in linear
 * time. It does not when the search for a match may read far behind it, hoping for one that takes precedence, and what
 * it read holds further matches: `a[^b]*b|a` reads `aaaa…` to its end for each single `a`. False also for an expression
 * too large to tell.
 *
 * Why this suffices: if whatever is read in vain behind a match holds no whole match, the next match ends behind it,
 * and no character is read more than a fixed number of times. Matches that `^` or `$` take part in are left out: a text
 * has one beginning and one end.
 */
export const isLinearSearch = (node: RegexNode): boolean => {
  if (longestMatch(node) <= harmless) return true
  const reader = regexPlaces(node, () => true, mostPlaces)
  const sure = regexPlaces(node, () => false, mostPlaces)
  const match = regexPlaces(node, (edge) => edge.startsWith('\\'), mostPlaces)
  return reader !== undefined && sure !== undefined && match !== undefined && new Search(reader, sure, match).isLinear()
}
