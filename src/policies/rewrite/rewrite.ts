import type { Exchange, Reply } from '../../contract/exchange.ts'
import type { PolicyDefinition, PolicyHost, Template } from '../../contract/policy.ts'
import { builtPath } from '../../lib/built-path.ts'
import { compileTemplate } from '../../lib/placeholders.ts'
import { decodeQuery, encodeQuery } from '../../lib/query.ts'
import { editableQuery, joinQuery, removeParameter, setParameter } from '../../lib/query-edits.ts'
import { compileFind, compileGroupText } from '../../lib/replacement.ts'
import { restNames } from '../../lib/rest-names.ts'
import { decodeSegment } from '../../lib/segment.ts'
import { refused } from '../../lib/template-encoding.ts'
import type { RewriteOptions } from './options.ts'

interface Parameter {
  readonly name: string
  readonly value: Template
}

/** Splits a template at a character outside its placeholders. */
const splitOutside = (text: string, separator: string): readonly string[] => {
  const parts: string[] = ['']
  let depth = 0
  for (const char of text) {
    if (char === '{') depth++
    if (char === '}') depth--
    if (char === separator && depth === 0) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts
}

/** Parameters written after `?`. `{request.rawQuery}` alone says that the query is kept, which it always is. */
const parametersOf = (text: string, host: PolicyHost): readonly Parameter[] => {
  const parameters: Parameter[] = []
  for (const entry of splitOutside(text, '&')) {
    if (entry === '' || entry === '{request.rawQuery}') continue
    const [name = '', ...value] = splitOutside(entry, '=')
    if (name.includes('{')) throw new Error(`rewrite: the name of a parameter is fixed: ${entry}`)
    const written = value.join('=')
    // An escaped brace must not become one; every other escape is undone, because the template encodes its text.
    const decoded = /%7[bd]/i.test(written) ? written : decodeQuery(written)
    parameters.push({ name: decodeQuery(name), value: host.template(decoded, 'query') })
  }
  return parameters
}

const missing: Reply = {
  status: 400,
  code: 'GW4004',
  detail: 'The path to send on needs a value that this request does not have.',
}
const broken: Reply = { status: 400, code: 'GW4001', detail: 'The path to send on would not be a plain path.' }
const tooMany: Reply = { status: 400, code: 'GW4000', detail: 'The query holds more than 1000 parameters.' }
const rewritten = 1
const unchanged = 2
const refusal = 3

const setParameters = (exchange: Exchange, parameters: readonly Parameter[]): Reply | undefined => {
  if (parameters.length === 0) return undefined
  const query = editableQuery(exchange.request.query)
  if (query === undefined) return tooMany
  for (let i = 0; i < parameters.length; i++) {
    const { name, value } = parameters[i] as Parameter
    const encoded = value(exchange)
    if (encoded === undefined) removeParameter(query, name)
    else setParameter(query, name, encoded)
  }
  exchange.clientQuery ??= exchange.request.query
  exchange.request.query = joinQuery(query)
  return undefined
}

/** Takes the path that was made, or says why it cannot be sent. Row 3.8: canonical again, and no dot segment. */
const take = (exchange: Exchange, made: string): Reply | undefined => {
  const path = builtPath(made === '' ? '/' : made)
  if (path === undefined) return broken
  exchange.note(path === exchange.request.path ? unchanged : rewritten)
  exchange.clientPath ??= exchange.request.path
  exchange.request.path = path
  return undefined
}

const byTemplate = (text: string, host: PolicyHost): ((exchange: Exchange) => Reply | undefined) => {
  const [pathText = '', ...queryText] = splitOutside(text, '?')
  const path = compileTemplate(pathText, 'path', host, restNames(host.match.paths))
  const parameters = parametersOf(queryText.join('?'), host)
  return (exchange) => {
    const made = path(exchange)
    if (made === undefined || made === refused) return missing
    return setParameters(exchange, parameters) ?? take(exchange, made)
  }
}

/** Groups stand in a path as they are, because the path they come from is canonical; in a parameter they are encoded. */
const byExpression = (find: string, text: string): ((exchange: Exchange) => Reply | undefined) => {
  const expression = compileFind(find)
  const [pathText = '', ...queryText] = splitOutside(text, '?')
  const path = compileGroupText(find, pathText)
  const parameters = splitOutside(queryText.join('?'), '&')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name = '', ...value] = splitOutside(entry, '=')
      return { name: decodeQuery(name), value: compileGroupText(find, value.join('=')) }
    })
  return (exchange) => {
    const { request } = exchange
    const match = expression.exec(request.path)
    if (match === null) return take(exchange, request.path)
    if (parameters.length > 0) {
      const query = editableQuery(request.query)
      if (query === undefined) return tooMany
      for (const { name, value } of parameters) setParameter(query, name, value(match, encodeGroup))
      exchange.clientQuery ??= request.query
      request.query = joinQuery(query)
    }
    return take(
      exchange,
      request.path.slice(0, match.index) + path(match, asIs) + request.path.slice(match.index + match[0].length),
    )
  }
}
const asIs = (value: string): string => value
const encodeGroup = (value: string): string => encodeQuery(decodeSegment(value))

/** `rewrite` (config.md §5.5): the path that is sent on. A missing value is 400 GW4004, a path that is none 400 GW4001. */
export const rewrite: PolicyDefinition<RewriteOptions> = {
  name: 'rewrite',
  stage: 'transform',
  rank: 3,
  dry: 'pure',
  create(options, host) {
    const change = typeof options === 'string' ? byTemplate(options, host) : byExpression(options.find, options.with)
    return {
      onRequest(exchange) {
        const reply = change(exchange)
        if (reply !== undefined) exchange.note(refusal)
        return reply
      },
      explain(exchange, code) {
        if (code === refusal) return 'refused: no path could be made'
        return code === rewritten ? `sent on as ${exchange.request.path}` : 'the path stays as it is'
      },
    }
  },
}
