import type { PolicyOptions } from '../../contract/policy.ts'
import { choice, key, object, orNone, scalar } from '../../lib/schema.ts'

/** Attributes forced on every `Set-Cookie` of the service (RFC 6265 §4.1); `null` and `false` remove one. */
export interface CookiesOptions {
  readonly domain?: string | null | undefined
  readonly path?: string | null | undefined
  readonly secure?: boolean | undefined
  readonly httpOnly?: boolean | undefined
  readonly sameSite?: 'Strict' | 'Lax' | 'None' | undefined
}

/** `cookies`: attributes forced on the cookies that services set (config.md §5.7). */
export const cookiesOptions: PolicyOptions<CookiesOptions> = {
  name: 'cookies',
  kind: 'setting',
  at: ['R', 'S'],
  summary: 'Forces attributes on every cookie that a service sets.',
  schema: object({
    domain: key(orNone(scalar('text')), 'Domain of the cookie; `none` binds it to the public host.'),
    path: key(orNone(scalar('text')), 'Path of the cookie; `none` removes the attribute.'),
    secure: key(scalar('boolean'), 'Whether browsers send it over https only.'),
    httpOnly: key(scalar('boolean'), 'Whether scripts are kept from it.'),
    sameSite: key(choice('Strict', 'Lax', 'None'), 'When it goes with requests from other sites.'),
  }),
}
