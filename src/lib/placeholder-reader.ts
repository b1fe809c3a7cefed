import type { Exchange } from '../contract/exchange.ts'
import { errors, type ErrorCode } from '../errors.ts'
import { cookieValue } from './cookies.ts'
import { textOfField } from './field-value.ts'
import { firstQueryValue } from './query.ts'
import { reasonPhrase } from './status.ts'
import type { Placeholder } from './template.ts'

/** What templates need besides the exchange: who the gateway is, and the host's clocks. */
export interface TemplateSource {
  readonly node: string
  readonly version: string
  /** Wall clock, ms since 1970. */
  time(): number
  /** Monotonic ms. */
  now(): number
}

/** A placeholder's value; undefined when the exchange has none. Text is Unicode. */
export type Read = (exchange: Exchange) => string | number | undefined

/** Reads a known name of a map that came from config or from the request, never from a prototype. */
const ownValue = (map: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined

/** Code of an error; a service's own error has one too, for bodies that take its place. */
const codeOf = (exchange: Exchange): string | undefined =>
  exchange.code ?? (exchange.response.source === 'service' && exchange.response.status >= 400 ? 'GW5029' : undefined)
const titleOf = (exchange: Exchange): string =>
  errors[codeOf(exchange) as ErrorCode]?.title ?? reasonPhrase(exchange.response.status)
/** The sentence for clients: what the log says beyond it names services and targets. */
const detailOf = (exchange: Exchange): string | undefined => {
  const code = codeOf(exchange)
  return (
    exchange.reply?.detail ??
    (code === 'GW5029' ? serviceErrorDetail(exchange.response.status) : errors[code as ErrorCode]?.cause)
  )
}

/** The sentence about a service's error status. */
export const serviceErrorDetail = (status: number): string =>
  `The service answered ${`${status} ${reasonPhrase(status)}`.trimEnd()}.`

/** Roots and fields that are one value. */
const values: Readonly<Record<string, (source: TemplateSource) => Read>> = {
  'request.id': () => (exchange) => exchange.id,
  'request.method': () => (exchange) => exchange.request.method,
  'request.scheme': () => (exchange) => exchange.client.scheme,
  'request.host': () => (exchange) => exchange.request.host,
  'request.port': () => (exchange) => exchange.request.port,
  'request.path': () => (exchange) => exchange.request.path,
  'request.rawQuery': () => (exchange) => exchange.request.query,
  'request.size': () => (exchange) =>
    typeof exchange.request.length === 'number' ? exchange.request.length : exchange.requestBytes,
  'request.time': () => (exchange) => new Date(exchange.receivedAt).toISOString(),
  'request.protocol': () => (exchange) => exchange.request.protocol,
  'client.ip': () => (exchange) => exchange.client.address,
  'client.port': () => (exchange) => exchange.client.port,
  'listener.name': () => (exchange) => exchange.listener.name,
  'gateway.node': (source) => () => source.node,
  'gateway.version': (source) => () => source.version,
  'trace.id': () => (exchange) => exchange.trace.id,
  'trace.span': () => (exchange) => exchange.trace.span,
  'route.name': () => (exchange) => exchange.route?.name,
  'service.name': () => (exchange) => exchange.service?.name,
  'target.url': () => (exchange) => exchange.target?.url,
  'response.status': () => (exchange) => exchange.response.status,
  'response.source': () => (exchange) => exchange.response.source,
  'response.time': (source) => (exchange) => Math.round((source.now() - exchange.startedAt) * 1000) / 1000,
  'error.code': () => codeOf,
  'error.status': () => (exchange) => exchange.response.status,
  'error.title': () => titleOf,
  'error.detail': () => detailOf,
  now: (source) => () => new Date(source.time()).toISOString(),
}

/** Fields that are maps: reader of one name in them. */
const maps: Readonly<Record<string, (name: string) => Read>> = {
  params: (name) => (exchange) => ownValue(exchange.params, name),
  'route.labels': (name) => (exchange) =>
    exchange.route === undefined ? undefined : ownValue(exchange.route.labels, name),
  'request.query': (name) => (exchange) => firstQueryValue(exchange.request.query, name),
  'request.headers': (name) => {
    const lower = name.toLowerCase() as Lowercase<string>
    if (lower === 'host') return (exchange) => exchange.request.host
    return (exchange) => text(exchange.request.fields.get(lower))
  },
  'request.cookies': (name) => (exchange) => {
    const field = exchange.request.fields.get('cookie')
    return field === undefined ? undefined : text(cookieValue(field, name))
  },
  'response.headers': (name) => {
    const lower = name.toLowerCase() as Lowercase<string>
    return (exchange) => text(exchange.response.fields.get(lower))
  },
}

const text = (value: string | undefined): string | undefined => (value === undefined ? undefined : textOfField(value))

/** Compiles a placeholder to a reader; undefined for one that this version does not know. */
export const placeholderReader = ({ path }: Placeholder, source: TemplateSource): Read | undefined => {
  const [root, first, second] = path
  const value = values[path.join('.')]
  if (value !== undefined && path.length <= 2) return value(source)
  if (root === 'params') return path.length === 2 ? maps['params']?.(String(first)) : undefined
  return path.length === 3 && typeof second === 'string' ? maps[`${root}.${first}`]?.(second) : undefined
}
