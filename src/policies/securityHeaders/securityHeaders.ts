import type { PolicyDefinition } from '../../contract/policy.ts'
import { isFieldValue } from '../../lib/field-value.ts'
import type { HstsOptions, SecurityHeadersOptions } from './options.ts'

interface Field {
  readonly name: Lowercase<string>
  readonly value: string
}

/** `max-age` in seconds (RFC 6797 §6.1.1). */
const hstsValue = (options: HstsOptions): string => {
  const parts = [`max-age=${Math.floor((options.maxAge ?? 31_536_000_000) / 1000)}`]
  if (options.includeSubDomains ?? true) parts.push('includeSubDomains')
  if (options.preload ?? false) parts.push('preload')
  return parts.join('; ')
}

const set = 1

/** `securityHeaders` (config.md §5.7): on every answer, unless the service has the field itself. HSTS over TLS only. */
export const securityHeaders: PolicyDefinition<SecurityHeadersOptions> = {
  name: 'securityHeaders',
  stage: 'respond',
  rank: 10,
  dry: 'pure',
  create(options) {
    const fields: Field[] = []
    const add = (name: Lowercase<string>, value: string | null | undefined): void => {
      if (value === null || value === undefined) return
      if (!isFieldValue(value)) throw new Error(`securityHeaders: the value of ${name} may not stand in a field`)
      fields.push({ name, value })
    }
    add('x-frame-options', options.frame === undefined ? 'DENY' : options.frame)
    add('x-content-type-options', options.contentType === undefined ? 'nosniff' : options.contentType)
    add('referrer-policy', options.referrer === undefined ? 'no-referrer' : options.referrer)
    add('content-security-policy', options.csp)
    add('permissions-policy', options.permissions)
    const hsts = options.hsts === null ? undefined : hstsValue(options.hsts ?? {})
    return {
      onResponse(exchange) {
        const answer = exchange.response.fields
        let count = 0
        for (let i = 0; i < fields.length; i++) {
          const field = fields[i] as Field
          if (answer.has(field.name)) continue
          answer.append(field.name, field.value)
          count++
        }
        if (hsts !== undefined && exchange.client.scheme === 'https' && !answer.has('strict-transport-security')) {
          answer.append('strict-transport-security', hsts)
          count++
        }
        exchange.note(set, count)
        return undefined
      },
      explain: (_exchange, _code, count) => `${count} fields set`,
    }
  },
}
