import { Timed, type TimerWheel } from '../lib/timer-wheel.ts'

/** What a deadline needs to know. */
export interface DeadlineOwner {
  onExpired(kind: number): void
}

/** The deadline of what a connection waits to read; arming it for something else forgets what it was for. */
export class Deadline extends Timed {
  kind = 0
  private readonly wheel: TimerWheel
  private readonly owner: DeadlineOwner

  constructor(wheel: TimerWheel, owner: DeadlineOwner) {
    super()
    this.wheel = wheel
    this.owner = owner
  }

  /** @param at monotonic ms; Infinity for never */
  set(kind: number, at: number): void {
    this.kind = kind
    if (at === Infinity) this.wheel.rest(this)
    else this.wheel.arm(this, at)
  }
  clear(): void {
    this.kind = 0
    this.wheel.rest(this)
  }
  /** The connection is gone. */
  drop(): void {
    this.kind = 0
    this.wheel.remove(this)
  }
  onDeadline(): void {
    const { kind } = this
    this.kind = 0
    this.owner.onExpired(kind)
  }
}
