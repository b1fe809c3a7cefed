import type { Attempt, Reply } from '../contract/exchange.ts'
import type { FieldList } from '../contract/fields.ts'
import type { ServicePlan, Target } from '../contract/plan.ts'
import type { BodyLength, FailureCause, ResponseSink, ServiceStream } from '../contract/streams.ts'
import { ChunkList } from '../lib/chunk-list.ts'
import { idOf } from '../lib/field-names.ts'
import { Fields } from '../lib/fields.ts'
import { AnswerRest, mayRunOut } from './answer-rest.ts'
import { stepFailed } from './end.ts'
import { failureReply } from './failures.ts'
import { forwardFields } from './forwarding.ts'
import { refuse } from './problem.ts'
import { isWritable } from './sendable.ts'
import { answer, complete, cut, pass, progressed, relay, takeReply } from './respond.ts'
import { mayTryAgain, replay } from './retry.ts'
import { type ExchangeState, phase } from './state.ts'
import { isAccepted } from './upgrade.ts'

const linkId = idOf('link')
const noTarget = refuse('GW5031', undefined, ['retry-after', '1'])
const policyFailed = refuse('GW5001')
const badUpgrade = refuse('GW5028')
/** A target that says nothing to `Expect` is taken to want the body after this, in ms (RFC 9110 §10.1.1). */
const continueWait = 1000

type Outcome = 'ok' | 'connect' | 'reset' | 'timeout' | 'status' | 'aborted'

/** One try at one target: hears the answer and passes it on, or decides whether another try is due. */
class LiveAttempt implements Attempt, ResponseSink {
  readonly exchange: ExchangeState
  readonly number: number
  readonly service: ServicePlan
  readonly target: Target
  readonly fields: Fields
  readonly method: string
  requestTarget: string
  host: string
  deadline: number = Infinity
  stream: ServiceStream | undefined
  /** What the target itself answered, whatever becomes of it on the way to the client; 0 until its head is here. */
  private status = 0
  private length: BodyLength = 'none'
  private over = false
  private ended = false
  private rest: AnswerRest | undefined

  constructor(exchange: ExchangeState, service: ServicePlan, target: Target) {
    this.exchange = exchange
    this.number = ++exchange.attempts
    this.service = service
    this.target = target
    const { request, routePlan } = exchange
    const { hostHeader } = routePlan.settings
    this.method = request.method
    this.requestTarget =
      request.query === '' ? target.prefix + request.path : `${target.prefix}${request.path}?${request.query}`
    this.host =
      hostHeader === 'target'
        ? target.authority
        : hostHeader === 'preserve'
          ? request.authority || target.authority
          : hostHeader.host
    this.fields = forwardFields(exchange, this.host)
  }

  /** Sends the head, and what of the body has come so far. */
  send(fresh: boolean): void {
    const { exchange } = this
    const { timeout } = exchange.routePlan.settings
    if (timeout.attempt > 0) {
      this.deadline = exchange.engine.coarseNow() + timeout.attempt
      exchange.engine.wheel.arm(exchange, Math.min(this.deadline, exchange.totalDeadline))
    }
    const mayHoldAnything = exchange.routePlan.steps.own || exchange.listener.guards.own
    if (mayHoldAnything && !isWritable(this.method, this.requestTarget, this.host)) {
      stepFailed(exchange, exchange.step?.name ?? 'attempt', 'method, path, query or host cannot be sent as changed')
      dropAttempt(exchange, policyFailed)
      return
    }
    if (this.host !== this.fields.valueAt(0)) this.fields.set('host', this.host)
    const stream = this.service.open(this.target, this, {
      connectTimeout: timeout.connect === 0 ? Infinity : timeout.connect,
      fresh,
    })
    this.stream = stream
    const length: BodyLength = exchange.upgrade === '' ? exchange.request.length : 'tunnel'
    stream.head(this.method, this.requestTarget, this.fields, length)
    if (stream.ready) this.sendHeld()
    else if (exchange.requestEnded && exchange.request.length === 'none') this.end(undefined)
  }

