import type { Reply } from '../contract/exchange.ts'
import type { FieldList } from '../contract/fields.ts'
import type { Step } from '../contract/plan.ts'
import type { FailureCause, RequestSink } from '../contract/streams.ts'
import { Fields } from '../lib/fields.ts'
import { finish, stepFailed } from './end.ts'
import { joined } from './handle.ts'
import { refuse } from './problem.ts'
import { answer, answerAtOnce, cut } from './respond.ts'
import { hold, keepForReplay } from './retry.ts'
import { ExchangeState, phase } from './state.ts'
import { closeCode } from './tunnel.ts'

const bodyMalformed = refuse('GW4006', undefined, undefined, true)
const extensionsTooLarge = refuse('GW4131', 'The chunk extensions are too large.', undefined, true)
const trailersTooLarge = refuse('GW4311', 'The trailer fields are too large.', undefined, true)
const bodyTooSlow = refuse('GW4081', 'The body did not arrive in time.', undefined, true)
/** Answers to a request body that fails, where it is not malformed. */
const failedBody: Partial<Record<FailureCause, Reply>> = {
  'too-large': extensionsTooLarge,
  trailers: trailersTooLarge,
  timeout: bodyTooSlow,
}
const tooSlow = refuse('GW5042', undefined, ['proxy-status', 'gwanmun; error=http_response_timeout'])
const policyFailed = refuse('GW5001', undefined, undefined, true)
const noFields = new Fields()

/** One exchange as its client's codec sees it: hears the request body, the client's pace and its leaving. */
export class LiveExchange extends ExchangeState implements RequestSink {
  onBody(chunk: Uint8Array): void {
    if (this.phase === phase.over) return
    this.requestBytes += chunk.length
    if (this.tunnel !== undefined) {
      this.tunnel.clientSent(chunk)
      return
    }
    const { listener, routePlan } = this
    if (listener.guards.requestBody.length > 0 && !this.tapped(listener.guards.requestBody, chunk)) return
    if (routePlan.steps.requestBody.length > 0 && !this.tapped(routePlan.steps.requestBody, chunk)) return
    // The answer is on its way already; what still comes of the request is of use only to a running attempt.
    if (this.collected !== undefined) {
      this.collected.add(chunk)
      return
    }
    if (this.phase <= phase.deliver) keepForReplay(this, chunk)
    const { attempt } = this
    if (attempt === undefined || !attempt.ready || this.held !== undefined) {
      if (this.phase <= phase.deliver) hold(this, chunk)
      return
    }
    if (this.idleLimit > 0) this.progress()
    if (!attempt.body(chunk)) {
      this.requestPaused = true
      this.stream.pauseRequest()
    }
  }

  private progress(): void {
    if (this.headSent && this.idleLimit > 0)
      this.engine.wheel.arm(this, Math.min(this.engine.coarseNow() + this.idleLimit, this.wholeDeadline))
  }

  /** False when a step cut the request. */
  private tapped(steps: readonly Step[], chunk: Uint8Array): boolean {
    for (const step of steps) {
      this.step = step
      let verdict: Reply | undefined
      try {
        verdict = step.policy.onRequestBody?.(this, chunk)
      } catch (error) {
        stepFailed(this, step.name, error)
        verdict = policyFailed
      }
      if (verdict === undefined) continue
      answer(this, (verdict as Reply | null)?.close === true ? verdict : { ...verdict, close: true })
      return false
    }
    return true
  }

  /** Ends a dry run, whose delivery never comes. */
  endDry(): void {
    this.attempt = undefined
    finish(this, false)
  }

  onTrailers(fields: FieldList): void {
    this.requestTrailers = fields
  }

  onEnd(): void {
    this.requestEnded = true
    if (this.phase === phase.over) return
    if (this.tunnel !== undefined) {
      this.tunnel.endOfClient()
      return
    }
    if (this.onBodyComplete !== undefined) {
      const complete = this.onBodyComplete
      this.onBodyComplete = undefined
      complete(joined(this))
      return
    }
    const { attempt } = this
    if (attempt !== undefined && attempt.ready && this.held === undefined) attempt.end(this.requestTrailers)
  }

  onDrain(): void {
    if (this.tunnel !== undefined) this.tunnel.clientDrained()
    else if (this.transforms === undefined) this.attempt?.resumeResponse()
    else {
      if (this.chain !== undefined) this.chain.blocked = false
      // From the client backwards, so that each finds room in the next.
      for (let i = this.transforms.length - 1; i >= 0; i--) this.transforms[i]?.drained?.()
    }
  }

  onFailure(cause: FailureCause): void {
    if (this.phase === phase.over || this.tunnel?.clientGone() === true) return
    const { attempt } = this
    this.attempt = undefined
    attempt?.abort('aborted')
    if (cause === 'closed' || cause === 'reset' || cause === 'aborted' || this.headSent) {
      if (!this.isInner) this.engine.telemetry.add('client_aborts_total', 1)
      if (!this.headSent) this.response.status = 499
      this.code = cause === 'malformed' ? 'GW4006' : 'GW4991'
      this.stream.abort()
      finish(this, true)
      return
    }
    answer(this, failedBody[cause] ?? bodyMalformed)
  }

  onShutdown(): void {
    this.tunnel?.close(closeCode.restart, 'the gateway shut down')
  }

  onDeadline(now: number): void {
    if (this.phase === phase.over) return
    if (this.headSent) {
      if (now >= this.wholeDeadline) cut(this, 'GW5043', 'timeout.whole is over')
      else cut(this, 'GW5043', 'nothing flowed for as long as timeout.idle allows')
      return
    }
    if (now >= this.totalDeadline) {
      if (this.late) answerAtOnce(this, tooSlow)
      else this.totalOver(now)
      return
    }
    const attempt = this.attempt
    if (attempt !== undefined && now >= attempt.deadline) {
      attempt.timedOut()
      return
    }
    if (now >= this.continueAt) {
      this.continueAt = Infinity
      this.stream.informational(100, noFields)
    }
    const next = Math.min(this.totalDeadline, this.continueAt, attempt?.deadline ?? Infinity)
    if (next !== Infinity) this.engine.wheel.arm(this, next)
  }

  /** `timeout.total` is over: 504. Response steps that wait are given as long once more, then go without a say. */
  private totalOver(now: number): void {
    const { attempt } = this
    this.late = true
    this.totalDeadline += this.totalDeadline - this.startedAt
    this.engine.wheel.arm(this, this.totalDeadline)
    this.cancel?.abort()
    this.attempt = undefined
    // A target that has answered is not late: a response step is.
    if (this.phase === phase.answered) attempt?.discard()
    else {
      attempt?.abort('timeout')
      this.serviceTime = this.deliveredAt === 0 ? 0 : now - this.deliveredAt
    }
    this.detail = `${this.service?.name ?? 'gateway'}: no answer in time${this.target === undefined ? '' : ` ${this.target.url}`}`
    answer(this, tooSlow)
  }
}
