import type { Reply } from '../contract/exchange.ts'
import type { BodyLength } from '../contract/streams.ts'
import { idOf } from '../lib/field-names.ts'
import type { Fields } from '../lib/fields.ts'
import { Fields as FieldsClass } from '../lib/fields.ts'
import { dropFlags, fromService } from './client-fields.ts'
import { endAnswer, raiseBarrier } from './end-barrier.ts'
import { finish, stepFailed } from './end.ts'
import { forBrowser } from './for-browser.ts'
import { problemOf, refuse } from './problem.ts'
import { isSendable } from './sendable.ts'
import { type ExchangeState, phase } from './state.ts'
import { openTransforms } from './transforms.ts'
import { Tunnel } from './tunnel.ts'

const requestId = idOf('x-request-id')
const contentType = idOf('content-type')
const policyFailed = refuse('GW5001')
/** Response steps of the route, then of the gateway. */
const responsePhases = 2
const framing = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'trailer',
  'te',
])

/** Relays a service's answer: its head is known, its body follows. */
export const relay = (exchange: ExchangeState, status: number, fields: Fields, length: BodyLength): void => {
  exchange.phase = phase.answered
  fields.drop(dropFlags, fromService)
  const { response } = exchange
  response.status = status
  response.fields = fields
  response.source = 'service'
  response.length = length === 'tunnel' ? 'none' : length
  exchange.bodyLength = length
  runResponse(exchange)
}

/** Answers by the gateway itself; whatever runs towards a service is given up. */
export const answer = (exchange: ExchangeState, reply: Reply): void => {
  if (exchange.phase === phase.over) return
  exchange.attempt?.discard()
  exchange.attempt = undefined
  exchange.answers++
  if (exchange.headSent) {
    // Too late for another answer: the client must see that this one is not whole.
    exchange.code = (reply as Reply | null)?.code
    exchange.stream.abort()
    finish(exchange, true)
    return
  }
  exchange.phase = phase.answered
  takeReply(exchange, reply)
  runResponse(exchange)
}

/** Answers without the response steps that have not had their say. */
export const answerAtOnce = (exchange: ExchangeState, reply: Reply): void => {
  exchange.responsePhase = responsePhases
  answer(exchange, reply)
}

/** Puts a reply in the place of the answer. */
export const takeReply = (exchange: ExchangeState, given: Reply): void => {
  const { response } = exchange
  let reply = given
  if (!isSendable(reply)) {
    stepFailed(exchange, exchange.step?.name ?? 'action', 'its reply cannot be sent: status or headers are not valid')
    reply = policyFailed
  }
  const fields = new FieldsClass()
  const headers = reply.headers
  if (headers !== undefined) {
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = (headers[i] as string).toLowerCase() as Lowercase<string>
      // Framing is the writer's business alone.
      if (!framing.has(name)) fields.append(name, headers[i + 1] as string)
    }
  }
  response.status = reply.status
  response.fields = fields
  response.source = 'gateway'
  exchange.reply = reply
  exchange.code = reply.code
  exchange.detail = reply.detail ?? exchange.detail
  exchange.serviceEnded = true
  exchange.early = undefined
  exchange.earlyEnd = false
  if (reply.close === true) exchange.stream.closeAfter()
  if (reply.code !== undefined && reply.body === undefined) {
    fields.take(contentType, 'content-type', 'application/problem+json')
    exchange.replyBody = undefined
  } else {
    exchange.replyBody = reply.body ?? ''
    if (reply.contentType !== undefined) fields.take(contentType, 'content-type', reply.contentType)
  }
}

/** Runs the response steps that are due, then sends. Returns early while one of them waits. */
const runResponse = (exchange: ExchangeState): void => {
  for (; exchange.responsePhase < responsePhases; exchange.responsePhase++, exchange.responseStep = 0) {
    const ofRoute = exchange.responsePhase === 0
    const steps = ofRoute ? exchange.routePlan.steps.response : exchange.listener.guards.response
    const reached = ofRoute ? exchange.routeReached : exchange.guardsReached
    while (exchange.responseStep < steps.length) {
      const entry = steps[exchange.responseStep++] as (typeof steps)[number]
      if (entry.after > reached || (exchange.dry && entry.step.dry === 'unknown')) continue
      exchange.step = entry.step
      let verdict: Reply | undefined | Promise<Reply | undefined>
      try {
        verdict = entry.step.policy.onResponse?.(exchange)
      } catch (error) {
        stepFailed(exchange, entry.step.name, error)
        verdict = policyFailed
      }
      if (verdict === undefined) continue
      if (verdict instanceof Promise) {
        exchange.attempt?.pauseResponse()
        waitForStep(exchange, verdict, entry.step.name)
        return
      }
      replace(exchange, verdict)
    }
  }
  const { status } = exchange.response
  if (status < 200 ? exchange.bodyLength !== 'tunnel' : !(status <= 599)) {
    stepFailed(exchange, exchange.step?.name ?? 'response', `the status it set cannot be sent: ${status}`)
    replace(exchange, policyFailed)
  }
  send(exchange)
}

const waitForStep = (exchange: ExchangeState, verdict: Promise<Reply | undefined>, name: string): void => {
  const { answers } = exchange
  verdict
    .catch((error: unknown): Reply => {
      stepFailed(exchange, name, error)
      return policyFailed
    })
    .then((reply) => {
      // A time limit may have brought another answer, which went on without this step.
      if (exchange.phase === phase.over || exchange.answers !== answers) return
      if (reply !== undefined) replace(exchange, reply)
      exchange.attempt?.resumeResponse()
      runResponse(exchange)
    })
    .catch((error: unknown) => stepFailed(exchange, name, error))
}

