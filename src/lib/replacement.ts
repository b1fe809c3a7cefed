import { setFlagsFromString } from 'node:v8'
import { isDeterministic } from './regex-determinism.ts'
import { groupNames, parseRegex, type RegexFault } from './regex-syntax.ts'

/**
 * Compiles an unanchored expression (`find`) to run in linear time, or says why it cannot: V8's linear engine where it
 * takes the expression, the ordinary one where no text can be read in two ways.
 */
export const linearExpression = (source: string, all: boolean): RegExp | RegexFault => {
  if (source.length > 1000) return { reason: 'the expression is longer than 1000 characters', offset: 1000 }
  const node = parseRegex(source)
  if (!('kind' in node)) return node
  const flags = all ? 'g' : ''
  setFlagsFromString('--enable-experimental-regexp-engine')
  try {
    return new RegExp(source, `${flags}l`)
  } catch {
    return isDeterministic(node)
      ? new RegExp(source, flags)
      : { reason: 'the expression cannot be executed in linear time', offset: 0 }
  }
}

/** Replaces in a text what an expression finds. */
export type Replace = (text: string) => string

/**
 * Compiles `{ find, with }` (config.md §5.5). In `with`, `{name}` is a named group and `{1}` a numbered one; `{{` and `}}`
 * are braces. Throws at load for an expression that is not linear or a group that it does not have.
 */
export const compileReplacement = (find: string, text: string, all: boolean): Replace => {
  const expression = linearExpression(find, all)
  if (!(expression instanceof RegExp)) throw new Error(`expression ${JSON.stringify(find)}: ${expression.reason}`)
  const node = parseRegex(find)
  const names = 'kind' in node ? groupNames(node) : []
  const count = (new RegExp(`(?:${find})|`).exec('') as RegExpExecArray).length - 1
  const replacement = text.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]|\$/g, (found, group: string | undefined) => {
    if (found === '{{' || found === '}}') return found.charAt(0)
    if (found === '$') return '$$'
    if (group !== undefined && names.includes(group)) return `$<${group}>`
    if (group !== undefined && /^[1-9][0-9]?$/.test(group) && Number(group) <= count)
      return `$${group.padStart(2, '0')}`
    throw new Error(`${found} in ${JSON.stringify(text)} is no group of ${JSON.stringify(find)}`)
  })
  return (value) => value.replace(expression, replacement)
}
