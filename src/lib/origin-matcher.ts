import type { Matcher } from '../contract/matcher.ts'
import { createMatcher } from './matcher.ts'
import type { MatcherSpec } from './schema.ts'

/** Scheme and authority and nothing else, or `null` (RFC 6454 §6.1). */
const origin = /^(?:null|[A-Za-z][A-Za-z0-9+.-]*:\/\/[A-Za-z0-9._~:[\]-]+)$/

/**
 * Compiles the origins of `cors` and `websocket`: texts without regard to case, `*` inside for one or more characters of
 * a host or port, `~regex`. A value that is no origin fits nothing, so `*` cannot reach over a slash or an at sign.
 */
export const compileOrigins = (specs: readonly MatcherSpec[]): Matcher => {
  const matchers = specs.map((spec) => createMatcher(spec, { wildcard: true, ignoreCase: true }))
  return (value) => {
    if (value !== undefined && !origin.test(value)) return false
    for (let i = 0; i < matchers.length; i++) if ((matchers[i] as Matcher)(value)) return true
    return false
  }
}

/** Whether one of them takes any origin: `*`, or `true` (present). */
export const isAnyOrigin = (specs: readonly MatcherSpec[]): boolean =>
  specs.flat().some((one) => one === '*' || one === true)