const replace = (exchange: ExchangeState, reply: Reply): void => {
  exchange.attempt?.discard()
  exchange.attempt = undefined
  takeReply(exchange, reply)
}

/** The head leaves; the body of a reply with it. */
const send = (exchange: ExchangeState): void => {
  const { response, stream, engine, reply } = exchange
  const { fields, status } = response
  exchange.bodiless = status === 204 || status === 304 || exchange.request.method === 'HEAD'
  let body: Uint8Array | undefined
  if (response.source === 'gateway') {
    let text = exchange.replyBody
    if (text === undefined && reply !== undefined) {
      const custom = exchange.routePlan.settings.problem?.(exchange, reply)
      text = custom?.body ?? problemOf(exchange, reply)
      if (custom !== undefined) fields.set('content-type', custom.contentType)
      else if (engine.pages === true && !exchange.isInner) text = forBrowser(exchange.request.fields, fields, text)
    }
    body = typeof text === 'string' ? Buffer.from(text) : text
    exchange.bodyLength = body === undefined || body.length === 0 ? 'none' : body.length
    response.length = exchange.bodiless ? 'none' : exchange.bodyLength
  }
  const isTunnel = exchange.bodyLength === 'tunnel'
  if (!isTunnel) raiseBarrier(exchange)
  const transforms = exchange.routePlan.steps.transform.length > 0 && !isTunnel && !exchange.dry
  if (transforms && !exchange.transformsFailed && !openTransforms(exchange)) {
    exchange.transformsFailed = true
    replace(exchange, policyFailed)
    send(exchange)
    return
  }
  exchange.headSent = true
  exchange.firstByteAt = engine.coarseNow()
  if (exchange.dry) {
    finish(exchange, false)
    return
  }
  fields.take(requestId, 'x-request-id', exchange.id)
  if (isTunnel) {
    engine.wheel.rest(exchange)
    exchange.tunnel = new Tunnel(exchange)
    stream.head(status, fields, 'tunnel')
    if (exchange.early !== undefined || exchange.earlyEnd) passEarly(exchange)
    return
  }
  exchange.stream.head(status, fields, exchange.bodyLength)
  if (response.source === 'gateway') {
    if (body !== undefined && body.length > 0) pass(exchange, body)
    complete(exchange)
    return
  }
  const { timeout } = exchange.routePlan.settings
  const type = fields.getById(contentType)
  exchange.idleLimit = type !== undefined && isStream(type) ? timeout.streamIdle : timeout.idle
  exchange.wholeDeadline = timeout.whole === 0 ? Infinity : exchange.startedAt + timeout.whole
  exchange.continueAt = Infinity
  progressed(exchange)
  if (exchange.early !== undefined || exchange.earlyEnd) passEarly(exchange)
}

/** Passes on what had to wait for the head. */
const passEarly = (exchange: ExchangeState): void => {
  const { early, earlyEnd, tunnel } = exchange
  exchange.early = undefined
  if (tunnel !== undefined) {
    if (early !== undefined) for (const chunk of early.pieces()) tunnel.serviceSent(chunk)
    if (earlyEnd) tunnel.endOfService()
    return
  }
  if (early !== undefined) for (const chunk of early.pieces()) pass(exchange, chunk)
  if (earlyEnd) complete(exchange)
}

/** Kinds of answers that may rest for long: events and gRPC. The first letters settle it for nearly all others. */
const isStream = (type: string): boolean => {
  const first = type.charCodeAt(0) | 0x20
  if (first === 0x74) return (type.charCodeAt(5) | 0x20) === 0x65 && eventStream.test(type)
  return first === 0x61 && (type.charCodeAt(12) | 0x20) === 0x67 && grpc.test(type)
}
const eventStream = /^text\/event-stream(?:$|[;\s])/i
const grpc = /^application\/grpc(?:$|[-+;\s])/i

/** Something flowed: the idle limit starts anew. Two stores on the plain path. */
export const progressed = (exchange: ExchangeState): void => {
  const idle = exchange.idleLimit > 0 ? exchange.engine.coarseNow() + exchange.idleLimit : Infinity
  const next = idle < exchange.wholeDeadline ? idle : exchange.wholeDeadline
  if (next === Infinity) exchange.engine.wheel.rest(exchange)
  else exchange.engine.wheel.arm(exchange, next)
}

/** A chunk of the answer, lent. */
export const pass = (exchange: ExchangeState, chunk: Uint8Array): void => {
  if (exchange.bodiless) return
  const transforms = exchange.transforms
  if (transforms !== undefined) {
    transforms[0]?.write(chunk)
    return
  }
  exchange.responseBytes += chunk.length
  if (!exchange.stream.body(chunk)) exchange.attempt?.pauseResponse()
}

/** The answer is whole. */
export const complete = (exchange: ExchangeState): void => {
  exchange.serviceEnded = true
  const transforms = exchange.transforms
  if (transforms !== undefined) {
    transforms[0]?.end()
    return
  }
  endAnswer(exchange)
}

/** The answer cannot be completed after it has begun; the client sees a cut, never a clean end (row 9.3). */
export const cut = (exchange: ExchangeState, code: string, detail: string): void => {
  exchange.code = code
  exchange.detail = detail
  exchange.attempt?.abort('aborted')
  exchange.attempt = undefined
  exchange.stream.abort()
  finish(exchange, true)
}
