import type { PolicyOptions } from '../../contract/policy.ts'
import { choice, key, object, orNone, scalar } from '../../lib/schema.ts'

/** Strict-Transport-Security (RFC 6797). */
export interface HstsOptions {
  /** ms; default 365 days. */
  readonly maxAge?: number | undefined
  readonly includeSubDomains?: boolean | undefined
  readonly preload?: boolean | undefined
}

/** Fields that make browsers careful; `null` (`none`) leaves one out, absent ones have their default. */
export interface SecurityHeadersOptions {
  readonly hsts?: HstsOptions | null | undefined
  readonly frame?: 'DENY' | 'SAMEORIGIN' | null | undefined
  readonly contentType?: 'nosniff' | null | undefined
  readonly referrer?: string | null | undefined
  readonly csp?: string | undefined
  readonly permissions?: string | undefined
}

/** `securityHeaders`: fields that make browsers careful; a service's own value wins (config.md §5.7). */
export const securityHeadersOptions: PolicyOptions<SecurityHeadersOptions> = {
  name: 'securityHeaders',
  kind: 'setting',
  at: ['G', 'R'],
  summary:
    'Sets the fields that make browsers careful, where the service did not set them itself. In `global` also on answers without a route, in `defaults` on those of routes.',
  schema: object(
    {
      hsts: key(
        orNone(
          object(
            {
              maxAge: key(scalar('duration'), 'How long browsers use https only.', '365d'),
              includeSubDomains: key(scalar('boolean'), 'Whether it holds below the host too.', true),
              preload: key(scalar('boolean'), 'Whether browsers may ship it in their list.', false),
            },
            { whenTrue: true },
          ),
        ),
        'Strict-Transport-Security, sent over TLS only.',
        true,
      ),
      frame: key(orNone(choice('DENY', 'SAMEORIGIN')), 'X-Frame-Options.', 'DENY'),
      contentType: key(orNone(choice('nosniff')), 'X-Content-Type-Options.', 'nosniff'),
      referrer: key(orNone(scalar('text')), 'Referrer-Policy.', 'no-referrer'),
      csp: key(scalar('text'), 'Content-Security-Policy.'),
      permissions: key(scalar('text'), 'Permissions-Policy.'),
    },
    { whenTrue: true },
  ),
}
