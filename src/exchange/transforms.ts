import type { BodySink, BodyTransform } from '../contract/policy.ts'
import { finish, stepFailed } from './end.ts'
import { type ExchangeState, phase } from './state.ts'

/** Last sink of a chain: the client. */
class ClientSink implements BodySink {
  private readonly exchange: ExchangeState
  constructor(exchange: ExchangeState) {
    this.exchange = exchange
  }
  push(chunk: Uint8Array): boolean {
    if (this.exchange.phase === phase.over) return true
    this.exchange.responseBytes += chunk.length
    return this.exchange.stream.body(chunk)
  }
  finish(): void {
    if (this.exchange.phase === phase.over) return
    this.exchange.stream.end(this.exchange.responseTrailers)
    finish(this.exchange, false)
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
  constructor(exchange: ExchangeState, next: BodyTransform, last: BodySink) {
    this.exchange = exchange
    this.next = next
    this.last = last
  }
  push(chunk: Uint8Array): boolean {
    this.next.write(chunk)
    return true
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

/** Asks each transforming step whether it wants this answer, and chains those that do. The length is then unknown. */
export const openTransforms = (exchange: ExchangeState): void => {
  if (exchange.bodyLength === 'none') return
  const last = new ClientSink(exchange)
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
    }
    if (transform === undefined) continue
    chain.unshift(transform)
    sink = new NextSink(exchange, transform, last)
  }
  if (chain.length === 0) return
  exchange.transforms = chain
  exchange.bodyLength = 'stream'
}
