import { parsePathPattern, type SegmentPattern } from '../lib/pattern.ts'

/** Whether every path that the pattern takes lies inside one of the bounds. */
export const pathInside = (pattern: string, bounds: readonly string[]): boolean =>
  bounds.some((bound) => covers(bound, pattern))

const covers = (bound: string, pattern: string): boolean => {
  if (bound === '/*' || bound === pattern) return true
  const outer = segmentsOf(bound)
  const inner = segmentsOf(pattern)
  if (outer === undefined || inner === undefined) return false
  if (!outer.rest && (inner.rest || outer.segments.length !== inner.segments.length)) return false
  if (inner.segments.length < outer.segments.length) return false
  return outer.segments.every((segment, index) => takes(segment, inner.segments[index]))
}

const takes = (outer: SegmentPattern, inner: SegmentPattern | undefined): boolean => {
  if (inner === undefined) return false
  if (outer.kind === 'parameter') return inner.kind !== 'literal' || inner.text !== ''
  if (outer.kind === 'literal') return inner.kind === 'literal' && inner.text === outer.text
  return (
    inner.kind === 'expression' &&
    inner.before === outer.before &&
    inner.after === outer.after &&
    inner.expression === outer.expression
  )
}

const segmentsOf = (
  text: string,
): { readonly segments: readonly SegmentPattern[]; readonly rest: boolean } | undefined => {
  const pattern = parsePathPattern(text)
  if (pattern.kind === 'tree') return pattern
  if (pattern.kind !== 'exact') return undefined
  return {
    segments: pattern.path
      .slice(1)
      .split('/')
      .map((part) => ({ kind: 'literal', text: part })),
    rest: false,
  }
}

/** Whether every host that the pattern takes is one of the bounds'. */
export const hostInside = (host: string, bounds: readonly string[]): boolean =>
  bounds.some((bound) => {
    if (bound === host) return true
    const suffix = /^(?:\*|\{[^}]*\})(\..*)$/.exec(bound)?.[1]
    if (suffix === undefined || !host.endsWith(suffix)) return false
    const label = host.slice(0, -suffix.length)
    if (bound.startsWith('*')) return label !== ''
    return label !== '' && label !== '*' && !(label.includes('.') && !label.startsWith('{'))
  })
