import { join } from 'node:path'
import type { Session } from '../session.ts'
import { runTool, type LoadResult } from './load.ts'

/** A closed loop: every connection sends its next request when the answer to the last one has come. */
export interface ClosedLoop {
  readonly port: number
  readonly paths: readonly string[]
  /** Whole seconds. */
  readonly seconds: number
  readonly method?: string
  /** Bytes of body with each request, at least 2 if any. */
  readonly body?: number
  /** Fields beside those that every request has. */
  readonly headers?: Readonly<Record<string, string>>
  /** Default 64. */
  readonly connections?: number
}

/** Runs wrk with one thread. Latency is from the moment a request is sent, which hides what stalls; see `open.ts` for the other. */
export function runWrk(session: Session, loop: ClosedLoop): Promise<LoadResult> {
  const options = [
    '-t1',
    `-c${loop.connections ?? 64}`,
    `-d${loop.seconds}s`,
    '--timeout',
    '10s',
    '-s',
    join(import.meta.dirname, 'wrk.lua'),
  ]
  const headers = Object.entries(loop.headers ?? {}).map(([name, value]) => `${name}:${value}`)
  const script = [loop.method ?? 'GET', `${loop.body ?? 0}`, `${headers.length}`, ...headers, ...loop.paths]
  return runTool(session, 'wrk', 'wrk', [...options, `http://127.0.0.1:${loop.port}`, '--', ...script])
}
