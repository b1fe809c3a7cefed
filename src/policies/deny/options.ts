import type { PolicyOptions } from '../../contract/policy.ts'
import { choice, key, later, many, mapOf, object, scalar, type MatcherSpec } from '../../lib/schema.ts'

/** Lists of what is refused; an absent list refuses nothing. */
export interface DenyOptions {
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

/** `deny`: refuses when any entry of any list fits (config.md §5.3). */
export const denyOptions: PolicyOptions<DenyOptions> = {
  name: 'deny',
  kind: 'guard',
  at: ['G', 'R', 'P'],
  merge: 'append',
  summary: 'Refuses a request with 403 when any entry of any of its lists fits; wins over allow.',
  schema: object(
    {
      ip: key(many(scalar('cidr')), 'Addresses or networks of clients, or files that list them.'),
      paths: key(many(scalar('pattern')), 'Path patterns.'),
      methods: key(many(scalar('method')), 'HTTP methods.'),
      headers: key(mapOf('fieldName', scalar('matcher')), 'Request fields and what refuses them; any of them.'),
      mode: key(choice('enforce', 'log'), '`log` decides, records and lets pass.', 'enforce'),
      countries: later('ISO country codes of clients.', 'geoip'),
      consumers: later('Names of callers.', 'auth'),
      groups: later('Groups of callers.', 'auth'),
    },
    { short: 'ip' },
  ),
}
