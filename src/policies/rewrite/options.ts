import type { PolicyOptions } from '../../contract/policy.ts'
import { object, required, scalar, union } from '../../lib/schema.ts'

/** The new path as a template, or an unanchored expression and what stands in its place. */
export type RewriteOptions = string | { readonly find: string; readonly with: string }

/** `rewrite`: the path that is sent on (config.md §5.5). */
export const rewriteOptions: PolicyOptions<RewriteOptions> = {
  name: 'rewrite',
  kind: 'setting',
  at: ['R'],
  summary: 'Replaces the path that is sent on; parameters written after `?` are set, the query is kept.',
  schema: union(
    object({
      find: required(scalar('expression'), 'An unanchored expression over the path; its first match is replaced.'),
      with: required(scalar('text'), 'What stands in its place; `{name}` is a group.'),
    }),
    scalar('template', { stage: 'transform' }),
  ),
}
