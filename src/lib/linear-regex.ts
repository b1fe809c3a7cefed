import { setFlagsFromString } from 'node:v8'
import { isDeterministic } from './regex-determinism.ts'
import { parseRegex } from './regex-syntax.ts'
import type { RegexFault, RegexNode } from './regex-syntax.ts'

/** V8's flag for its linear engine, no part of the language. */
const linear: string = 'l'
/** Longest expression, in characters. */
const longest = 1000
/** Most characters that an expression may stand for once its counted repeats are written out. */
export const mostPlaces = 2000
const mostAmbiguousPlaces = 256

/** How many single characters the expression has when its counted repeats are written out. */
export const places = (node: RegexNode): number => {
  if (node.kind === 'char') return 1
  if (node.kind === 'group') return places(node.item)
  if (node.kind === 'repeat')
    return places(node.item) * Math.max(1, node.max === Number.POSITIVE_INFINITY ? node.min : node.max)
  return node.kind === 'edge' ? 0 : node.items.reduce((sum, item) => sum + places(item), 0)
}

const hasName = (node: RegexNode): boolean => {
  if (node.kind === 'group') return node.name !== undefined || hasName(node.item)
  if (node.kind === 'repeat') return hasName(node.item)
  return node.kind === 'sequence' || node.kind === 'choice' ? node.items.some(hasName) : false
}

/** A named group that would have to be written several times. */
const hasRepeatedName = (node: RegexNode): boolean => {
  if (node.kind === 'repeat')
    return (
      (hasName(node.item) && (node.min > 1 || (node.max > 1 && node.max !== Number.POSITIVE_INFINITY))) ||
      hasRepeatedName(node.item)
    )
  if (node.kind === 'group') return hasRepeatedName(node.item)
  return node.kind === 'sequence' || node.kind === 'choice' ? node.items.some(hasRepeatedName) : false
}

/** The source with counted repeats written out, which the linear engine cannot count. */
const written = (node: RegexNode): string => {
  if (node.kind === 'char' || node.kind === 'edge') return node.text
  if (node.kind === 'sequence') return node.items.map(written).join('')
  if (node.kind === 'choice') return `(?:${node.items.map(written).join('|')})`
  if (node.kind === 'group') return `(${node.name === undefined ? '?:' : `?<${node.name}>`}${written(node.item)})`
  const item = node.item.kind === 'char' ? node.item.text : `(?:${written(node.item)})`
  const lazy = node.lazy ? '?' : ''
  if (node.max === Number.POSITIVE_INFINITY) {
    return node.min === 0 ? `${item}*${lazy}` : `${item.repeat(node.min - 1)}${item}+${lazy}`
  }
  const optional = node.max - node.min
  return `${item.repeat(node.min)}${`(?:${item}`.repeat(optional)}${`)?${lazy}`.repeat(optional)}`
}

/**
 * The whole-value expression of a `~regex` (config.md §1.3) when it is linear, or why it is not. One that never has
 * two ways to read a text runs on the ordinary engine, which then cannot backtrack far; any other runs on V8's linear
 * engine, so no text and no expression can take more than linear time. A value must be matched from end to end.
 */
export const linearRegex = (source: string): RegExp | RegexFault => {
  if (source.length > longest) return { reason: `the expression is longer than ${longest} characters`, offset: longest }
  const node = parseRegex(source)
  if (!('kind' in node)) return node
  const size = places(node)
  if (size > mostPlaces) return { reason: 'the counted repeats are too large', offset: 0 }
  if (isDeterministic(node)) return new RegExp(`^(?:${source})$`)
  if (size > mostAmbiguousPlaces)
    return { reason: 'the counted repeats are too large for an expression that can be read in two ways', offset: 0 }
  if (hasRepeatedName(node)) return { reason: 'a named group cannot stand inside a counted repeat here', offset: 0 }
  setFlagsFromString('--enable-experimental-regexp-engine')
  try {
    return new RegExp(`^(?:${written(node)})$`, linear)
  } catch {
    return { reason: 'the expression cannot be executed in linear time', offset: 0 }
  }
}
