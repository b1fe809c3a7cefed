import type { HostPattern } from './host-pattern.ts'
import type { PathPattern } from './pattern.ts'

const segmentDigits = { literal: '0', expression: '1', parameter: '2' } as const

/**
 * Place of a path pattern in the order of config.md §4.3 (3). Lower goes first: exact, then expressions (longer text
 * first), then segment by segment: literal, expression or text around a parameter, parameter, rest.
 */
export const pathRank = (pattern: PathPattern): string => {
  if (pattern.kind === 'exact') return '0'
  if (pattern.kind === 'regex') return `1${String(999_999 - pattern.source.length).padStart(6, '0')}`
  let rank = '2'
  for (const segment of pattern.segments) rank += segmentDigits[segment.kind]
  return pattern.rest ? `${rank}3` : rank
}

/**
 * Place of a host pattern in the order of config.md §4.3 (2), lower first: exact, then wildcards with more labels,
 * then none (undefined). A captured label goes before `*` over the same labels, because it takes less.
 */
export const hostRank = (pattern: HostPattern | undefined): number => {
  if (pattern === undefined) return 1_000_000
  if (pattern.kind === 'exact') return 0
  const labels = pattern.suffix.split('.').length
  return (1000 - labels) * 2 + (pattern.kind === 'label' ? 0 : 1)
}

/** What is compared; see `compareSpecificity`. */
export interface Specificity {
  readonly priority: number
  readonly hostRank: number
  readonly pathRank: string
  readonly methodsStated: boolean
  readonly conditions: number
  readonly name: string
}

/** Why one of two matching routes goes first, in the order of config.md §4.3. */
export type SpecificityReason = 'priority' | 'host' | 'path' | 'methods' | 'conditions' | 'name' | 'same'

/** The first difference between two matches, §4.3 (1) to (6). */
export const firstDifference = (a: Specificity, b: Specificity): SpecificityReason => {
  if (a.priority !== b.priority) return 'priority'
  if (a.hostRank !== b.hostRank) return 'host'
  if (a.pathRank !== b.pathRank) return 'path'
  if (a.methodsStated !== b.methodsStated) return 'methods'
  if (a.conditions !== b.conditions) return 'conditions'
  return a.name === b.name ? 'same' : 'name'
}

/** Order of two matches (config.md §4.3): below 0 when `a` wins. Names are compared by code unit. */
export const compareSpecificity = (a: Specificity, b: Specificity): number => {
  if (a.priority !== b.priority) return b.priority - a.priority
  if (a.hostRank !== b.hostRank) return a.hostRank - b.hostRank
  if (a.pathRank !== b.pathRank) return a.pathRank < b.pathRank ? -1 : 1
  if (a.methodsStated !== b.methodsStated) return a.methodsStated ? -1 : 1
  if (a.conditions !== b.conditions) return b.conditions - a.conditions
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1
}
