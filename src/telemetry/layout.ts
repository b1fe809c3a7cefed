import type { CounterName, GaugeName } from '../contract/telemetry.ts'
import { errors, type ErrorCode } from '../errors.ts'
import { longestStepName } from '../lib/step-name.ts'
import { histogramWidth } from './buckets.ts'
import { statusColumns } from './statuses.ts'

/**
 * Where things stand in shared memory. Every table is a list of segments; a segment holds one column per writer, and a
 * column one row per slot. Column 0 is the base that dead workers' counters are folded into; worker `i` owns `i + 1`.
 */
export const segmentRows = { routes: 256, listeners: 16, targets: 256 } as const
export type TableName = keyof typeof segmentRows

/** Offsets in a route's row: statuses, then the histogram of the whole, then that of the service. */
export const totalHistogram: number = statusColumns
export const serviceHistogram: number = statusColumns + histogramWidth
/** Offsets in a target's row. `out` is a gauge: how often this worker holds the target out now (0 or 1). */
export const targetCell = { request: 0, connectFailure: 1, failure: 2, ejected: 3, restored: 4, out: 5 } as const

/** Counters (Float64) in a row of each table. */
export const rowWidth: Readonly<Record<TableName, number>> = {
  routes: statusColumns + 2 * histogramWidth,
  listeners: statusColumns,
  targets: 8,
}

export const counterNames: readonly CounterName[] = [
  'connections_total',
  'connections_refused_total',
  'rejected_total',
  'retries_total',
  'stale_connections_total',
  'service_connections_total',
  'request_bytes_total',
  'response_bytes_total',
  'log_dropped_total',
  'upgrades_total',
  'shed_total',
  'client_aborts_total',
  'policy_errors_total',
]
export const gaugeNames: readonly GaugeName[] = ['connections', 'requests_in_flight', 'service_connections', 'tunnels']
/** Codes that answers are counted by; their order is that of `errors.ts`. */
export const codeNames: readonly ErrorCode[] = Object.keys(errors) as ErrorCode[]

/** Offsets in a worker's own row: counters, answers by code, gauges, and the signs of life. */
export const codesAt: number = counterNames.length
export const gaugesAt: number = codesAt + codeNames.length
export const beatAt: number = gaugesAt + gaugeNames.length
export const lagAt: number = beatAt + 1
export const heapAt: number = beatAt + 2
/** Whole cache lines, so that two workers never write to the same one. */
export const workerWidth: number = Math.ceil((beatAt + 3) / 8) * 8

/** Bytes for the name of the step that a worker runs, its length in front. */
export const stampBytes: number = longestStepName + 1
