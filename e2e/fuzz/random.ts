/** A small seeded generator: the same seed gives the same inputs, so a failure can be run again. */
export class Random {
  private state: number
  constructor(seed: number) {
    this.state = seed >>> 0
  }
  /** 0 – 2^32 − 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  /** 0 – n − 1. */
  below(n: number): number {
    return this.next() % n
  }
  /** True once in n. */
  once(n: number): boolean {
    return this.below(n) === 0
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }
}
