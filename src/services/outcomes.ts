import { parseStatusRange } from '../lib/status-range.ts'

/** How an attempt ended, as the service is told. */
export type Outcome = 'ok' | 'connect' | 'reset' | 'timeout' | 'status' | 'aborted'

const usual: readonly string[] = ['connect', 'reset', '5xx']

/**
 * Compiles a list of outcomes (config.md §1.3) into the question whether one of them happened; the usual failures when
 * nothing is listed. An attempt that was cut from our side is never one.
 */
export const createOutcomes = (on: readonly string[] = usual): ((outcome: Outcome, status: number) => boolean) => {
  const words = new Set(on)
  const statuses = new Uint8Array(600)
  for (const word of on) {
    const range = parseStatusRange(word)
    if (range !== undefined) statuses.fill(1, range[0], range[1] + 1)
  }
  return (outcome, status) =>
    outcome === 'ok' || outcome === 'status' ? statuses[status] === 1 : outcome !== 'aborted' && words.has(outcome)
}
