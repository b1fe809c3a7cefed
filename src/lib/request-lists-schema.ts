import { choice, type Key, key, later, many, mapOf, type MatcherSpec, scalar } from './schema.ts'

/** Lists that a request is held against, as `allow` and `deny` take them; an absent list says nothing. */
export interface RequestListOptions {
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

type Keys = { readonly [K in keyof RequestListOptions]-?: Key<RequestListOptions[K], false> }

/** Keys of `allow` and `deny` (config.md §5.3); they differ in how many header fields must fit. */
export const requestListKeys = (headers: string): Keys => ({
  ip: key(many(scalar('cidr')), 'Addresses or networks of clients, or files that list them.'),
  paths: key(many(scalar('pattern')), 'Path patterns.'),
  methods: key(many(scalar('method')), 'HTTP methods.'),
  headers: key(mapOf('fieldName', scalar('matcher')), headers),
  mode: key(choice('enforce', 'log'), '`log` decides, records and lets pass.', 'enforce'),
  countries: later('ISO country codes of clients.', 'geoip'),
  consumers: later('Names of callers.', 'auth'),
  groups: later('Groups of callers.', 'auth'),
})
