import type { PolicyDefinition } from '../../contract/policy.ts'
import type { TimeoutOptions } from './options.ts'

/** ms; `none` (null) is written 0, an absent one takes its default. */
const limit = (value: number | null | undefined, fallback: number): number => (value === null ? 0 : (value ?? fallback))

/** `timeout` (config.md §5.6): limits that the engine keeps with its timer wheel. A stated `idle` holds for streams too. */
export const timeout: PolicyDefinition<TimeoutOptions> = {
  name: 'timeout',
  stage: 'deliver',
  rank: 5,
  dry: 'pure',
  settings: (options) => ({
    timeout: {
      total: limit(options.total, 30_000),
      connect: limit(options.connect, 5_000),
      attempt: limit(options.attempt, 0),
      idle: limit(options.idle, 60_000),
      streamIdle: limit(options.idle, 300_000),
      whole: limit(options.whole, 0),
      header: options.header?.toLowerCase() as Lowercase<string> | undefined,
    },
  }),
}
