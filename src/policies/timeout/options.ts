import type { PolicyOptions } from '../../contract/policy.ts'
import { key, object, orNone, scalar } from '../../lib/schema.ts'

/** Time limits in ms; `null` (`none`) is no limit. Absent ones come from the built-in value. */
export interface TimeoutOptions {
  readonly total?: number | null | undefined
  readonly connect?: number | null | undefined
  readonly attempt?: number | null | undefined
  readonly idle?: number | null | undefined
  readonly whole?: number | null | undefined
  readonly header?: string | undefined
}

const limit = orNone(scalar('duration'))

/** `timeout`: how long the parts of a delivery may take (config.md §5.6). Merges field by field, so it has no defaults. */
export const timeoutOptions: PolicyOptions<TimeoutOptions> = {
  name: 'timeout',
  kind: 'setting',
  at: ['R', 'S', 'A'],
  merge: 'entries',
  builtIn: { total: 30_000, connect: 5_000 },
  summary: 'Time limits of a delivery; 504 when one is over.',
  schema: object(
    {
      total: key(limit, 'From the head of the request to the head of the answer; 30s when nothing is written.'),
      connect: key(limit, 'DNS, TCP and TLS of one attempt; 5s when nothing is written.'),
      attempt: key(limit, 'One attempt, to the head of its answer; none when nothing is written.'),
      idle: key(
        limit,
        'No byte either way once a body flows; 60s, and 5m for event streams and tunnels, when nothing is written.',
      ),
      whole: key(limit, 'To the last byte; none when nothing is written.'),
      header: key(scalar('fieldName'), 'Request field in which clients may shorten `total`, in seconds.'),
    },
    { short: 'total' },
  ),
}
