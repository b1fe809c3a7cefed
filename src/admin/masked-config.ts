import { createRedaction, masked, type Redaction } from '../lib/redaction.ts'

const credentials = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]*@/i
const scheme = /^(Bearer|Basic|Digest|Token) \S.*$/i

/**
 * A copy of the configuration that may be shown: values under telling names (`token`, `secret`, `password`, `key`,
 * `authorization`, `cookie` …), hashes of tokens, credentials in URLs and values of `Authorization` are `***`.
 */
export const maskedConfig = (config: unknown): unknown => {
  const root = config as { readonly settings?: { readonly redact?: readonly string[] } } | null | undefined
  return copy(config, createRedaction(root?.settings?.redact ?? []), false, 0)
}

const copy = (value: unknown, redaction: Redaction, secret: boolean, depth: number): unknown => {
  if (typeof value === 'string') return secret ? masked : maskedText(value)
  if (typeof value === 'number' || typeof value === 'bigint') return secret ? masked : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    // Header fields are kept as flat pairs in places: a telling name hides the value after it.
    return value.map((item: unknown, index) =>
      copy(item, redaction, secret || followsSecret(value, index, redaction), depth + 1),
    )
  }
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [name, item] of Object.entries(value)) {
    // The hash of the configuration itself is no secret; every other one stands for a token.
    const hidden = redaction(name) || (name === 'hash' && depth > 0)
    out[name] = copy(item, redaction, hidden, depth + 1)
  }
  return out
}

const maskedText = (text: string): string => text.replace(credentials, `$1${masked}@`).replace(scheme, `$1 ${masked}`)

const followsSecret = (list: readonly unknown[], index: number, redaction: Redaction): boolean => {
  const before = list[index - 1]
  return list.length === 2 && index === 1 && typeof before === 'string' && redaction(before)
}
