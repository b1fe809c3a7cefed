import { setFlagsFromString } from 'node:v8'
import { mostPlaces, places } from './linear-regex.ts'
import { isDeterministic } from './regex-determinism.ts'
import { isLinearSearch, longestMatch } from './regex-search.ts'
import { groupNames, parseRegex, type RegexFault } from './regex-syntax.ts'

/** Characters that the ordinary engine, which tries every place of a text anew, may read from each. */
const shortMatch = 256
const isAnchored = (source: string): boolean => source.startsWith('^') && !source.includes('|')

/**
 * Compiles an unanchored expression (`find`), for every match or for the first, to run in linear time, or says why it
 * cannot: on V8's linear engine where it takes the expression; on the ordinary one where no text can be read in two ways
 * and no place of it is tried for long.
 */
export const linearExpression = (source: string, all: boolean): RegExp | RegexFault => {
  if (source.length > 1000) return { reason: 'the expression is longer than 1000 characters', offset: 1000 }
  const node = parseRegex(source)
  if (!('kind' in node)) return node
  // Judging takes time that grows with the square of this.
  if (places(node) > mostPlaces) return { reason: 'the counted repeats are too large', offset: 0 }
  if (all && !isLinearSearch(node))
    return {
      reason:
        'finding every match can take quadratic time: one alternative reads far ahead while a shorter one matches many times',
      offset: 0,
    }
  const flags = all ? 'g' : ''
  setFlagsFromString('--enable-experimental-regexp-engine')
  try {
    return new RegExp(source, `${flags}l`)
  } catch {
    return (longestMatch(node) <= shortMatch || isAnchored(source)) && isDeterministic(node)
      ? new RegExp(source, flags)
      : { reason: 'the expression cannot be executed in linear time', offset: 0 }
  }
}

/** Replaces in a text what an expression finds. */
export type Replace = (text: string) => string

/** Text with groups: literals and, between them, what a group of the match took. */
export type GroupText = (match: RegExpExecArray, encode: (value: string) => string) => string

type Part = string | { readonly group: string }

const expressionOf = (find: string, all: boolean): RegExp => {
  const expression = linearExpression(find, all)
  if (!(expression instanceof RegExp)) throw new Error(`expression ${JSON.stringify(find)}: ${expression.reason}`)
  return expression
}

/** Parts of a `with` text: `{name}` is a named group, `{1}` a numbered one, `{{` and `}}` are braces. */
const partsOf = (find: string, text: string): readonly Part[] => {
  const node = parseRegex(find)
  const names = 'kind' in node ? groupNames(node) : []
  const count = (new RegExp(`(?:${find})|`).exec('') as RegExpExecArray).length - 1
  const parts: Part[] = []
  for (const [found, literal, group] of text.matchAll(/(\{\{|\}\}|[^{}]+)|\{([^{}]*)\}|[{}]/g)) {
    const isGroup =
      group !== undefined && (names.includes(group) || (/^[1-9][0-9]?$/.test(group) && Number(group) <= count))
    if (isGroup) parts.push({ group })
    else if (literal !== undefined) parts.push(literal === '{{' || literal === '}}' ? literal.charAt(0) : literal)
    else throw new Error(`${found} in ${JSON.stringify(text)} is no group of ${JSON.stringify(find)}`)
  }
  return parts
}

/** Compiles a text with the groups of an expression. Throws at load for a group that it does not have. */
export const compileGroupText = (find: string, text: string): GroupText => {
  const parts = partsOf(find, text)
  return (match, encode) => {
    let made = ''
    for (const part of parts)
      made +=
        typeof part === 'string'
          ? part
          : encode((/^[0-9]/.test(part.group) ? match[Number(part.group)] : match.groups?.[part.group]) ?? '')
    return made
  }
}

/**
 * Compiles `{ find, with }` (config.md §5.5) over every match. Throws at load for an expression that is not linear or a
 * group that it does not have.
 */
export const compileReplacement = (find: string, text: string): Replace => {
  const expression = expressionOf(find, true)
  const replacement = partsOf(find, text)
    .map((part) => {
      if (typeof part === 'string') return part.replaceAll('$', '$$$$')
      return /^[0-9]/.test(part.group) ? `$${part.group.padStart(2, '0')}` : `$<${part.group}>`
    })
    .join('')
  return (value) => value.replace(expression, replacement)
}

/** Compiles an expression whose first match is wanted. Throws at load when it is not linear. */
export const compileFind = (find: string): RegExp => expressionOf(find, false)
