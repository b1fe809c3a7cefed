/** A median with a distribution-free interval. */
export interface Estimate {
  readonly median: number
  readonly low: number
  readonly high: number
  /** Probability with which the interval covers the true median; below 0.95 only when there are fewer than 6 values. */
  readonly coverage: number
  /** Values it was made from. */
  readonly count: number
}

/** The stop rule of paired runs: at least `least`, at most `most` pairs, until the interval is within ± `within` of the median. */
export interface StopRule {
  readonly least: number
  readonly most: number
  /** A share of the median: 0.03 is ± 3 %. */
  readonly within: number
  /** Rounds after which every contestant gets a fresh process. */
  readonly life: number
}

/** The rule that figures are quoted under. */
export const quoted: StopRule = { least: 9, most: 41, within: 0.03, life: 3 }
/** A coarse look; its interval has less than 95 %. */
export const coarse: StopRule = { least: 3, most: 3, within: 0.03, life: 1 }

/** Middle value of an unordered list; the mean of the two middle ones when their number is even. NaN for an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) return Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** The value below which `share` (0 – 1) of the list lies, by nearest rank. NaN for an empty list. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN
}

/** P(at most k heads in n throws of a fair coin). */
function coin(n: number, k: number): number {
  let term = 0.5 ** n
  let sum = 0
  for (let i = 0; i <= k; i++) {
    sum += term
    term *= (n - i) / (i + 1)
  }
  return sum
}

/**
 * Median and the narrowest symmetric pair of order statistics that covers the true median with at least `confidence`,
 * whatever the distribution: x(k) … x(n+1−k) covers it with 1 − 2·P(Bin(n, ½) < k). With too few values it is their range.
 */
export function estimate(values: readonly number[], confidence = 0.95): Estimate {
  const sorted = values.toSorted((a, b) => a - b)
  const count = sorted.length
  let rank = 1
  while (rank < count / 2 && 1 - 2 * coin(count, rank) >= confidence) rank++
  return {
    median: median(sorted),
    low: sorted[rank - 1] ?? Number.NaN,
    high: sorted[count - rank] ?? Number.NaN,
    coverage: count === 0 ? 0 : Math.max(0, 1 - 2 * coin(count, rank - 1)),
    count,
  }
}

/** Whether both ends of the interval are within ± `within` of the median. */
export function isNarrow(found: Estimate, within: number): boolean {
  return found.low >= found.median * (1 - within) && found.high <= found.median * (1 + within)
}

/** Whether paired runs may end after these ratios. */
export function mayStop(ratios: readonly number[], rule: StopRule): boolean {
  if (ratios.length < rule.least) return false
  return ratios.length >= rule.most || isNarrow(estimate(ratios), rule.within)
}
