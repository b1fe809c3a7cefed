import type { PolicyOptions } from '../../contract/policy.ts'
import { scalar } from '../../lib/schema.ts'

/** Whether it is done. */
export type RewriteLocationOptions = boolean

/** `rewriteLocation`: `Location` that points at the target is turned to the public address (config.md §5.7). */
export const rewriteLocationOptions: PolicyOptions<RewriteLocationOptions> = {
  name: 'rewriteLocation',
  kind: 'setting',
  at: ['R', 'S'],
  builtIn: true,
  summary: 'Turns a Location that points at the target to the public address.',
  schema: scalar('boolean'),
}
