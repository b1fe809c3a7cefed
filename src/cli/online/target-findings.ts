import type { WrittenTarget } from '../../checker.ts'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { plural } from '../report/verdict.ts'
import { reachTarget, type FindAddresses, type Unreached } from './reach-target.ts'

/** How much is tried at once and how long is waited, ms. */
export interface OnlineLimits {
  readonly atOnce: number
  /** For one target. */
  readonly target: number
  /** For all of them. */
  readonly all: number
}

const usual: OnlineLimits = { atOnce: 16, target: 3_000, all: 30_000 }

const diagnosticOf = (
  target: WrittenTarget,
  rest: Pick<Diagnostic, 'severity' | 'code' | 'message' | 'help'>,
): Diagnostic => ({
  ...target.origin,
  ...rest,
  path: target.path,
  ...(target.source === undefined ? {} : { source: target.source }),
})

const unreachedWords = (target: WrittenTarget, { what, reason }: NonNullable<Unreached>): Diagnostic =>
  what === 'name'
    ? diagnosticOf(target, {
        severity: 'error',
        code: 'GW1501',
        message: `the name of target "${target.shown}" does not resolve: ${reason}`,
        help: 'check the name, /etc/hosts and /etc/resolv.conf',
      })
    : diagnosticOf(target, {
        severity: 'error',
        code: 'GW1502',
        message: `target "${target.shown}" of service ${target.service} cannot be reached: ${reason}`,
        help: 'start the service, or mend its target',
      })

/**
 * Tries every target, each URL once, and tells which cannot be reached, in the order of the file. What the time did not
 * suffice for is one warning. Never rejects.
 */
export const targetFindings = async (
  targets: readonly WrittenTarget[],
  find: FindAddresses,
  limits: OnlineLimits = usual,
): Promise<Diagnostic[]> => {
  const end = performance.now() + limits.all
  const waiting = [...new Set(targets.map(({ url }) => url))]
  const results = new Map<string, Unreached>()
  const work = async (): Promise<void> => {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      const left = end - performance.now()
      // A try in the last moment would say more of the clock than of the target.
      if (left < limits.all / 10) return
      // oxlint-disable-next-line no-await-in-loop -- one lane of several, each takes the next target
      results.set(url, await reachTarget(url, find, Math.min(limits.target, left)))
    }
  }
  await Promise.all(Array.from({ length: limits.atOnce }, work))
  const found = targets.flatMap((target) => {
    const unreached = results.get(target.url)
    return unreached === undefined ? [] : [unreachedWords(target, unreached)]
  })
  const untried = targets.filter(({ url }) => !results.has(url))
  const [first] = untried
  if (first === undefined) return found
  const message = `${plural(untried.length, 'target')} could not be tried within ${limits.all / 1000} s, this one first`
  const help = 'mend the targets that do not answer, and run it again'
  return [...found, diagnosticOf(first, { severity: 'warning', code: 'GW1503', message, help })]
}
