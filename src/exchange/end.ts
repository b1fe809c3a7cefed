import type { EndFacts } from '../contract/telemetry.ts'
import { errorLine } from '../lib/error-line.ts'
import { type ExchangeState, phase } from './state.ts'

/** The last act of every exchange, however it went: end hooks, accounting, timers. Runs exactly once. */
export const finish = (exchange: ExchangeState, aborted: boolean): void => {
  if (exchange.phase === phase.over) return
  exchange.phase = phase.over
  exchange.aborted = aborted
  const { engine } = exchange
  engine.wheel.remove(exchange)
  exchange.tunnel?.release()
  if (exchange.transforms !== undefined) for (const transform of exchange.transforms) transform.destroy()
  exchange.cancel?.abort()
  if (!exchange.dry) {
    runEnd(exchange, exchange.routePlan.steps.end)
    if (!exchange.isInner) runEnd(exchange, exchange.listener.guards.end)
  }
  if (!exchange.dry && !exchange.isInner) account(exchange, aborted)
  // Last of all: what the plan wrote to may be given to another one now.
  const { load } = exchange.listener
  if (--load.inFlight === 0) load.idle?.()
}

const account = (exchange: ExchangeState, aborted: boolean): void => {
  const { engine } = exchange
  engine.telemetry.gauge('requests_in_flight', -1)
  const facts: EndFacts = {
    endedAt: engine.now(),
    serviceTime: exchange.serviceTime,
    firstByteAt: exchange.firstByteAt,
    status: exchange.response.status,
    aborted,
  }
  engine.telemetry.exchangeEnded(exchange, exchange.routePlan, facts)
}

const runEnd = (exchange: ExchangeState, steps: ExchangeState['routePlan']['steps']['end']): void => {
  for (const step of steps) {
    exchange.step = step
    try {
      step.policy.onEnd?.(exchange)
    } catch (error) {
      stepFailed(exchange, step.name, error)
    }
  }
}

/** Says which policy threw; its request gets 500, nobody else notices (row 11.6). */
export const stepFailed = (exchange: ExchangeState, step: string, error: unknown): void => {
  exchange.engine.telemetry.add('policy_errors_total', 1)
  exchange.engine.telemetry.log('error', 'policy failed', {
    policy: step,
    route: exchange.route?.name,
    requestId: exchange.id,
    error: errorLine(error),
  })
}
