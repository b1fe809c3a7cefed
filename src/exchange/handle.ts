import type { Reply } from '../contract/exchange.ts'
import type { InnerHandler } from '../contract/plan.ts'
import { ChunkList } from '../lib/chunk-list.ts'
import { Fields } from '../lib/fields.ts'
import { stepFailed } from './end.ts'
import { refuse } from './problem.ts'
import { answer } from './respond.ts'
import { type ExchangeState, phase } from './state.ts'

const handlerFailed = refuse('GW5001')
const empty = new Uint8Array(0)
const noFields = new Fields()

/** Lets code answer: it gets the whole request body, and its signal aborts when the exchange ends before it does. */
export const handle = (exchange: ExchangeState, handler: InnerHandler, stamp: Uint8Array | undefined): void => {
  exchange.phase = phase.deliver
  if (exchange.dry) return
  if (exchange.request.length === 'none' || exchange.requestEnded)
    return call(exchange, handler, stamp, joined(exchange))
  if (exchange.expectContinue) exchange.stream.informational(100, noFields)
  exchange.onBodyComplete = (body) => call(exchange, handler, stamp, body)
  exchange.collected = exchange.held ?? new ChunkList()
  exchange.held = undefined
  if (!exchange.requestPaused) return
  exchange.requestPaused = false
  exchange.stream.resumeRequest()
}

/** Body chunks collected so far as one. */
export const joined = (exchange: ExchangeState): Uint8Array => {
  const chunks = exchange.collected ?? exchange.held
  exchange.collected = undefined
  exchange.held = undefined
  return chunks === undefined ? empty : chunks.joined()
}

const call = (
  exchange: ExchangeState,
  handler: InnerHandler,
  stamp: Uint8Array | undefined,
  body: Uint8Array,
): void => {
  const cancel = new AbortController()
  exchange.cancel = cancel
  exchange.deliveredAt = exchange.engine.now()
  const done = (reply: Reply): void => {
    exchange.cancel = undefined
    exchange.serviceTime = exchange.engine.now() - exchange.deliveredAt
    if (exchange.phase === phase.deliver) answer(exchange, reply)
  }
  const failed = (error: unknown): void => {
    if (exchange.phase !== phase.deliver) return
    stepFailed(exchange, 'handler', error)
    done(handlerFailed)
  }
  if (stamp !== undefined) exchange.engine.stamp?.enter(stamp)
  try {
    const result = handler(exchange, body, cancel.signal)
    if (result instanceof Promise) result.then(done, failed).catch(failed)
    else done(result)
  } catch (error) {
    failed(error)
  }
  if (stamp !== undefined) exchange.engine.stamp?.leave()
}
