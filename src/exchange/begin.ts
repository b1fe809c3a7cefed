import type { ClientFacts } from '../contract/exchange.ts'
import type { ListenerPlan } from '../contract/plan.ts'
import type { ClientStream } from '../contract/streams.ts'
import { idOf } from '../lib/field-names.ts'
import { Fields } from '../lib/fields.ts'
import { canonicalPath } from '../lib/path.ts'
import { dropClientClaims } from './client-fields.ts'
import type { Engine } from './engine.ts'
import { LiveExchange } from './live-exchange.ts'
import { refuse } from './problem.ts'
import { RequestState, ResponseState } from './request-state.ts'
import { answer } from './respond.ts'
import { run } from './run.ts'
import { phase } from './state.ts'

/** What a codec hands over of a request head. */
export interface IncomingHead {
  readonly method: string
  readonly rawPath: string
  readonly query: string
  readonly host: string
  readonly authority: string
  readonly protocol: 'HTTP/1.1' | 'HTTP/1.0' | 'HTTP/2'
  readonly length: number | 'stream' | 'none'
  readonly expectContinue: boolean
  readonly upgrade: string
  readonly fields: Fields
}

/** More passes of one request through this gateway than this are a loop (row 9.15). */
const passLimit = 3
const loop = refuse('GW5081')
const overload = refuse('GW5033', undefined, ['retry-after', '1'])
const requestIdForm = /^[A-Za-z0-9._~+/=:@-]{1,128}$/
const traceForm = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const zeros = /^0+$/

/** Makes the exchange of a request and sets it going. Gives the sink for its body. */
export const begin = (
  engine: Engine,
  listener: ListenerPlan,
  client: ClientFacts,
  stream: ClientStream,
  head: IncomingHead,
  incomingTrace: 'continue' | 'restart' | 'trusted',
  sampled: boolean,
): LiveExchange => {
  const exchange = create(engine, listener, client, stream, head, incomingTrace, sampled)
  engine.telemetry.gauge('requests_in_flight', 1)
  start(exchange, head)
  return exchange
}

/** Makes the exchange without running it. */
export const create = (
  engine: Engine,
  listener: ListenerPlan,
  client: ClientFacts,
  stream: ClientStream,
  head: IncomingHead,
  incomingTrace: 'continue' | 'restart' | 'trusted',
  sampled: boolean,
): LiveExchange => {
  const { fields } = head
  let id: string | undefined
  let traceId = ''
  let traceState: string | undefined
  let isSampled = sampled
  if (client.trusted) {
    const given = fields.get('x-request-id')
    if (given !== undefined && requestIdForm.test(given)) id = given
  }
  const random = engine.nextTrace()
  if (incomingTrace === 'continue' || (incomingTrace === 'trusted' && client.trusted)) {
    const parent = fields.getAll('traceparent')
    const match = parent.length === 1 ? traceForm.exec(parent[0] as string) : null
    if (match !== null && !zeros.test(match[1] as string) && !zeros.test(match[2] as string)) {
      traceId = match[1] as string
      isSampled = (Number.parseInt(match[3] as string, 16) & 1) === 1
      traceState = fields.get('tracestate')
    }
  }
  const via = fields.getById(viaId) === undefined ? noVia : fields.getAll('via')
  dropClientClaims(fields)
  const path = head.rawPath === '*' ? '*' : canonicalPath(head.rawPath)
  const port = portOf(head.authority, client.scheme)
  const request = new RequestState(
    head.method,
    typeof path === 'string' ? path : head.rawPath,
    head.query,
    head.host,
    head.authority,
    port,
    fields,
    head.protocol,
    head.length,
    client.address,
  )
  const trace = traceOf(random, traceId, isSampled)
  const exchange = new LiveExchange(
    engine,
    id ?? engine.nextRequestId(),
    listener,
    client,
    stream,
    request,
    new ResponseState(noFields),
    trace,
  )
  exchange.upgrade = head.upgrade
  exchange.expectContinue = head.expectContinue
  exchange.traceState = traceState
  if (typeof path !== 'string')
    exchange.refusal = refuse('GW4001', `${path.reason.charAt(0).toUpperCase()}${path.reason.slice(1)}.`)
  else if (via.length > 0 && passes(via, engine.via) >= passLimit) exchange.refusal = loop
  return exchange
}
const noFields = new Fields()

/** Runs it. */
export const start = (exchange: LiveExchange, head: IncomingHead): void => {
  exchange.requestEnded = head.length === 'none'
  if (exchange.refusal === undefined && !exchange.dry && exchange.engine.overloaded()) exchange.refusal = overload
  if (exchange.refusal === undefined) run(exchange)
  else {
    exchange.phase = phase.match
    answer(exchange, exchange.refusal)
  }
}

let lastAuthority = ''
let lastPort = 0
/** Port of an authority, or the default of the scheme; the latest is remembered. */
const portOf = (authority: string, scheme: 'http' | 'https'): number => {
  if (authority !== lastAuthority) {
    const colon = authority.lastIndexOf(':')
    lastAuthority = authority
    lastPort = colon > 0 && !authority.endsWith(']') ? Number(authority.slice(colon + 1)) : 0
  }
  return lastPort > 0 ? lastPort : scheme === 'https' ? 443 : 80
}

const viaId = idOf('via')
const noVia: readonly string[] = []
/** The trace of a request: its own, or carried on with a span of our own. */
const traceOf = (random: string, carried: string, sampled: boolean): LiveExchange['trace'] => {
  const id = carried === '' ? random.slice(3, 35) : carried
  const span = random.slice(36, 52)
  const parent = carried === '' && !sampled ? random : `00-${id}-${span}-${sampled ? '01' : '00'}`
  return { id, span, sampled, parent }
}

const passes = (via: readonly string[], own: string): number => {
  let count = 0
  for (const line of via) for (const part of line.split(',')) if (part.trim().split(/\s+/)[1] === own) count++
  return count
}
