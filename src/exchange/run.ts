import type { Reply } from '../contract/exchange.ts'
import type { Step } from '../contract/plan.ts'
import { hasEncodedSlash } from '../lib/path.ts'
import { isCrowded } from '../lib/query.ts'
import { deliver } from './attempt.ts'
import { stepFailed } from './end.ts'
import { handle } from './handle.ts'
import { refuse } from './problem.ts'
import { answer } from './respond.ts'
import { type ExchangeState, phase } from './state.ts'

const policyFailed = refuse('GW5001')
const noRoute = refuse('GW4041')
const crowded = refuse('GW4000', 'The query holds more than 1,000 parameters.')
const encodedSlash = refuse('GW4001', 'The path holds an encoded slash.')
const noUpgrade = refuse('GW4262')

/**
 * The way up: guards of the gateway, the match, steps of the route, delivery. Stays synchronous until a step really
 * waits, and is then called again where it left off.
 */
export const run = (exchange: ExchangeState): void => {
  if (exchange.phase === phase.guards) {
    const steps = exchange.listener.guards.request
    while (exchange.stepIndex < steps.length) {
      const step = steps[exchange.stepIndex++] as Step
      exchange.guardsReached = exchange.stepIndex
      if (!passes(exchange, step)) return
    }
    exchange.phase = phase.match
  }
  if (exchange.phase === phase.match) match(exchange)
  if (exchange.phase === phase.route) {
    const steps = exchange.routePlan.steps.request
    while (exchange.stepIndex < steps.length) {
      const step = steps[exchange.stepIndex++] as Step
      exchange.routeReached = exchange.stepIndex
      if (!passes(exchange, step)) return
    }
    act(exchange)
  }
}

/** Runs one step. False: it answered, or will go on later. */
const passes = (exchange: ExchangeState, step: Step): boolean => {
  if (exchange.dry && step.dry === 'unknown') return true
  exchange.step = step
  let verdict: Reply | undefined | Promise<Reply | undefined>
  const { stamp } = step
  try {
    if (stamp !== undefined) exchange.engine.stamp?.enter(stamp)
    verdict = step.policy.onRequest?.(exchange)
  } catch (error) {
    stepFailed(exchange, step.name, error)
    verdict = policyFailed
  }
  if (stamp !== undefined) exchange.engine.stamp?.leave()
  if (verdict === undefined) return true
  if (verdict instanceof Promise) wait(exchange, step, verdict)
  else {
    exchange.answeredBy = step
    answer(exchange, verdict)
  }
  return false
}

const wait = (exchange: ExchangeState, step: Step, verdict: Promise<Reply | undefined>): void => {
  const before = exchange.phase
  limitGuards(exchange)
  verdict
    .catch((error: unknown): Reply => {
      stepFailed(exchange, step.name, error)
      return policyFailed
    })
    .then((reply) => {
      // A time limit or the client's leaving may have ended it meanwhile.
      if (exchange.phase !== before) return
      if (reply === undefined) run(exchange)
      else {
        exchange.answeredBy = step
        answer(exchange, reply)
      }
    })
    .catch((error: unknown) => stepFailed(exchange, step.name, error))
}

/** Before a route is chosen no limit runs yet; a step that waits starts the one of requests that no route takes. */
const limitGuards = (exchange: ExchangeState): void => {
  const { total } = exchange.listener.unmatched.settings.timeout
  if (exchange.phase !== phase.guards || total === 0 || exchange.dry) return
  exchange.totalDeadline = exchange.startedAt + total
  exchange.engine.wheel.arm(exchange, exchange.totalDeadline)
}

const match = (exchange: ExchangeState): void => {
  const { request, listener } = exchange
  exchange.phase = phase.route
  exchange.stepIndex = 0
  // `OPTIONS *` asks the gateway itself (RFC 9110 §9.3.7).
  if (listener.redirect !== undefined || request.path === '*') return
  if (listener.readsQuery === true && isCrowded(request.query)) {
    answer(exchange, crowded)
    return
  }
  const found = listener.match(request)
  if (found.value === undefined) {
    exchange.allow = found.allow
    return
  }
  exchange.matched = true
  exchange.routePlan = found.value
  exchange.params = found.params
  const { slotCount } = found.value
  if (slotCount > exchange.slots.length)
    exchange.slots =
      exchange.slots.length === 0
        ? new Array<unknown>(slotCount)
        : [...exchange.slots, ...new Array<unknown>(slotCount - exchange.slots.length)]
  const { timeout } = found.value.settings
  const { wheel } = exchange.engine
  exchange.totalDeadline = timeout.total > 0 ? exchange.startedAt + timeout.total : Infinity
  if (timeout.header !== undefined) shorten(exchange, timeout.header)
  if (exchange.dry) return
  // A guard that waited has started the limit of requests without a route; from here on the route's holds.
  if (exchange.totalDeadline === Infinity) wheel.rest(exchange)
  else wheel.arm(exchange, exchange.totalDeadline)
}

/** The route's action; a request without a route is refused only after the guards of `defaults` had their say. */
const act = (exchange: ExchangeState): void => {
  if (!exchange.matched) {
    const { allow, listener } = exchange
    if (listener.redirect !== undefined) {
      answer(exchange, redirected(exchange, listener.redirect))
      return
    }
    if (exchange.request.path === '*')
      answer(exchange, { status: 204, headers: ['allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'] })
    else if (allow === undefined) answer(exchange, noRoute)
    else answer(exchange, refuse('GW4051', undefined, ['allow', allow.join(', ')]))
    return
  }
  const { action, settings } = exchange.routePlan
  if (settings.encodedSlash === 'refuse' && hasEncodedSlash(exchange.clientPath ?? exchange.request.path)) {
    answer(exchange, encodedSlash)
    return
  }
  if (exchange.upgrade !== '' && (settings.websocket === undefined || action.kind !== 'service')) {
    answer(exchange, noUpgrade)
    return
  }
  if (action.kind === 'service') deliver(exchange, undefined)
  else if (action.kind === 'reply') answer(exchange, reply(exchange, action.make))
  else handle(exchange, action.handle, action.stamp)
}

const reply = (exchange: ExchangeState, make: (exchange: ExchangeState) => Reply): Reply => {
  try {
    return make(exchange)
  } catch (error) {
    stepFailed(exchange, 'action', error)
    return policyFailed
  }
}

/** A listener that only redirects: to the same host and path at the other one's scheme and port (row 2.17). */
const redirected = (exchange: ExchangeState, to: { readonly scheme: string; readonly port: number }): Reply => {
  const { host, path, query } = exchange.request
  if (host === '') return refuse('GW4002')
  const port = to.port === (to.scheme === 'https' ? 443 : 80) ? '' : `:${to.port}`
  return {
    status: 308,
    headers: ['location', `${to.scheme}://${host}${port}${path}${query === '' ? '' : `?${query}`}`],
  }
}

/** A client may ask for less time than the route gives, in seconds; never for more. */
const shorten = (exchange: ExchangeState, header: Lowercase<string>): void => {
  const asked = exchange.request.fields.get(header)
  if (asked === undefined || !/^\d{1,6}(?:\.\d{1,6})?$/.test(asked)) return
  exchange.totalDeadline = Math.min(exchange.totalDeadline, exchange.startedAt + Number(asked) * 1000)
}
