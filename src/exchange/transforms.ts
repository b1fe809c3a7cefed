import type { BodySink, BodyTransform } from '../contract/policy.ts'
import { endAnswer } from './end-barrier.ts'
import { finish, stepFailed } from './end.ts'
import { type ExchangeState, phase } from './state.ts'

/** What the sinks of a chain know together. */
interface ChainState {
  /** The client takes no more for now, or a transform holds too much. */
  blocked: boolean
}

/** Last sink of a chain: the client. */
class ClientSink implements BodySink {
  private readonly exchange: ExchangeState
  private readonly state: ChainState
  constructor(exchange: ExchangeState, state: ChainState) {
    this.exchange = exchange
    this.state = state
  }
  push(chunk: Uint8Array): boolean {
    if (this.exchange.phase === phase.over) return true
    this.exchange.responseBytes += chunk.length
    if (this.exchange.stream.body(chunk)) return true
    this.state.blocked = true
    return false
  }
  finish(): void {
    if (this.exchange.phase === phase.over) return
    endAnswer(this.exchange)
  }
  fail(): void {
    if (this.exchange.phase === phase.over) return
    this.exchange.code = 'GW5001'
    this.exchange.attempt?.abort('aborted')
    this.exchange.stream.abort()
    finish(this.exchange, true)
  }
  pause(): void {
    this.exchange.attempt?.pauseResponse()
  }
  resume(): void {
    this.exchange.attempt?.resumeResponse()
  }
}

/** Sink of every transform but the last: the transform after it. */
class NextSink implements BodySink {
  private readonly exchange: ExchangeState
  private readonly next: BodyTransform
  private readonly last: BodySink
  private readonly state: ChainState
  constructor(exchange: ExchangeState, next: BodyTransform, last: BodySink, state: ChainState) {
    this.exchange = exchange
    this.next = next
    this.last = last
    this.state = state
  }
  push(chunk: Uint8Array): boolean {
    this.next.write(chunk)
    return !this.state.blocked
  }
  finish(): void {
    this.next.end()
  }
  fail(): void {
    this.last.fail()
  }
  pause(): void {
    this.exchange.attempt?.pauseResponse()
  }
  resume(): void {
    this.exchange.attempt?.resumeResponse()
  }
}

/** A transform of anybody's: what throws in it cuts its own answer, which cannot become whole any more. */
class GuardedTransform implements BodyTransform {
  private readonly exchange: ExchangeState
  private readonly name: string
  private readonly inner: BodyTransform
  private readonly last: BodySink
  constructor(exchange: ExchangeState, name: string, inner: BodyTransform, last: BodySink) {
    this.exchange = exchange
    this.name = name
    this.inner = inner
    this.last = last
  }
  write(chunk: Uint8Array): void {
    try {
      this.inner.write(chunk)
    } catch (error) {
      this.failed(error)
    }
  }
  end(): void {
    try {
      this.inner.end()
    } catch (error) {
      this.failed(error)
    }
  }
  drained(): void {
    try {
      this.inner.drained?.()
    } catch (error) {
      this.failed(error)
    }
  }
  destroy(): void {
    try {
      this.inner.destroy()
    } catch (error) {
      stepFailed(this.exchange, this.name, error)
    }
  }
  private failed(error: unknown): void {
    stepFailed(this.exchange, this.name, error)
    this.last.fail()
  }
}

/**
 * Asks each transforming step whether it wants this answer, and chains those that do. The length is then unknown.
 * False when one throws: the answer may not go out as it is.
 */
export const openTransforms = (exchange: ExchangeState): boolean => {
  if (exchange.bodyLength === 'none') return true
  const state: ChainState = { blocked: false }
  exchange.chain = state
  const last = new ClientSink(exchange, state)
  let sink: BodySink = last
  const chain: BodyTransform[] = []
  const steps = exchange.routePlan.steps.transform
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i] as (typeof steps)[number]
    exchange.step = step
    let transform: BodyTransform | undefined
    try {
      transform = step.policy.transformResponse?.(exchange, sink)
    } catch (error) {
      stepFailed(exchange, step.name, error)
      for (const one of chain) one.destroy()
      return false
    }
    if (transform === undefined) continue
    const guarded = new GuardedTransform(exchange, step.name, transform, last)
    chain.unshift(guarded)
    sink = new NextSink(exchange, guarded, last, state)
  }
  if (chain.length === 0) return true
  exchange.bodyLength = 'stream'
  if (exchange.bodiless) {
    // They were asked for what the head must say; there is nothing to change.
    for (const one of chain) one.destroy()
    return true
  }
  exchange.transforms = chain
  return true
}