  /** Gives the target what waited for it. */
  private sendHeld(): void {
    const { exchange } = this
    const held = exchange.held
    if (held !== undefined) {
      exchange.held = undefined
      let flows = true
      for (const chunk of held.pieces()) flows = this.body(chunk) && flows
      if (!flows) return
    }
    if (exchange.requestPaused) {
      exchange.requestPaused = false
      exchange.stream.resumeRequest()
    }
    if (exchange.requestEnded) this.end(exchange.requestTrailers)
  }

  get ready(): boolean {
    return this.stream?.ready === true
  }
  body(chunk: Uint8Array): boolean {
    this.exchange.bodyGiven = true
    return this.stream?.body(chunk) ?? false
  }
  end(trailers: FieldList | undefined): void {
    // Both the end of the request and the end of a wait for the target come here.
    if (this.ended || (this.exchange.upgrade !== '' && this.exchange.tunnel === undefined)) return
    this.ended = true
    this.stream?.end(trailers)
  }
  pauseResponse(): void {
    this.stream?.pauseResponse()
  }
  resumeResponse(): void {
    if (!this.over) this.stream?.resumeResponse()
  }
  abort(outcome: 'timeout' | 'aborted'): void {
    if (this.over) return
    this.settle(outcome)
    this.stream?.abort()
  }
  discard(): void {
    const { stream } = this
    if (this.over) return
    if (this.status === 0 || stream === undefined) {
      this.abort('aborted')
      return
    }
    this.settle(this.answerOutcome)
    // A request that is not whole yet keeps its connection from another one.
    if (!this.ended || !mayRunOut(this.length)) {
      stream.abort()
      return
    }
    this.rest = new AnswerRest(stream, this.exchange.engine)
    stream.resumeResponse()
  }
  finish(): void {
    this.settle('ok')
  }
  timedOut(): void {
    const nothingSent = !this.ready
    this.abort('timeout')
    retryOrFail(this.exchange, this, 'timeout', nothingSent)
  }
  private get answerOutcome(): Outcome {
    return this.status >= 500 ? 'status' : 'ok'
  }
  private settle(outcome: Outcome): void {
    if (this.over) return
    this.over = true
    // One that waits for its own steps has opened nothing yet.
    if (this.stream === undefined) return
    this.service.settle(this.target, outcome, this.status)
  }

  onInformational(status: number, fields: FieldList): void {
    const { exchange } = this
    if (status === 100) {
      // Whoever did not ask is not told.
      if (!exchange.expectContinue) return
      exchange.continueAt = Infinity
    }
    // Response policies see the final head only: of an interim one nothing goes on that they could have taken away.
    const links = new Fields()
    for (const link of fields.getAll('link')) links.take(linkId, 'link', link)
    exchange.stream.informational(status, links)
  }

  onHead(status: number, fields: FieldList, length: BodyLength): void {
    const { exchange } = this
    if (exchange.phase !== phase.deliver) return
    this.status = status
    this.length = length
    this.deadline = Infinity
    exchange.serviceTime = exchange.engine.now() - exchange.deliveredAt
    if (length === 'tunnel' && !isAccepted(exchange, fields)) {
      exchange.detail = 'The target answered an upgrade with a wrong 101.'
      this.abort('aborted')
      answer(exchange, badUpgrade)
      return
    }
    exchange.held = undefined
    exchange.replay = undefined
    relay(exchange, status, fields as Fields, length)
  }
  onBody(chunk: Uint8Array): void {
    const { exchange } = this
    if (this.over) {
      this.rest?.took(chunk.length)
      return
    }
    if (!exchange.headSent) {
      ;(exchange.early ??= new ChunkList()).add(chunk)
      return
    }
    if (exchange.tunnel !== undefined) {
      exchange.tunnel.serviceSent(chunk)
      return
    }
    if (exchange.idleLimit > 0) progressed(exchange)
    pass(exchange, chunk)
  }
  onTrailers(fields: FieldList): void {
    if (!this.over) this.exchange.responseTrailers = fields
  }
  onEnd(): void {
    const { exchange } = this
    if (this.over) {
      this.rest?.end()
      return
    }
    if (exchange.bodyLength === 'tunnel') {
      // Each direction ends by itself.
      if (exchange.tunnel === undefined) exchange.earlyEnd = true
      else exchange.tunnel.endOfService()
      return
    }
    this.settle(this.answerOutcome)
    exchange.attempt = undefined
    if (!exchange.headSent) {
      exchange.earlyEnd = true
      return
    }
    complete(exchange)
  }
  onDrain(): void {
    if (this.over) return
    // A handshake has no body, so its end says nothing about that of the tunnel.
    if (this.exchange.tunnel !== undefined) this.exchange.tunnel.serviceDrained()
    else this.sendHeld()
  }
  onFailure(cause: FailureCause, nothingSent: boolean): void {
    if (this.over) {
      this.rest?.end()
      return
    }
    const { exchange } = this
    this.settle(nothingSent && cause !== 'pool' ? 'connect' : cause === 'pool' ? 'aborted' : 'reset')
    if (exchange.tunnel?.serviceGone() === true) return
    if (exchange.phase === phase.deliver) retryOrFail(exchange, this, cause, nothingSent)
    else if (exchange.phase !== phase.answered) return
    else if (!exchange.headSent) {
      // A response step waits; what it lets through is this.
      exchange.attempt = undefined
      takeReply(exchange, failureReply(exchange, this.service.name, this.target.url, cause))
    } else
      cut(
        exchange,
        cause === 'malformed' ? 'GW5023' : 'GW5022',
        `${this.service.name}: the answer of ${this.target.url} was cut`,
      )
  }
}

