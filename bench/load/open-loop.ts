import { join } from 'node:path'
import type { Session } from '../session.ts'
import { runTool, type LoadResult } from './load.ts'

/** Requests that are due at a fixed rate. */
export interface OpenLoop {
  readonly port: number
  readonly paths: readonly string[]
  /** Requests a second. */
  readonly rate: number
  /** Measured seconds, after `warm` uncounted ones. */
  readonly seconds: number
  readonly warm: number
  readonly connections: number
  /**
   * How the tool waits. `turn`: never sleeps and takes a core, late by µs. `sleep`: leaves the core to others, late by up
   * to 2 ms; for rates and limits to which that is nothing.
   */
  readonly wait: 'turn' | 'sleep'
  /** File for every request's due time (ms since 1970) and latency (µs), as pairs of doubles. */
  readonly samples?: string
}

/** Latencies count from the moment a request was due. */
export interface OpenResult extends LoadResult {
  /** Connections that were closed by the other side. */
  readonly closed: number
  /** 99th percentile of how late the tool itself was, in µs: latencies below it mean nothing. */
  readonly lag: number
}

/** Runs the open-loop tool to its end. */
export function runOpenLoop(session: Session, loop: OpenLoop): Promise<OpenResult> {
  return runTool(session, 'open loop', process.execPath, [join(import.meta.dirname, 'open.ts'), JSON.stringify(loop)])
}
