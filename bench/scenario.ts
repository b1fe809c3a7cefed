import type { Peer } from './peers/peer.ts'
import type { Session } from './session.ts'
import type { Estimate, StopRule } from './statistics.ts'

/** What a scenario is run with. */
export interface Bench {
  readonly session: Session
  readonly rule: StopRule
  /** Seconds of one measured run; whole, at least 2. */
  readonly seconds: number
  /** The contestant that is judged: the gateway, unless the harness itself is being tried. */
  readonly subject: Peer
  /** Parts of a scenario that were asked for by name; empty = all. */
  readonly only: readonly string[]
  /** Whether the figures may go to docs/: the gateway itself, with the full stop rule. */
  readonly quotable: boolean
  /** One line of progress, for people. */
  say(text: string): void
}

/** One line of the table of what was measured. */
export interface Row {
  readonly label: string
  /** Column title, unit included, to value. */
  readonly figures: Readonly<Record<string, number>>
  /** Subject ÷ this. */
  readonly ratio?: Estimate
}

/** One figure that is held against a limit. */
export interface Check {
  /** What the figure is, as a noun phrase: `CPU per request ÷ nginx's`. */
  readonly what: string
  readonly value: Estimate
  readonly unit: '×' | 'ms' | 'KB' | 'MB' | ''
  /** At most this, to close; undefined = only shown. */
  readonly limit: number | undefined
  /** At most this is wished for. */
  readonly goal?: number
}

/** What a scenario found. */
export interface Outcome {
  readonly rows: readonly Row[]
  readonly checks: readonly Check[]
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[]
}

/** A named measurement. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Measures the gateway alone: another subject makes no sense. */
  readonly own?: boolean
  run(bench: Bench): Promise<Outcome>
}

/** Whether a figure keeps its limit: its median counts. A NaN keeps none. */
export function isMet(check: Check): boolean {
  return check.limit === undefined || check.value.median <= check.limit
}

/** A single reading as an estimate without spread. */
export function single(value: number): Estimate {
  return { median: value, low: value, high: value, coverage: 0, count: 1 }
}
