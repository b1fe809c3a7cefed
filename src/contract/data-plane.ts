import type { BoundSocket, Server } from 'node:net'
import type { Origin } from './diagnostic.ts'
import type { Snapshot } from './snapshot.ts'
import type { Telemetry } from './telemetry.ts'
import type { CodeRef } from './snapshot.ts'
import type { SlotTable, TargetTable } from './threads.ts'

/** A request to explain: what `gwanmun explain` and `POST /v1/explain` ask. */
export interface ExplainRequest {
  readonly method: string
  readonly url: string
  /** Flat name, value pairs. */
  readonly headers: readonly string[]
  readonly body?: string | Uint8Array
  /** Address of the pretended client; default 127.0.0.1. */
  readonly from?: string
  /** Listener that takes it; default the one whose port the URL names, else the first. */
  readonly listener?: string
}

/** A request that begins inside the process. */
export interface InnerRequest {
  readonly method: string
  /** Absolute, or a path for the first listener. */
  readonly url: string
  /** Flat name, value pairs. */
  readonly headers?: readonly string[]
  readonly body?: Uint8Array | string
  /** Address of the pretended client; default 127.0.0.1. */
  readonly from?: string
  /** Listener that takes it; default the one whose port the URL names, else the first. */
  readonly listener?: string
}
/** The whole answer to it. */
export interface InnerResponse {
  readonly status: number
  /** By lower-case name; several values joined with ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** Flat name, value pairs as they would be sent. */
  readonly rawHeaders: readonly string[]
  readonly body: Uint8Array
  text(): string
  /** Throws a SyntaxError when the body is no JSON. */
  json(): unknown
}

/** What the engine in dry mode found. */
export interface ExplainResult {
  readonly route: string | undefined
  readonly status: number
  readonly code: string | undefined
  readonly listener?: string
  /** Path pattern and methods of the route, as written. */
  readonly describes?: string
  readonly origin?: Origin
  /** The other routes, nearest first, each with the first reason it lost. */
  readonly lost?: readonly { readonly name: string; readonly reason: string; readonly origin?: Origin }[]
  /** Every step of the plan, in running order. */
  readonly steps?: readonly ExplainStep[]
  /** Who would answer: a service that was not asked, a handler that was not run, or the gateway itself. */
  readonly source?: 'service' | 'handler' | 'gateway'
  readonly service?: string
  /** File name of the handler; empty for a function of the library's caller. */
  readonly handler?: string
  readonly target?: string
  /** Method, path and query as the target would get them. */
  readonly sends?: string
  /** The sentence of the problem document. */
  readonly detail?: string
  /** What to change to get another answer, in one line. */
  readonly fix?: string
}

/** One step of an explanation. `unknown`: it cannot be run dry and is only described. */
export interface ExplainStep {
  readonly stage: string
  readonly name: string
  readonly chain: string
  readonly verdict: 'passed' | 'answered' | 'unknown' | 'not-reached'
  readonly words: string
  readonly origin?: Origin
}

/** How a worker fares, as of its latest look: read on the hot path without a message (rows 11.5). */
export interface Vitals {
  /** How late the loop's timers fire, ms: the least of several looks in a row, so that one stall sheds nothing. */
  readonly lag: number
  /** Share of the heap limit that survived the latest look, 0 – 1. */
  readonly heap: number
}

/** What a data plane needs from the thread it runs in. */
export interface DataPlanePorts {
  readonly telemetry: Telemetry
  /** Column of this worker in shared memory. */
  readonly worker: number
  readonly node: string
  readonly version: string
  /** Random text of this start, the same for all workers: how the gateway knows itself in `Via`. */
  readonly start: string
  /** Browsers get the gateway's problem documents as pages, which `gwanmun dev` asks for; default false. */
  readonly pages?: boolean
  /** Absent in the library, where nothing is shed. */
  readonly vitals?: Vitals
  /** Where the name of the user code that runs is left, for main to read when the loop stands still. */
  readonly stamp?: { enter(name: Uint8Array): void; leave(): void }
  /** Imports the code a snapshot names, as of that generation. */
  importCode?(ref: CodeRef, generation: number): Promise<unknown>
  /** User code failed outside any request; the worker is then replaced as planned. */
  onFatal?(error: unknown, step: string | undefined): void
  /** Nothing runs any more on the plan of a load that was replaced: its slots of shared memory are not written to. */
  onLeft?(load: number): void
}

/** The data path of one thread: plan, listeners, exchanges, service connections. */
export interface DataPlane {
  /**
   * Builds the plan of a load in slices of at most 2 ms between requests; rejects with a reason when code cannot be
   * loaded. `load` is its number for `commit` and `discard`; default 0.
   */
  prepare(snapshot: Snapshot, slots: SlotTable, targets: TargetTable, load?: number): Promise<void>
  /**
   * Swaps one reference; listeners that left are closed, new ones need `attach`. Throws when another load was prepared
   * last.
   */
  commit(load?: number): void
  /** A load that is prepared, or being prepared, will not be committed: its policies are closed. */
  discard(load: number): void
  /** Begins accepting on a socket bound by main, or on a listening server another worker gave away. */
  attach(listener: string, socket: BoundSocket | Server): Promise<void>
  /** Stops accepting here and gives the listening server away. */
  detach(listener: string): Server | undefined
  setTargets(targets: TargetTable): void
  explain(request: ExplainRequest): Promise<ExplainResult>
  /** Runs a request without a client socket; rejects when its answer is cut. */
  inject(request: InnerRequest): Promise<InnerResponse>
  /** Says `Connection: close` on answers and closes idle connections; resolves when all are gone or cut at `timeout` ms. */
  drain(timeout: number): Promise<{ readonly finished: number; readonly cut: number }>
  /** Cuts what runs and closes everything, policies included. */
  close(): void
  stats(): { readonly connections: number; readonly inFlight: number }
}
