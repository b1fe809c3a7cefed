import { weightOf } from './weight.ts'

/**
 * Whether an `Accept` value would rather have HTML than JSON (RFC 9110 §12.5.1). HTML must be named, as `text/html` or
 * `text/*`, and weigh more than problem documents and JSON do, by their names or by a range; a tie is JSON.
 */
export const prefersHtml = (accept: string): boolean => {
  const weights = new Map<string, number>()
  for (const member of accept.split(',')) {
    const semicolon = member.indexOf(';')
    const range = (semicolon < 0 ? member : member.slice(0, semicolon)).trim().toLowerCase()
    const weight = semicolon < 0 ? 1 : weightOf(member.slice(semicolon))
    weights.set(range, Math.max(weight, weights.get(range) ?? 0))
  }
  const html = weights.get('text/html') ?? weights.get('text/*') ?? 0
  const others = weights.get('application/*') ?? weights.get('*/*') ?? 0
  return ['application/problem+json', 'application/json'].every((type) => html > (weights.get(type) ?? others))
}
