import { idOf } from '../lib/field-names.ts'
import { FieldRun, Fields } from '../lib/fields.ts'
import type { ExchangeState } from './state.ts'

const id = {
  host: idOf('host'),
  forwardedFor: idOf('x-forwarded-for'),
  forwardedProto: idOf('x-forwarded-proto'),
  forwardedHost: idOf('x-forwarded-host'),
  forwardedPort: idOf('x-forwarded-port'),
  forwarded: idOf('forwarded'),
  via: idOf('via'),
  requestId: idOf('x-request-id'),
  traceparent: idOf('traceparent'),
  tracestate: idOf('tracestate'),
  expect: idOf('expect'),
  te: idOf('te'),
  connection: idOf('connection'),
}
const viaPrefix = { 'HTTP/1.1': '1.1 ', 'HTTP/1.0': '1.0 ', 'HTTP/2': '2 ' } as const

/** Fields of an attempt: the client's own, then what only the gateway may say (config.md §5.5). */
export const forwardFields = (exchange: ExchangeState, host: string): Fields => {
  const { request, client, trace } = exchange
  const out = new Fields()
  out.take(id.host, 'host', host)
  out.takeAll(request.fields)
  const key = exchange.routePlan.settings.forwarded === 'both' ? `${request.protocol} both` : request.protocol
  const known = client.forwarding
  if (known !== undefined && known.authority === request.authority && known.key === key) {
    out.pushRun(known.run as FieldRun)
  } else {
    const run = aboutClient(exchange)
    client.forwarding = { authority: request.authority, key, run }
    out.pushRun(run)
  }
  out.take(id.requestId, 'x-request-id', exchange.id)
  out.take(id.traceparent, 'traceparent', trace.parent)
  if (exchange.traceState !== undefined) out.take(id.tracestate, 'tracestate', exchange.traceState)
  const { header } = exchange.routePlan.settings.timeout
  if (header !== undefined && exchange.totalDeadline !== Infinity) {
    out.set(header, (Math.max(1, exchange.totalDeadline - exchange.engine.now()) / 1000).toFixed(3))
  }
  if (exchange.expectContinue) out.take(id.expect, 'expect', '100-continue')
  return out
}

/** What services are told of the client and of the way here; the same for all requests of a connection to one host. */
const aboutClient = (exchange: ExchangeState): FieldRun => {
  const { request, client } = exchange
  const ids: number[] = [id.forwardedFor, id.forwardedProto]
  const values: string[] = [client.forwardedFor, client.scheme]
  const add = (name: number, value: string): void => {
    ids.push(name)
    values.push(value)
  }
  if (request.authority !== '') add(id.forwardedHost, request.authority)
  add(id.forwardedPort, String(request.port))
  if (exchange.routePlan.settings.forwarded === 'both') add(id.forwarded, forwardedValue(exchange))
  add(id.via, viaPrefix[request.protocol] + exchange.engine.via)
  return new FieldRun(ids, values)
}

/** One element of RFC 7239 `Forwarded`. */
const forwardedValue = (exchange: ExchangeState): string => {
  const { address, scheme } = exchange.client
  const node = address.includes(':') ? `"[${address}]"` : address
  const { authority } = exchange.request
  return `for=${node};proto=${scheme}${authority === '' ? '' : `;host="${authority}"`}`
}