const retryOrFail = (exchange: ExchangeState, last: LiveAttempt, cause: FailureCause, nothingSent: boolean): void => {
  if (mayTryAgain(exchange, cause, nothingSent)) {
    exchange.engine.telemetry.add('retries_total', 1)
    replay(exchange)
    deliver(exchange, last.target)
    return
  }
  exchange.attempt = undefined
  exchange.serviceTime = exchange.engine.now() - exchange.deliveredAt
  answer(exchange, failureReply(exchange, last.service.name, last.target.url, cause))
}

/** Picks a target and tries it. */
export const deliver = (exchange: ExchangeState, not: Target | undefined): void => {
  const { routePlan, engine } = exchange
  if (routePlan.action.kind !== 'service') return
  const { service } = routePlan.action
  exchange.phase = phase.deliver
  exchange.service = service
  if (exchange.deliveredAt === 0) {
    exchange.deliveredAt = engine.now()
    if (exchange.expectContinue && !exchange.dry) {
      exchange.continueAt = engine.coarseNow() + continueWait
      engine.wheel.arm(exchange, Math.min(exchange.continueAt, exchange.totalDeadline))
    }
  }
  const target = service.pick(exchange, not)
  if (target === undefined) {
    exchange.detail = `${service.name}: no target may be used`
    answer(exchange, noTarget)
    return
  }
  exchange.target = target
  const attempt = new LiveAttempt(exchange, service, target)
  exchange.attempt = attempt
  runAttemptSteps(exchange, attempt, 0, not !== undefined)
}

const runAttemptSteps = (exchange: ExchangeState, attempt: LiveAttempt, from: number, fresh: boolean): void => {
  const steps = exchange.routePlan.steps.attempt
  for (let i = from; i < steps.length; i++) {
    const step = steps[i] as (typeof steps)[number]
    if (exchange.dry && step.dry === 'unknown') continue
    exchange.step = step
    let verdict: Reply | undefined | Promise<Reply | undefined>
    try {
      verdict = step.policy.onAttempt?.(attempt)
    } catch (error) {
      stepFailed(exchange, step.name, error)
      verdict = policyFailed
    }
    if (verdict === undefined) continue
    if (!(verdict instanceof Promise)) return dropAttempt(exchange, verdict)
    verdict
      .then(
        (reply) => {
          if (exchange.attempt !== attempt || exchange.phase !== phase.deliver) return
          if (reply === undefined) runAttemptSteps(exchange, attempt, i + 1, fresh)
          else dropAttempt(exchange, reply)
        },
        (error: unknown) => {
          stepFailed(exchange, step.name, error)
          if (exchange.attempt === attempt) dropAttempt(exchange, policyFailed)
        },
      )
      .catch((error: unknown) => stepFailed(exchange, step.name, error))
    return
  }
  if (exchange.dry) exchange.sends = `${attempt.method} ${attempt.requestTarget}`
  else attempt.send(fresh)
}

/** A step answered before anything was opened. */
const dropAttempt = (exchange: ExchangeState, reply: Reply): void => {
  exchange.attempt = undefined
  answer(exchange, reply)
}
