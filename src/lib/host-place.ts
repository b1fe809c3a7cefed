import type { TemplatePart } from './template.ts'

/** What a value may be where it stands in the host of a URL; undefined when it may not stand there at all. */
export type HostPlace = 'labels' | 'host' | 'port' | undefined

/** Roots that a configuration or an identity provider fills, never the sender of a link. */
const trusted: ReadonlySet<unknown> = new Set([
  'consumer',
  'claims',
  'auth',
  'route',
  'service',
  'target',
  'listener',
  'gateway',
])

const isRequest = (path: readonly (string | number)[], field: string): boolean =>
  path.length === 2 && path[0] === 'request' && path[1] === field

/**
 * The kind of value that the placeholder at `index` of a URL's host may give, so that no request chooses where a
 * browser goes: labels before a fixed ending (`https://{tenant}.example.com/`), a port, or a whole host from a trusted
 * root or `request.host`. Directly behind a name (`https://example.com{x}`) nothing may stand but `request.path`.
 */
export const hostPlace = (parts: readonly TemplatePart[], index: number): HostPlace => {
  const part = parts[index] as Exclude<TemplatePart, string>
  const before = parts[index - 1]
  const after = parts[index + 1]
  const isPath = typeof after === 'object' && isRequest(after.path, 'path')
  const next = typeof after === 'string' ? after : isPath || after === undefined ? '/' : '{'
  if (typeof before !== 'string') return undefined
  if (before.endsWith(':')) return /^[/?#]/.test(next) ? 'port' : undefined
  if (/^\.[A-Za-z0-9-]/.test(next)) return 'labels'
  const isTrusted = trusted.has(part.path[0]) || isRequest(part.path, 'host')
  return isTrusted && /(?:\/\/|\.)$/.test(before) && /^[/?#:]/.test(next) ? 'host' : undefined
}
