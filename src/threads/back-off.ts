/** Pauses between restarts of something that keeps failing. */
export interface BackOff {
  /** ms until the next try: doubles from 50 to 2,000, and starts over after a minute without a failure. */
  next(): number
}

/** Makes one for a thread that is restarted; `now` is monotonic ms. */
export function createBackOff(now: () => number = () => performance.now()): BackOff {
  let pause = 0
  let last = -Infinity
  return {
    next: () => {
      const time = now()
      pause = time - last > 60_000 ? 0 : Math.min(2000, Math.max(50, pause * 2))
      last = time
      return pause
    },
  }
}
