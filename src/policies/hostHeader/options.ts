import type { PolicyOptions } from '../../contract/policy.ts'
import { choice, scalar, union } from '../../lib/schema.ts'

/** `target`, `preserve`, or a fixed host with an optional port. */
export type HostHeaderOptions = string

/** `hostHeader`: which `Host` the service sees (config.md §5.5). */
export const hostHeaderOptions: PolicyOptions<HostHeaderOptions> = {
  name: 'hostHeader',
  kind: 'setting',
  at: ['R', 'S'],
  builtIn: 'target',
  summary: 'Which Host the service sees: that of its target, the client’s own, or a fixed one.',
  schema: union(choice('target', 'preserve'), scalar('host')),
}
