import { setTimeout } from 'node:timers/promises'
import type { MainEvent } from './events.ts'

/** How a gateway ends; times in ms. */
export interface ShutDownOptions {
  readonly signal: string
  /** Not ready any more, and still serving. */
  readonly delay: number
  /** Time for what runs to finish. */
  readonly timeout: number
  drain(timeout: number): Promise<{ readonly finished: number; readonly cut: number }>
  /** Ends every thread; what still runs is cut. */
  end(): Promise<void>
  emit(event: MainEvent): void
}

/** A gateway that is ending. */
export interface ShutDown {
  /** A second signal: the delay is over now; during the drain, what runs is cut. */
  hurry(): void
  readonly done: Promise<void>
}

/** Ends in order: told to be not ready, `delay`, stop accepting and finish within `timeout`, end the threads. */
export function shutDown(options: ShutDownOptions): ShutDown {
  const { signal, delay, timeout } = options
  const from = performance.now()
  let moveOn: () => void = () => {}
  const early = (): Promise<undefined> => new Promise((resolve) => (moveOn = () => resolve(undefined)))
  const work = async (): Promise<void> => {
    options.emit({ kind: 'draining', signal, delay, timeout })
    if (delay > 0) {
      const stopWaiting = new AbortController()
      await Promise.race([early(), setTimeout(delay, undefined, { signal: stopWaiting.signal }).catch(() => undefined)])
      stopWaiting.abort()
    }
    const { finished, cut } = (await Promise.race([early(), options.drain(timeout)])) ?? { finished: 0, cut: 0 }
    options.emit({ kind: 'stopped', finished, cut, ms: performance.now() - from })
    await options.end()
  }
  return { hurry: () => moveOn(), done: work() }
}
