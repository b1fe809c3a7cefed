import type { Telemetry } from '../contract/telemetry.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { AnswerRest } from './answer-rest.ts'

/** What all exchanges of a thread share. */
export interface Engine {
  readonly telemetry: Telemetry
  readonly wheel: TimerWheel
  /** Monotonic ms, exact. */
  now(): number
  /** Monotonic ms, at most one tick old. */
  coarseNow(): number
  /** Wall clock, ms since 1970. */
  time(): number
  /** Text that stands for this gateway in `Via`; the same for all its workers, different for every start. */
  readonly via: string
  /** Problem documents say what to do about them (`admin.debug`). */
  hints?: boolean
  /** Browsers get problem documents as pages (`gwanmun dev`). */
  readonly pages?: boolean
  /** What of replaced answers still runs out; whoever stops the clock cuts it. Made with the first. */
  rests?: Set<AnswerRest>
  nextRequestId(): string
  /** A `traceparent` with random ids, not sampled (W3C Trace Context §3.2). */
  nextTrace(): string
  /** Whether load has to be shed (config.md §5.3, `overload`). */
  overloaded(): boolean
  /** User code is about to run, or has returned; null for none. */
  stamp: { enter(name: Uint8Array): void; leave(): void } | undefined
}
