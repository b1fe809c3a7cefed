import type { Exchange, Reply } from '../contract/exchange.ts'
import type { ActionSnapshot } from '../contract/snapshot.ts'
import type { Template } from '../contract/policy.ts'
import { isFieldValue } from './field-value.ts'
import { localLocation } from './local-location.ts'
import { compileTemplate } from './placeholders.ts'
import type { TemplateSource } from './placeholder-reader.ts'
import { restNames } from './rest-names.ts'
import { refused } from './template-encoding.ts'
import { compileTemplateTree, compileText, type TemplateTree } from './template-tree.ts'

/** Makes the answer of a route's action. */
export type MakeReply = (exchange: Exchange) => Reply

/** What a fixed answer is made of: the action of a snapshot, or an entry of `errors.replace`. */
export type RespondParts = Omit<Extract<ActionSnapshot, { kind: 'respond' }>, 'kind' | 'status'> & {
  /** Undefined: that of the answer which this one takes the place of. */
  readonly status: number | undefined
}

const broken: Reply = {
  status: 400,
  code: 'GW4003',
  detail: 'A value of this request may not stand in a header field.',
}

interface ReplyField {
  readonly name: string
  readonly value: Template
}

/** Compiles `respond` (config.md §8.2): a text is sent as plain text, a tree as JSON. Without placeholders the reply is made once. Throws at load. */
export const compileRespond = (parts: RespondParts, source: TemplateSource): MakeReply => {
  const fields: ReplyField[] = []
  let contentType = parts.contentType
  for (const [name, text] of Object.entries(parts.headers)) {
    if (name.toLowerCase() === 'content-type') contentType ??= text
    else fields.push({ name: name.toLowerCase(), value: fieldTemplate(name, text, source) })
  }
  const text = parts.body
  let body: TemplateTree | undefined
  if (typeof text === 'string') body = compileText(text, source)
  else if (text !== undefined) body = compileTemplateTree(text, source)
  const type =
    contentType ??
    (body === undefined ? undefined : typeof text === 'string' ? 'text/plain; charset=utf-8' : 'application/json')
  if (type !== undefined && !isFieldValue(type)) throw new Error('respond: a media type holds no control characters')
  const make = (exchange: Exchange): Reply => makeReply(exchange, parts.status, fields, body, type)
  const isConstant =
    parts.status !== undefined &&
    Object.values(parts.headers).every((text) => !/[{}]/.test(text)) &&
    (body === undefined || body.constant !== undefined)
  if (!isConstant) return make
  const reply = makeReply(undefined as never, parts.status, fields, body, type)
  return () => reply
}

const fieldTemplate = (name: string, text: string, source: TemplateSource): Template => {
  const template = compileTemplate(text, 'header', source)
  if (name.toLowerCase() !== 'location') return template
  return (exchange) => {
    const made = template(exchange)
    return made === undefined ? undefined : localLocation(text, made)
  }
}

const makeReply = (
  exchange: Exchange,
  fixed: number | undefined,
  fields: readonly ReplyField[],
  body: TemplateTree | undefined,
  type: string | undefined,
): Reply => {
  const status = fixed ?? exchange.response.status
  const headers: string[] = []
  for (let i = 0; i < fields.length; i++) {
    const { name, value } = fields[i] as ReplyField
    const text = value(exchange)
    if (text === refused) return broken
    if (text !== undefined) headers.push(name, text)
  }
  if (body === undefined) return type === undefined ? { status, headers } : { status, headers, contentType: type }
  return { status, headers, body: body.write(exchange), contentType: type as string }
}

const missing: Reply = {
  status: 400,
  code: 'GW4004',
  detail: 'The Location to redirect to needs a value that this request does not have.',
}
const unsafe: Reply = {
  status: 400,
  code: 'GW4004',
  detail: 'A value of this request may not stand in the Location to redirect to.',
}

/**
 * Compiles `redirect` (config.md §8.1); `paths` are the patterns of its route. Values are encoded for their place, a host can only be made of host characters,
 * and a Location without a host begins with exactly one slash, so that no request can send anybody elsewhere.
 */
export const compileRedirect = (
  action: Extract<ActionSnapshot, { kind: 'redirect' }>,
  source: TemplateSource,
  paths: readonly string[] = [],
): MakeReply => {
  const location = compileTemplate(action.to, 'location', source, restNames(paths))
  const { status, keepQuery } = action
  return (exchange) => {
    const made = location(exchange)
    if (made === undefined) return missing
    if (made === refused) return unsafe
    let to = made
    if (to.charCodeAt(0) === 0x2f) while (to.charCodeAt(1) === 0x2f || to.charCodeAt(1) === 0x5c) to = `/${to.slice(2)}`
    if (keepQuery && exchange.request.query !== '') to = withQuery(to, exchange.request.query)
    return { status, headers: ['location', to] }
  }
}

/** Adds a query before the fragment, after the parameters that are there. */
const withQuery = (to: string, query: string): string => {
  const hash = to.indexOf('#')
  const end = hash < 0 ? to.length : hash
  const mark = to.indexOf('?')
  const separator = mark < 0 || mark > end ? '?' : mark === end - 1 ? '' : '&'
  return `${to.slice(0, end)}${separator}${query}${to.slice(end)}`
}
