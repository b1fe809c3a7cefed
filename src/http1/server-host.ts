import type { ListenerTimeouts, MessageLimits } from '../contract/plan.ts'
import type { RequestSink } from '../contract/streams.ts'
import type { TimerWheel } from '../lib/timer-wheel.ts'
import type { HeadRefusal } from './head-refusals.ts'
import type { RequestHead } from './request-head.ts'

/** What connections need from the gateway; one object per listener, shared by its connections. */
export interface ServerHost<Connection> {
  limits: MessageLimits
  timeouts: ListenerTimeouts
  readonly wheel: TimerWheel
  /** Monotonic ms, at most one tick old. */
  now(): number
  /** Line break and `Date` line, made once a second. */
  date(): string
  /** True while draining, and once the listener has left: every answer says `Connection: close`. */
  draining(): boolean
  begin(connection: Connection, head: RequestHead): RequestSink
  /** The whole answer to a head that was refused, and its accounting. */
  refused(connection: Connection, refusal: HeadRefusal): string
  closed(connection: Connection): void
}
