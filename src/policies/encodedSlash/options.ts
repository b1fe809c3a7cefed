import type { PolicyOptions } from '../../contract/policy.ts'
import { choice } from '../../lib/schema.ts'

/** `refuse` answers 400, `pass` lets `%2F` through unchanged. */
export type EncodedSlashOptions = 'refuse' | 'pass'

/** `encodedSlash`: what happens to `%2F` in a path (config.md §4.1). */
export const encodedSlashOptions: PolicyOptions<EncodedSlashOptions> = {
  name: 'encodedSlash',
  kind: 'setting',
  at: ['R'],
  builtIn: 'refuse',
  summary: 'Whether %2F in a path is refused with 400 or passes as it is.',
  schema: choice('refuse', 'pass'),
}
