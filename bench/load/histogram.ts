const subBits = 7
const sub = 1 << subBits
const half = sub >> 1

/**
 * Counts of whole microseconds in buckets whose width grows with the value (as HdrHistogram does): exact below 128 µs,
 * above it at most 1/64 too high. Recording allocates nothing. Values above 2^40 µs (12 days) count as that.
 */
export class Histogram {
  readonly #counts = new Float64Array((41 - subBits) * half + sub)
  #total = 0
  #max = 0
  #sum = 0

  /** Values recorded. */
  get total(): number {
    return this.#total
  }

  /** Largest value recorded, exactly; 0 when empty. */
  get max(): number {
    return this.#max
  }

  /** Mean of the exact values; 0 when empty. */
  get mean(): number {
    return this.#total === 0 ? 0 : this.#sum / this.#total
  }

  /** Counts one value in µs; fractions are rounded up, negative ones count as 0. */
  record(microseconds: number): void {
    const value = Math.min(2 ** 40, Math.max(0, Math.ceil(microseconds)))
    const index = indexOf(value)
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#total++
    this.#sum += value
    if (value > this.#max) this.#max = value
  }

  /** Highest value that the bucket holding the `share` (0 – 1) of all values can stand for, never above the maximum; 0 when empty. */
  percentile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#total))
    let seen = 0
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index] ?? 0
      if (seen >= rank) return Math.min(this.#max, topOf(index))
    }
    return this.#max
  }

  /** Adds the counts of another histogram to this one. */
  add(other: Histogram): void {
    for (let index = 0; index < this.#counts.length; index++) {
      this.#counts[index] = (this.#counts[index] ?? 0) + (other.#counts[index] ?? 0)
    }
    this.#total += other.#total
    this.#sum += other.#sum
    this.#max = Math.max(this.#max, other.#max)
  }
}

function indexOf(value: number): number {
  if (value < sub) return value
  const shift = Math.floor(Math.log2(value)) - (subBits - 1)
  // Division instead of a bit shift: values may exceed 32 bits.
  return shift * half + Math.floor(value / 2 ** shift)
}

function topOf(index: number): number {
  if (index < sub) return index
  const shift = Math.floor(index / half) - 1
  return (index - shift * half + 1) * 2 ** shift - 1
}
