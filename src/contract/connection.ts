import type { Target } from './plan.ts'
import type { FailureCause, ResponseSink, ServiceStream } from './streams.ts'

/** A connection to a target that the pool keeps. It is a stream while it serves an attempt. */
export interface ServiceConnection extends ServiceStream {
  /** Takes the next attempt. */
  begin(sink: ResponseSink): void
  /** Requests served before this one. */
  readonly served: number
  /** Monotonic ms until which it may wait idle; the service's own hint counts. */
  idleUntil: number
  readonly target: Target
  close(): void
}

/** What a connection tells the pool. */
export interface ConnectionEvents {
  /** Free for the next attempt. `hint`: seconds of the service's `Keep-Alive: timeout`, 0 when unsaid. */
  onIdle(connection: ServiceConnection, hint: number): void
  /** Cut while a request on a connection that had served before was unanswered, whether it is repeated or not: the race of row 9.10. */
  onStale(connection: ServiceConnection): void
  /** Gone, by whoever's wish; called once. */
  onClosed(connection: ServiceConnection): void
}

/** Opens connections to addresses; implemented by the codecs. `timeout`: ms that it may take, Infinity for no limit. */
export interface Dial {
  (
    target: Target,
    address: string,
    timeout: number,
    events: ConnectionEvents,
    done: (connection: ServiceConnection | undefined, cause: FailureCause) => void,
  ): { cancel(): void }
}
