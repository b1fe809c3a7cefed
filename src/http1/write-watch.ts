import { Timed, type TimerWheel } from '../lib/timer-wheel.ts'
import type { Wire } from './wire.ts'

/** What is told of a peer that takes nothing. */
export interface WriteWatchOwner {
  onStuck(): void
}

/** Watches a wire while output waits for its peer: someone who takes none of it for the whole limit is stuck. */
export class WriteWatch extends Timed {
  private readonly wheel: TimerWheel
  private readonly wire: Wire
  private readonly owner: WriteWatchOwner
  private limit = 0
  /** Bytes that the peer had taken when the limit began. */
  private taken = 0

  constructor(wheel: TimerWheel, wire: Wire, owner: WriteWatchOwner) {
    super()
    this.wheel = wheel
    this.wire = wire
    this.owner = owner
  }

  /** Begins, unless it runs. @param now monotonic ms @param limit ms; 0 for none */
  start(now: number, limit: number): void {
    if (this.deadline !== Infinity || limit === 0) return
    this.limit = limit
    this.taken = this.wire.taken
    this.wheel.arm(this, now + limit)
  }
  /** Nothing waits any more, or the connection is gone. */
  stop(): void {
    this.wheel.remove(this)
  }
  onDeadline(now: number): void {
    if (this.wire.taken === this.taken) this.owner.onStuck()
    else this.start(now, this.limit)
  }
}
