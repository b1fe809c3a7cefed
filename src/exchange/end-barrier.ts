import type { FieldList } from '../contract/fields.ts'
import type { Step } from '../contract/plan.ts'
import type { BodyLength, ClientStream } from '../contract/streams.ts'
import { Fields } from '../lib/fields.ts'
import { finish, stepFailed } from './end.ts'
import { problemBody } from './problem.ts'
import { type ExchangeState, phase } from './state.ts'

interface Head {
  readonly status: number
  readonly fields: FieldList
  readonly length: BodyLength
}

/**
 * Stands before the client while something must be durable before the answer is whole: holds the latest piece back, so
 * that the last byte is still here when the end comes (decision 0010). Only exchanges whose steps ask for it have one.
 */
export class EndBarrier implements ClientStream {
  private readonly client: ClientStream
  private readonly exchange: ExchangeState
  private readonly steps: readonly Step[]
  private heldHead: Head | undefined
  private heldChunk: Uint8Array | undefined
  private waiting = false

  constructor(exchange: ExchangeState, steps: readonly Step[]) {
    this.exchange = exchange
    this.client = exchange.stream
    this.steps = steps
  }

  informational(status: number, fields: FieldList): void {
    this.client.informational(status, fields)
  }
  head(status: number, fields: FieldList, length: BodyLength): void {
    if (length === 'tunnel') this.client.head(status, fields, length)
    else this.heldHead = { status, fields, length }
  }
  body(chunk: Uint8Array): boolean {
    if (chunk.length === 0) return true
    const flows = this.release()
    // Lent bytes do not outlive this call.
    this.heldChunk = Buffer.from(chunk)
    return flows
  }
  end(trailers?: FieldList): void {
    if (this.waiting) return
    this.waiting = true
    this.keep().then(
      () => this.complete(trailers),
      (error: unknown) => this.failed(error),
    )
  }
  abort(): void {
    this.client.abort()
  }
  pauseRequest(): void {
    this.client.pauseRequest()
  }
  resumeRequest(): void {
    this.client.resumeRequest()
  }
  closeAfter(): void {
    this.client.closeAfter()
  }
  halfClose(): void {
    this.client.halfClose?.()
  }

  /** Sends what was held back; false while the client takes no more. */
  private release(): boolean {
    const { heldHead, heldChunk } = this
    this.heldHead = undefined
    this.heldChunk = undefined
    if (heldHead !== undefined) this.client.head(heldHead.status, heldHead.fields, heldHead.length)
    return heldChunk === undefined || this.client.body(heldChunk)
  }

  /** One step after the other: what a later one keeps may rest on what an earlier one kept. */
  private async keep(): Promise<void> {
    for (const step of this.steps) {
      this.exchange.step = step
      // oxlint-disable-next-line no-await-in-loop -- in order, see above
      await step.policy.beforeEnd?.(this.exchange)
    }
  }

  private complete(trailers: FieldList | undefined): void {
    if (this.exchange.phase === phase.over) return
    this.release()
    this.client.end(trailers)
    finish(this.exchange, false)
  }

  /** What had to be kept was not: the client must not take the answer for whole. */
  private failed(error: unknown): void {
    const { exchange } = this
    stepFailed(exchange, exchange.step?.name ?? 'end', error)
    if (exchange.phase === phase.over) return
    exchange.code = 'GW5001'
    if (this.heldHead === undefined) {
      this.client.abort()
      finish(exchange, true)
      return
    }
    const body = Buffer.from(problemBody('GW5001', 500, undefined, exchange.request.path, exchange.id))
    const fields = Fields.of('content-type', 'application/problem+json', 'x-request-id', exchange.id)
    exchange.response.status = 500
    exchange.response.source = 'gateway'
    this.client.head(500, fields, body.length)
    this.client.body(body)
    this.client.end()
    finish(exchange, false)
  }
}

/** Ends the answer, at once or when its barrier has been passed. */
export const endAnswer = (exchange: ExchangeState): void => {
  exchange.stream.end(exchange.responseTrailers)
  if (!(exchange.stream instanceof EndBarrier)) finish(exchange, false)
}

/** Puts the barrier before the client if a step of this exchange has something to keep. */
export const raiseBarrier = (exchange: ExchangeState): void => {
  const { barrier } = exchange.routePlan.steps
  const ofGateway = exchange.listener.guards.barrier
  if ((barrier.length === 0 && ofGateway.length === 0) || exchange.isInner || exchange.stream instanceof EndBarrier)
    return
  exchange.stream = new EndBarrier(exchange, ofGateway.length === 0 ? barrier : [...ofGateway, ...barrier])
}
