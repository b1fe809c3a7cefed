import type { PolicyOptions } from '../../contract/policy.ts'
import { key, later, mapOf, object, scalar } from '../../lib/schema.ts'

/** What goes into the access log. */
export interface LogOptions {
  /** Share of successes, 0 – 1; errors are always logged. Default 1. */
  readonly sample?: number | undefined
  /** Added fields: name to template. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  readonly when?: undefined
}

/** `log`: what goes into the access log; `none` leaves these requests out (config.md §5.7). */
export const logOptions: PolicyOptions<LogOptions> = {
  name: 'log',
  kind: 'setting',
  at: ['G', 'R'],
  builtIn: { sample: 1 },
  summary: 'Which requests are logged, and with which added fields.',
  schema: object({
    sample: key(scalar('share'), 'Share of successes that is logged; errors always are.', '100%'),
    fields: key(mapOf('text', scalar('template', { stage: 'log' })), 'Fields to add to the record.'),
    when: later('Only these requests are logged.', 'cel'),
  }),
}
