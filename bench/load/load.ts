import type { Session } from '../session.ts'

/** What a load tool saw. Times are µs. */
export interface LoadResult {
  readonly requests: number
  readonly bytes: number
  /** Length of the run. */
  readonly duration: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Requests without an answer, with one that is not 2xx, or with a wrong body. */
  readonly failures: number
  readonly detail: string
}

/** Runs a load tool to its end and takes the last line of its stdout as JSON. Throws with its stderr when it fails. */
export async function runTool<Result>(
  session: Session,
  name: string,
  command: string,
  args: readonly string[],
): Promise<Result> {
  const child = session.children.start(name, command, args)
  let last = ''
  child.onLine((line) => {
    if (line.startsWith('{')) last = line
  })
  const code = await child.ended
  if (code !== 0 || last === '') throw new Error(`${name} ended with ${code}:\n${child.lastWords()}`)
  return JSON.parse(last) as Result
}

/** Failures spoil a run: a proxy that drops requests is fast. */
export function refuseFailures(result: Pick<LoadResult, 'failures' | 'requests' | 'detail'>, label: string): void {
  if (result.failures > 0 || result.requests === 0) {
    throw new Error(`${label}: ${result.failures} of ${result.requests} requests failed (${result.detail})`)
  }
}
