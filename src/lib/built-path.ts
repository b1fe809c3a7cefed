import { canonicalPath } from './path.ts'

const dotSegment = /\/(?:\.|%2e){1,2}(?:[/;]|%3b|$)/i

/**
 * Makes a path that the gateway built canonical again; undefined when it does not begin with a slash, holds a dot
 * segment, or cannot be canonical: a rewrite must never climb out of what it was written for.
 */
export const builtPath = (path: string): string | undefined => {
  if (dotSegment.test(path)) return undefined
  const canonical = canonicalPath(path)
  return typeof canonical === 'string' ? canonical : undefined
}
