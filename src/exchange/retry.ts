import type { FailureCause } from '../contract/streams.ts'
import { ChunkList } from '../lib/chunk-list.ts'
import { type ExchangeState, holdLimit } from './state.ts'

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PROPFIND', 'REPORT', 'SEARCH'])

/**
 * Whether another try cannot do harm: nothing was sent, or the method may be repeated and its body is still here.
 * Whoever waited for a place in vain would only wait again.
 */
export const mayTryAgain = (exchange: ExchangeState, cause: FailureCause, nothingSent: boolean): boolean => {
  const may = nothingSent || ((cause === 'reset' || cause === 'closed') && idempotent.has(exchange.request.method))
  const hasBody = exchange.request.length === 'none' || !exchange.bodyGiven || exchange.replayable
  return may && hasBody && cause !== 'pool' && exchange.attempts < exchange.routePlan.settings.attempts
}

/** Puts what the last attempt got of the body back before what has not been sent. */
export const replay = (exchange: ExchangeState): void => {
  if (!exchange.bodyGiven) return
  exchange.held = exchange.replay?.copy()
  exchange.bodyGiven = false
}

/** Keeps a lent chunk until there is somebody to send it to. */
export const hold = (exchange: ExchangeState, chunk: Uint8Array): void => {
  const held = (exchange.held ??= new ChunkList())
  held.add(chunk)
  if (held.size >= holdLimit && !exchange.requestPaused) {
    exchange.requestPaused = true
    exchange.stream.pauseRequest()
  }
}
/** Keeps a copy of a body that may have to be sent again, as long as it is small. */
export const keepForReplay = (exchange: ExchangeState, chunk: Uint8Array): void => {
  if (!exchange.replayable) return
  if (!idempotent.has(exchange.request.method) || exchange.requestBytes > holdLimit) {
    exchange.replayable = false
    exchange.replay = undefined
  } else (exchange.replay ??= new ChunkList()).add(chunk)
}
