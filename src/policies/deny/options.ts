import type { PolicyOptions } from '../../contract/policy.ts'
import { requestListKeys, type RequestListOptions } from '../../lib/request-lists-schema.ts'
import { object } from '../../lib/schema.ts'

/** Lists of what is refused; an absent list refuses nothing. */
export type DenyOptions = RequestListOptions

/** `deny`: refuses when any entry of any list fits (config.md §5.3). */
export const denyOptions: PolicyOptions<DenyOptions> = {
  name: 'deny',
  kind: 'guard',
  at: ['G', 'R', 'P'],
  merge: 'append',
  summary: 'Refuses a request with 403 when any entry of any of its lists fits; wins over allow.',
  schema: object(requestListKeys('Request fields and what refuses them; any of them.'), { short: 'ip' }),
}
