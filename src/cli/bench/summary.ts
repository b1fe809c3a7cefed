import type { LoadResult } from './load.ts'

/** Figures of one run; times in ms. */
export interface LoadSummary {
  readonly requests: number
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly errors: number
  readonly statuses: Readonly<Record<string, number>>
}

/** The value below which a share of the ascending times lies; 0 without any. */
export const percentile = (ascending: readonly number[], share: number): number =>
  ascending.length === 0
    ? 0
    : (ascending[Math.min(ascending.length - 1, Math.max(0, Math.ceil(share * ascending.length) - 1))] as number)

/** Sums a run up. */
export const summarize = (result: LoadResult): LoadSummary => ({
  requests: result.times.length,
  perSecond: result.elapsed === 0 ? 0 : (result.times.length * 1000) / result.elapsed,
  p50: percentile(result.times, 0.5),
  p95: percentile(result.times, 0.95),
  p99: percentile(result.times, 0.99),
  errors: result.errors,
  statuses: result.statuses,
})

/** `12 ms`, `0.84 ms`. */
export const formatMs = (ms: number): string =>
  `${ms >= 10 ? ms.toFixed(0) : ms >= 1 ? ms.toFixed(1) : ms.toFixed(2)} ms`
