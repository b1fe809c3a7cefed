import type { Exchange, Reply } from '../../contract/exchange.ts'
import type { MatchNames, PolicyDefinition } from '../../contract/policy.ts'
import { compileNames, type NameSet } from '../../lib/name-set.ts'
import { splitQuery } from '../../lib/query.ts'
import type { ForwardOptions } from './options.ts'

/** Always sent on: negotiation, content, conditions, the handshake of an upgrade, trace context. */
const alwaysSent =
  'accept* content-* if-* sec-websocket-* traceparent tracestate baggage x-request-id via forwarded x-forwarded-*'.split(
    ' ',
  )

interface Kept {
  readonly headers: NameSet | undefined
  readonly query: NameSet | undefined
  readonly cookies: NameSet | undefined
}

const compileKept = (options: Exclude<ForwardOptions, 'all'>, match: MatchNames): Kept => {
  const lists = options === 'strict' ? match : options
  const cookies = lists.cookies === undefined ? undefined : compileNames(lists.cookies ?? [])
  const names = lists.headers === undefined ? undefined : (lists.headers ?? []).map((name) => name.toLowerCase())
  return {
    headers:
      names === undefined
        ? undefined
        : compileNames([...alwaysSent, ...names, ...(cookies === undefined ? [] : ['cookie'])]),
    query: lists.query === undefined ? undefined : compileNames(lists.query ?? []),
    cookies,
  }
}

/** What the gateway added stays: it is not in the query that the client sent. */
const keepParameters = (exchange: Exchange, keep: NameSet): boolean => {
  const { request, clientQuery } = exchange
  if (request.query === '') return true
  const parameters = splitQuery(request.query)
  if (parameters === undefined) return false
  const sent = clientQuery === undefined || clientQuery === request.query ? undefined : new Set(clientQuery.split('&'))
  const kept: string[] = []
  for (const { name, raw } of parameters) if (keep(name) || (sent !== undefined && !sent.has(raw))) kept.push(raw)
  if (kept.length === parameters.length) return true
  exchange.clientQuery ??= request.query
  request.query = kept.join('&')
  return true
}

const keepCookies = (exchange: Exchange, keep: NameSet): void => {
  const { fields } = exchange.request
  const value = fields.get('cookie')
  if (value === undefined) return
  const kept: string[] = []
  for (const part of value.split(';')) {
    const pair = part.trim()
    const equals = pair.indexOf('=')
    if (equals > 0 && keep(pair.slice(0, equals).trimEnd())) kept.push(pair)
  }
  if (kept.length === 0) fields.remove('cookie')
  else fields.set('cookie', kept.join('; '))
}

const tooMany: Reply = { status: 400, code: 'GW4000', detail: 'The query holds more than 1000 parameters.' }
const done = 1
const refused = 2

/** `forward` (config.md §5.5): what is not listed is not sent on. `all` costs nothing. */
export const forward: PolicyDefinition<ForwardOptions> = {
  name: 'forward',
  stage: 'transform',
  rank: 5,
  dry: 'pure',
  create(options, host) {
    if (options === 'all') return {}
    const { headers, query, cookies } = compileKept(options, host.match)
    return {
      onRequest(exchange) {
        const { fields } = exchange.request
        const before = fields.length
        if (headers !== undefined)
          for (let i = fields.length - 1; i >= 0; i--) if (!headers(fields.nameAt(i))) fields.removeAt(i)
        if (cookies !== undefined) keepCookies(exchange, cookies)
        if (query !== undefined && !keepParameters(exchange, query)) {
          exchange.note(refused)
          return tooMany
        }
        exchange.note(done, before - fields.length)
        return undefined
      },
      explain: (_exchange, code, count) =>
        code === done ? `${count} fields not sent on` : 'refused: more than 1000 parameters',
    }
  },
}
