import type { PolicyOptions } from '../../contract/policy.ts'
import { scalar, union } from '../../lib/schema.ts'

/** `true`: the literal segments of the route's path before its first parameter or `*`; a path: that. */
export type StripPrefixOptions = boolean | string

/** `stripPrefix`: drops the beginning of the path (config.md §5.5). */
export const stripPrefixOptions: PolicyOptions<StripPrefixOptions> = {
  name: 'stripPrefix',
  kind: 'setting',
  at: ['R'],
  summary: 'Drops leading segments of the path before it is sent on.',
  schema: union(scalar('boolean'), scalar('text')),
}
