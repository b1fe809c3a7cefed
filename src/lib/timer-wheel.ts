/** Place of one deadline in a wheel. One shape for all owners: lists of mixed objects would be slow to walk. */
export class WheelEntry {
  owner: Timed | undefined = undefined
  deadline: number = Infinity
  /** Monotonic ms at which its slot is looked at. */
  due: number = 0
  slot: number = -1
  next: WheelEntry | undefined = undefined
  previous: WheelEntry | undefined = undefined
}

/** Something with one deadline at a time: connections, exchanges, pools. */
export abstract class Timed {
  /** The wheel's own business. */
  wheelEntry: WheelEntry | undefined = undefined
  /** Monotonic ms; Infinity when not armed. */
  get deadline(): number {
    return this.wheelEntry === undefined ? Infinity : this.wheelEntry.deadline
  }
  abstract onDeadline(now: number): void
}

const slotCount = 1024
const spareLimit = 4096

/**
 * Coarse timers: arming and re-arming is two stores as long as the deadline only moves later, which is what timeouts
 * of busy connections do. An entry found too early in its slot is put further on. Precision is one tick.
 */
export class TimerWheel {
  readonly tick: number
  private readonly heads: (WheelEntry | undefined)[] = Array.from({ length: slotCount }, () => undefined)
  private readonly found: WheelEntry[] = []
  private readonly spare: WheelEntry[] = []
  private last: number
  count = 0

  /** @param tick ms between two calls of `advance` @param now monotonic ms */
  constructor(tick: number, now: number) {
    this.tick = tick
    this.last = Math.floor(now / tick)
  }

  arm(timed: Timed, deadline: number): void {
    let entry = timed.wheelEntry
    if (entry === undefined) {
      entry = this.spare.pop() ?? new WheelEntry()
      entry.owner = timed
      timed.wheelEntry = entry
    }
    entry.deadline = deadline
    if (entry.slot < 0) this.insert(entry)
    else if (deadline < entry.due) {
      this.unlink(entry)
      this.insert(entry)
    }
  }
  /** Forgets the deadline but leaves the entry where it is: it will most likely be armed again. */
  rest(timed: Timed): void {
    if (timed.wheelEntry !== undefined) timed.wheelEntry.deadline = Infinity
  }
  /** Takes it out for good. */
  remove(timed: Timed): void {
    const entry = timed.wheelEntry
    if (entry === undefined) return
    timed.wheelEntry = undefined
    entry.owner = undefined
    entry.deadline = Infinity
    if (entry.slot >= 0) this.unlink(entry)
    if (this.spare.length < spareLimit) this.spare.push(entry)
  }

  /** Runs what is due. */
  advance(now: number): void {
    const target = Math.floor(now / this.tick)
    // After a long stall every slot is looked at once.
    const from = Math.max(this.last + 1, target - slotCount + 1)
    this.last = target
    const { found } = this
    for (let step = from; step <= target; step++) {
      const slot = step % slotCount
      for (let entry = this.heads[slot]; entry !== undefined; entry = this.heads[slot]) {
        this.unlink(entry)
        if (entry.deadline !== Infinity) found.push(entry)
      }
    }
    // Callbacks may arm or remove anything, so the lists are let go of first; an entry that found a new place is not due.
    for (const entry of found) {
      const { owner } = entry
      if (owner === undefined || entry.slot >= 0 || entry.deadline === Infinity) continue
      if (entry.deadline <= now) {
        entry.deadline = Infinity
        owner.onDeadline(now)
      } else this.insert(entry)
    }
    found.length = 0
  }

  private insert(entry: WheelEntry): void {
    const due = Math.ceil(entry.deadline / this.tick)
    const step = Math.min(Math.max(due, this.last + 1), this.last + slotCount - 1)
    const slot = step % slotCount
    const head = this.heads[slot]
    entry.slot = slot
    entry.due = step * this.tick
    entry.next = head
    entry.previous = undefined
    if (head !== undefined) head.previous = entry
    this.heads[slot] = entry
    this.count++
  }
  private unlink(entry: WheelEntry): void {
    if (entry.previous === undefined) this.heads[entry.slot] = entry.next
    else entry.previous.next = entry.next
    if (entry.next !== undefined) entry.next.previous = entry.previous
    entry.next = undefined
    entry.previous = undefined
    entry.slot = -1
    this.count--
  }
}
