import type { Exchange } from './exchange.ts'
import type { RoutePlan } from './plan.ts'

/** Where a data worker leaves what happened. Every call is synchronous, allocates nothing on the plain path and never throws. */
export interface Telemetry {
  /** Once for each exchange, at its very end: counts it and writes its access record. */
  exchangeEnded(exchange: Exchange, route: RoutePlan, facts: EndFacts): void
  /** A request refused before an exchange existed (malformed head); counted and logged. `id` is the one of its answer. */
  refused(
    listenerSlot: number,
    listener: string,
    status: number,
    code: string,
    address: string,
    detail: string,
    id?: string,
  ): void
  add(counter: CounterName, by: number): void
  gauge(gauge: GaugeName, by: number): void
  /** Per-target gauges and counters. */
  target(slot: number, what: 'request' | 'connect-failure' | 'failure' | 'ejected' | 'restored', by: number): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Times are monotonic ms; 0 where it did not happen. */
export interface EndFacts {
  readonly endedAt: number
  /** Time spent waiting for the service: from the first attempt to the head of its answer. */
  readonly serviceTime: number
  /** Time to the first byte of the answer. */
  readonly firstByteAt: number
  readonly status: number
  readonly aborted: boolean
}

export type CounterName =
  | 'connections_total'
  | 'connections_refused_total'
  | 'rejected_total'
  | 'retries_total'
  | 'stale_connections_total'
  | 'service_connections_total'
  | 'request_bytes_total'
  | 'response_bytes_total'
  | 'log_dropped_total'
  | 'upgrades_total'
  | 'shed_total'
  | 'client_aborts_total'
  | 'policy_errors_total'
export type GaugeName = 'connections' | 'requests_in_flight' | 'service_connections' | 'tunnels'
