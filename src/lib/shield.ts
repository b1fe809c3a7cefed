import { createQueryMask, type Redaction } from './redaction.ts'

/** A text that came from outside the configuration file, and the reference that stands for it there. */
export type FilledValue = readonly [value: string, written: string]

/** Below this many characters a value is no secret, and would be found in everything. */
const shortestSecret = 8
/** A bare origin: where something listens is in every record and metric. */
const origin = /^[a-z][a-z0-9+]*:\/\/[^/?#@\s]*\/?$/i

const mayBeSecret = (value: string): boolean => value.length >= shortestSecret && !origin.test(value)

/**
 * Makes the function that puts references (`${NAME}`) back in the place of what they stand for, wherever a text for
 * people holds it: in whole values of any depth. Values below 8 characters and bare origins stay.
 */
export const createShield = (filled: readonly FilledValue[]): (<T>(value: T) => T) => {
  // The longest first, so that one that holds another is found whole.
  const secrets = filled.filter(([value]) => mayBeSecret(value)).sort(([a], [b]) => b.length - a.length)
  if (secrets.length === 0) return (value) => value
  const spelled = secrets.flatMap(([value, written]): FilledValue[] => {
    const escaped = encodeURIComponent(value)
    return escaped === value
      ? [[value, written]]
      : [
          [value, written],
          [escaped, written],
        ]
  })
  const text = (whole: string): string => {
    let shielded = whole
    for (const [value, written] of spelled) shielded = shielded.replaceAll(value, () => written)
    return shielded
  }
  const deep = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(deep)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner)]))
  }
  return (value) => deep(value) as typeof value
}

/** A request target (`GET /a?b=1`) whose query tells no value under a masked name. */
export const maskTarget = (target: string, redaction: Redaction): string => {
  const at = target.indexOf('?')
  return at < 0 ? target : target.slice(0, at + 1) + createQueryMask(redaction)(target.slice(at + 1))
}
