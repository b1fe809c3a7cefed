/** Upper bounds of the duration histograms in ms; the exposition says them in seconds. A last bucket takes the rest. */
export const bucketBounds: readonly number[] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]
/** Counters of one histogram: one a bucket, the rest, and the sum in ms. */
export const histogramWidth: number = bucketBounds.length + 2
/** Place of the sum inside a histogram. */
export const sumOffset: number = bucketBounds.length + 1

const last = bucketBounds.length

/** Index of the bucket that takes a duration in ms; NaN and negative clocks fall into the first. */
export const bucketOf = (duration: number): number => {
  // Most answers are fast, so a walk from below beats a binary search.
  let index = 0
  while (index < last && duration > (bucketBounds[index] as number)) index++
  return index
}
