import type { PolicyOptions } from '../../contract/policy.ts'
import { scalar } from '../../lib/schema.ts'

/** Bytes of a request body. */
export type BodyLimitOptions = number

/** `bodyLimit`: bytes of a request body, counted as they arrive (config.md §5.3). */
export const bodyLimitOptions: PolicyOptions<BodyLimitOptions> = {
  name: 'bodyLimit',
  kind: 'guard',
  at: ['G', 'R'],
  builtIn: 10 * 1024 * 1024,
  summary: 'The largest request body, counted as it arrives; 413 beyond. Where several hold, the smallest counts.',
  schema: scalar('size'),
}
