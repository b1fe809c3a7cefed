import type { PolicyOptions } from '../../contract/policy.ts'
import { choice, key, later, many, mapOf, object, scalar, type MatcherSpec } from '../../lib/schema.ts'

/** Lists that a request is held against; an absent list says nothing. */
export interface AllowOptions {
  /** CIDR texts; lists in files are read before. */
  readonly ip?: readonly string[] | undefined
  readonly paths?: readonly string[] | undefined
  readonly methods?: readonly string[] | undefined
  readonly headers?: Readonly<Record<string, MatcherSpec>> | undefined
  readonly mode?: 'enforce' | 'log' | undefined
  readonly countries?: undefined
  readonly consumers?: undefined
  readonly groups?: undefined
}

/** `allow`: lets pass only what is in every list it states (config.md §5.3). */
export const allowOptions: PolicyOptions<AllowOptions> = {
  name: 'allow',
  kind: 'guard',
  at: ['G', 'R', 'P'],
  summary: 'Lets pass only requests that are in every list it states; everything else is 403.',
  schema: object(
    {
      ip: key(many(scalar('cidr')), 'Addresses or networks of clients, or files that list them.'),
      paths: key(many(scalar('pattern')), 'Path patterns.'),
      methods: key(many(scalar('method')), 'HTTP methods.'),
      headers: key(mapOf('fieldName', scalar('matcher')), 'Request fields and what they must hold; all of them.'),
      mode: key(choice('enforce', 'log'), '`log` decides, records and lets pass.', 'enforce'),
      countries: later('ISO country codes of clients.', 'geoip'),
      consumers: later('Names of callers.', 'auth'),
      groups: later('Groups of callers.', 'auth'),
    },
    { short: 'ip' },
  ),
}
