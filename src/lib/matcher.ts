import type { Matcher } from '../contract/matcher.ts'
import { linearRegex } from './linear-regex.ts'
import type { MatcherSpec } from './schema.ts'

/** What a matcher may use besides equality and `~regex`. */
export interface MatcherOptions {
  /** `*` in a text takes one or more characters: for origins and identities. */
  readonly wildcard?: boolean
  /** Compares texts without regard to ASCII case: for host names. Default false. */
  readonly ignoreCase?: boolean
}

/** Whether the pieces around each `*` stand in this order, at least one character for each `*`. */
const fitsWildcard = (value: string, pieces: readonly string[]): boolean => {
  const head = pieces[0] as string
  const tail = pieces.at(-1) as string
  if (!value.startsWith(head) || !value.endsWith(tail) || value.length < head.length + tail.length + pieces.length - 1)
    return false
  let at = head.length
  const end = value.length - tail.length
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] as string
    const found = value.indexOf(piece, at + 1)
    if (found < 0) return false
    at = found + piece.length
  }
  return at < end
}

const one = (spec: string | true | null, options: MatcherOptions): Matcher => {
  if (spec === true) return (value) => value !== undefined
  if (spec === null) return (value) => value === undefined
  if (spec.startsWith('~')) {
    const regex = linearRegex(spec.slice(1))
    if (!(regex instanceof RegExp)) throw new RangeError(`"${spec}": ${regex.reason}`)
    return (value) => value !== undefined && regex.test(value)
  }
  const text = options.ignoreCase === true ? spec.toLowerCase() : spec
  const fold = options.ignoreCase === true ? (value: string): string => value.toLowerCase() : undefined
  if (options.wildcard === true && text.includes('*')) {
    if (text === '*') return (value) => value !== undefined
    const pieces = text.split('*')
    return (value) => value !== undefined && fitsWildcard(fold === undefined ? value : fold(value), pieces)
  }
  return fold === undefined ? (value) => value === text : (value) => value !== undefined && fold(value) === text
}

/**
 * Decides over a value (config.md §1.3, `matcher`): a text is compared, `~regex` must take the whole value, a list is
 * any of, `true` is present and null absent. Throws a RangeError for an expression that is not linear; `check` refuses
 * those before.
 */
export const createMatcher = (spec: MatcherSpec, options: MatcherOptions = {}): Matcher => {
  if (typeof spec === 'string' || spec === true || spec === null) return one(spec, options)
  const matchers = spec.map((item) => one(item, options))
  if (matchers.length === 1) return matchers[0] as Matcher
  return (value) => {
    for (const matcher of matchers) if (matcher(value)) return true
    return false
  }
}
