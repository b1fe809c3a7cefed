import { weightOf } from './weight.ts'

/**
 * The coding to use for an `Accept-Encoding` value (RFC 9110 §12.5.3): highest weight first, then the order given.
 * Undefined when none is acceptable or the client would rather have the answer as it is.
 */
export const chooseCoding = <T extends string>(field: string, codings: readonly T[]): T | undefined => {
  const weights = new Map<string, number>()
  for (const member of field.split(',')) {
    const semicolon = member.indexOf(';')
    const name = (semicolon < 0 ? member : member.slice(0, semicolon)).trim().toLowerCase()
    if (name !== '')
      weights.set(name === 'x-gzip' ? 'gzip' : name, semicolon < 0 ? 1 : weightOf(member.slice(semicolon)))
  }
  const any = weights.get('*') ?? 0
  let best: T | undefined
  let weight = 0
  for (const coding of codings) {
    const own = weights.get(coding) ?? any
    if (own > weight) {
      best = coding
      weight = own
    }
  }
  const identity = weights.get('identity')
  return identity !== undefined && identity > weight ? undefined : best
}
