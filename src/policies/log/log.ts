import type { PolicyDefinition } from '../../contract/policy.ts'
import type { LogOptions } from './options.ts'

/** `log` (config.md §5.7): share of successes in the access log and the fields that are added to a record. */
export const log: PolicyDefinition<LogOptions> = {
  name: 'log',
  stage: 'log',
  rank: 0,
  dry: 'pure',
  settings: (options, host) => ({
    log: {
      sample: options.sample ?? 1,
      fields: Object.entries(options.fields ?? {}).map(([name, text]) => [name, host.template(text, 'text')] as const),
    },
  }),
}
