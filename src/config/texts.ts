import type { ErrorCode } from '../errors.ts'
import { parseCidr } from '../lib/cidr.ts'
import { parseHostPattern } from '../lib/host-pattern.ts'
import { linearRegex } from '../lib/linear-regex.ts'
import { parsePathPattern } from '../lib/pattern.ts'

/** What is wrong with a text, in words that follow its quotation. */
export interface TextProblem {
  readonly code: ErrorCode
  readonly message: string
  readonly help: string
}

export const isCidr = (text: string): boolean => parseCidr(text) !== undefined
export const isGlob = (text: string): boolean => /^[A-Za-z0-9_*-]+$/.test(text)

/** Why an expression is not taken; undefined when it is linear. */
export const linearProblem = (source: string): TextProblem | undefined => {
  const expression = linearRegex(source)
  if (expression instanceof RegExp) return undefined
  return {
    code: 'GW1109',
    message: expression.reason,
    help: 'Expressions have no back-references, no look-around and no large counted repeats.',
  }
}

/** Why a path pattern (config.md §4.1) is not taken; undefined when it is. */
export const patternProblem = (text: string): TextProblem | undefined => {
  const pattern = parsePathPattern(text)
  if (pattern.kind !== 'fault') return undefined
  const linear = text.startsWith('~') ? linearProblem(text.slice(1)) : undefined
  if (linear !== undefined) return linear
  return { code: 'GW1304', message: pattern.reason, help: patternHelp(text) }
}

/** Expressions of other gateways are written without a mark, and often anchored. */
const expressionHelp = (text: string): string | undefined => {
  if (!/^[\^(]|\.[*+]|\$$/.test(text)) return undefined
  const core = text
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/^(?!\/)/, '/')
  const below = /^(\/[\w./-]*\/|\/)(?:\(\.\*\)|\.\*)$/.exec(core)?.[1]
  const offers = [`~${core}`, ...(below === undefined ? [] : [`${below}*`])]
  const valid = offers.filter((one) => parsePathPattern(one).kind !== 'fault')
  return valid.length === 0 ? undefined : `did you mean ${valid.map((one) => JSON.stringify(one)).join(' or ')}?`
}

const patternHelp = (text: string): string => {
  const expression = text.startsWith('~') ? undefined : expressionHelp(text)
  if (expression !== undefined) return expression
  if (/^[^/~]/.test(text)) return `did you mean ${JSON.stringify(`/${text.replace(/^\.\//, '')}`)}?`
  const many = /\/(?:\*\*|\{\*?[A-Za-z_]\w*[*+]\}|\{\.{3}\w+\}|\{\*\w*\}|\*\w+|:\w+\*)$/.exec(text)
  if (many !== null) return `write ${JSON.stringify(`${text.slice(0, many.index)}/*`)} for everything below`
  const colon = /\/:([A-Za-z_][A-Za-z0-9_]*)/.exec(text)
  if (colon !== null) return `write {${colon[1] ?? ''}} for a parameter`
  return 'One parameter a segment: /orders/{id}, /orders/{id:[0-9]+}, /files/{name}.pdf; * only at the end.'
}

/** Names that a pattern captures, `*` for the rest of a trailing `/*`; undefined when it is no pattern. */
export const paramsOfPattern = (text: string): readonly string[] | undefined => {
  const pattern = parsePathPattern(text)
  if (pattern.kind === 'fault') return undefined
  return pattern.kind === 'exact' ? [] : pattern.names
}

/** The name that a host captures, if any; undefined when it is no host. */
export const paramsOfHost = (text: string): readonly string[] | undefined => {
  const host = parseHostPattern(text)
  if (host.kind === 'fault') return undefined
  return host.kind === 'label' ? [host.name] : []
}
