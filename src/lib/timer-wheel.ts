/** Something with one deadline at a time. Subclassed by connections and exchanges; the fields belong to the wheel. */
export abstract class Timed {
  /** Monotonic ms; Infinity when not armed. */
  deadline: number = Infinity
  wheelNext: Timed | undefined
  wheelPrevious: Timed | undefined
  wheelSlot: number = -1
  /** Monotonic ms at which its slot is looked at. */
  wheelDue: number = 0
  abstract onDeadline(now: number): void
}

const slotCount = 1024

/**
 * Coarse timers: arming and re-arming is two stores as long as the deadline only moves later, which is what timeouts
 * of busy connections do. An entry found too early in its slot is put further on. Precision is one tick.
 */
export class TimerWheel {
  readonly tick: number
  private readonly heads: (Timed | undefined)[] = Array.from({ length: slotCount }, () => undefined)
  private readonly found: Timed[] = []
  private last: number
  count = 0

  /** @param tick ms between two calls of `advance` @param now monotonic ms */
  constructor(tick: number, now: number) {
    this.tick = tick
    this.last = Math.floor(now / tick)
  }

  arm(entry: Timed, deadline: number): void {
    entry.deadline = deadline
    if (entry.wheelSlot < 0) this.insert(entry)
    else if (deadline < entry.wheelDue) {
      this.unlink(entry)
      this.insert(entry)
    }
  }
  /** Forgets the deadline but leaves the entry where it is: it will most likely be armed again. */
  rest(entry: Timed): void {
    entry.deadline = Infinity
  }
  /** Takes the entry out for good. */
  remove(entry: Timed): void {
    entry.deadline = Infinity
    if (entry.wheelSlot >= 0) this.unlink(entry)
  }

  /** Runs what is due. */
  advance(now: number): void {
    const target = Math.floor(now / this.tick)
    // After a long stall every slot is looked at once.
    const from = Math.max(this.last + 1, target - slotCount + 1)
    this.last = target
    const found = this.found
    for (let step = from; step <= target; step++) {
      const slot = step % slotCount
      for (let entry = this.heads[slot]; entry !== undefined; entry = this.heads[slot]) {
        this.unlink(entry)
        if (entry.deadline !== Infinity) found.push(entry)
      }
    }
    // Callbacks may arm or remove any entry, so the lists are let go of first.
    for (const entry of found) {
      if (entry.wheelSlot >= 0 || entry.deadline === Infinity) continue
      if (entry.deadline <= now) {
        entry.deadline = Infinity
        entry.onDeadline(now)
      } else this.insert(entry)
    }
    found.length = 0
  }

  private insert(entry: Timed): void {
    const due = Math.ceil(entry.deadline / this.tick)
    const step = Math.min(Math.max(due, this.last + 1), this.last + slotCount - 1)
    const slot = step % slotCount
    const head = this.heads[slot]
    entry.wheelSlot = slot
    entry.wheelDue = step * this.tick
    entry.wheelNext = head
    entry.wheelPrevious = undefined
    if (head !== undefined) head.wheelPrevious = entry
    this.heads[slot] = entry
    this.count++
  }
  private unlink(entry: Timed): void {
    if (entry.wheelPrevious === undefined) this.heads[entry.wheelSlot] = entry.wheelNext
    else entry.wheelPrevious.wheelNext = entry.wheelNext
    if (entry.wheelNext !== undefined) entry.wheelNext.wheelPrevious = entry.wheelPrevious
    entry.wheelNext = undefined
    entry.wheelPrevious = undefined
    entry.wheelSlot = -1
    this.count--
  }
}
