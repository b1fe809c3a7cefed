import type { PolicyOptions } from '../../contract/policy.ts'
import { requestListKeys, type RequestListOptions } from '../../lib/request-lists-schema.ts'
import { object } from '../../lib/schema.ts'

/** Lists that a request is held against; an absent list says nothing. */
export type AllowOptions = RequestListOptions

/** `allow`: lets pass only what is in every list it states (config.md §5.3). */
export const allowOptions: PolicyOptions<AllowOptions> = {
  name: 'allow',
  kind: 'guard',
  at: ['G', 'R', 'P'],
  summary: 'Lets pass only requests that are in every list it states; everything else is 403.',
  schema: object(requestListKeys('Request fields and what they must hold; all of them.'), { short: 'ip' }),
}
