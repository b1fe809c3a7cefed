import type { CallOptions, ServiceAnswer, ServiceCall } from '../contract/handler.ts'
import type { RoutePlan, ServicePlan, Steps } from '../contract/plan.ts'
import { dropClientClaims } from './client-fields.ts'
import { Fields } from '../lib/fields.ts'
import { canonicalPath } from '../lib/path.ts'
import type { Engine } from './engine.ts'
import { type InnerAnswer, InnerStream } from './inner-stream.ts'
import { LiveExchange } from './live-exchange.ts'
import { RequestState, ResponseState } from './request-state.ts'
import { run } from './run.ts'
import { type ExchangeState, phase } from './state.ts'

const noSteps: Steps = {
  request: [],
  requestBody: [],
  attempt: [],
  response: [],
  transform: [],
  barrier: [],
  end: [],
  own: true,
  all: [],
}
const methodForm = /^[A-Z-]{1,32}$/

/** An answer that is read in one go, or awaited first. */
class Call implements ServiceCall {
  private readonly answer: Promise<ServiceAnswer>
  /** Says which call it was and what came of it. */
  private readonly words: (answer: ServiceAnswer) => string
  constructor(answer: Promise<ServiceAnswer>, words: (answer: ServiceAnswer) => string) {
    this.answer = answer
    this.words = words
    // Whoever reads it later is told then.
    answer.catch(() => undefined)
  }
  // A call is awaited like a promise and read like an answer, as with the usual HTTP clients.
  // oxlint-disable-next-line unicorn/no-thenable
  then<A = ServiceAnswer, B = never>(
    onDone?: ((value: ServiceAnswer) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.answer.then(onDone, onFailed)
  }
  async json<T = unknown>(): Promise<T> {
    const answer = await this.answer
    if (!answer.ok) throw new Error(this.words(answer))
    return answer.json<T>()
  }
  async text(): Promise<string> {
    return (await this.answer).text()
  }
}

/** Calls a service on behalf of a running exchange: same trace, what is left of its time, the same attempt machinery. */
export const callService = (
  parent: ExchangeState,
  engine: Engine,
  service: ServicePlan,
  method: string,
  path: string,
  options: CallOptions,
  signal: AbortSignal,
): ServiceCall => {
  const question = path.indexOf('?')
  const asked = question < 0 ? path : path.slice(0, question)
  // A query may hold what no log should.
  const name = `services.${service.name} ${method} ${asked}`
  /** Set when the gateway had to answer in the place of the service. */
  let code: string | undefined
  return new Call(
    new Promise<ServiceAnswer>((resolve, reject) => {
      const plain = canonicalPath(asked)
      if (!methodForm.test(method) || typeof plain !== 'string' || /[^\x21-\x7e]/.test(path)) {
        reject(new TypeError(`${method} ${path} is no request for a service`))
        return
      }
      const signals = options.signal === undefined ? [signal] : [signal, options.signal]
      const given = signals.find(({ aborted }) => aborted)
      if (given !== undefined) {
        reject(reasonOf(given))
        return
      }
      const fields = new Fields()
      const body = bodyOf(options, fields)
      const leave = (): void => call.onFailure('aborted')
      const stream = new InnerStream((answer) => {
        for (const one of signals) one.removeEventListener('abort', leave)
        const left = signals.find(({ aborted }) => aborted)
        code = call.code
        if (!answer.aborted) resolve(toAnswer(answer))
        else reject(left === undefined ? new Error(`${name}: the answer was cut`) : reasonOf(left))
      })
      const request = new RequestState(
        method,
        plain,
        question < 0 ? '' : path.slice(question + 1),
        parent.request.host,
        parent.request.authority,
        parent.request.port,
        fields,
        'HTTP/1.1',
        body === undefined ? 'none' : body.length,
        parent.client.address,
      )
      const span = engine.nextTrace().slice(36, 52)
      const { id: traceId, sampled } = parent.trace
      const call = new LiveExchange(
        engine,
        parent.id,
        parent.listener,
        parent.client,
        stream,
        request,
        new ResponseState(new Fields()),
        { id: traceId, span, sampled, parent: `00-${traceId}-${span}-${sampled ? '01' : '00'}` },
      )
      call.traceState = parent.traceState
      call.isInner = true
      call.matched = true
      call.routePlan = innerPlan(
        parent.routePlan,
        service,
        Math.max(1, Math.min(options.timeout ?? Infinity, parent.totalDeadline - engine.now())),
      )
      const { total } = call.routePlan.settings.timeout
      if (total > 0) {
        call.totalDeadline = call.startedAt + total
        engine.wheel.arm(call, call.totalDeadline)
      }
      call.phase = phase.route
      call.requestEnded = body === undefined
      stream.sink = call
      for (const one of signals) one.addEventListener('abort', leave, { once: true })
      run(call)
      if (body === undefined) return
      call.onBody(body)
      call.onEnd()
    }),
    ({ status }) => `${name}: ${status}${code === undefined ? '' : ` ${code}`}`,
  )
}

/** Why a caller gave up, as the error that its call rejects with. */
const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error(`the call was given up: ${String(reason)}`)

const innerPlan = (parent: RoutePlan, service: ServicePlan, left: number): RoutePlan => ({
  ...parent,
  action: { kind: 'service', service },
  steps: noSteps,
  settings: {
    ...parent.settings,
    timeout: { ...parent.settings.timeout, total: left === Infinity ? 0 : left },
    hostHeader: 'target',
    problem: undefined,
  },
})

// oxfmt-ignore
const ownFields = new Set([
  'host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect', 'http2-settings', 'proxy', 'via',
])
const bodyOf = (options: CallOptions, fields: Fields): Uint8Array | undefined => {
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (/[\r\n\0]/.test(value) || !/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name))
      throw new TypeError(`field ${name} is not valid`)
    // Framing and the way there are the gateway's; so is who calls (row 2.9).
    if (!ownFields.has(name.toLowerCase())) fields.append(name.toLowerCase() as Lowercase<string>, value)
  }
  dropClientClaims(fields)
  const { body } = options
  if (body === undefined) return undefined
  if (body instanceof Uint8Array) return body
  if (typeof body === 'string') return Buffer.from(body)
  if (!fields.has('content-type')) fields.append('content-type', 'application/json')
  return Buffer.from(JSON.stringify(body))
}

const toAnswer = (answer: InnerAnswer): ServiceAnswer => {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (let i = 0; i < answer.fields.length; i++)
    headers[answer.fields.nameAt(i)] ??= answer.fields.get(answer.fields.nameAt(i) as Lowercase<string>) as string
  const text = (): string => Buffer.from(answer.body).toString('utf8')
  return {
    status: answer.status,
    ok: answer.status >= 200 && answer.status < 300,
    headers,
    body: answer.body,
    text,
    json: <T>() => JSON.parse(text()) as T,
  }
}
