import type { PolicyOptions } from '../../contract/policy.ts'
import { key, many, mapOf, object, required, scalar } from '../../lib/schema.ts'

/** Edits of the query, done in the order of the keys here; names compare decoded. */
export interface QueryOptions {
  /** Names; a trailing `*` stands for any ending. */
  readonly remove?: readonly string[] | undefined
  /** Old name to new name. */
  readonly rename?: Readonly<Record<string, string>> | undefined
  readonly replace?: Readonly<Record<string, { readonly find: string; readonly with: string }>> | undefined
  /** Templates, used when the parameter is absent. */
  readonly default?: Readonly<Record<string, string>> | undefined
  readonly set?: Readonly<Record<string, string>> | undefined
  readonly add?: Readonly<Record<string, readonly string[]>> | undefined
}

const template = scalar('template', { stage: 'transform' })
const replacement = object({
  find: required(scalar('expression'), 'An unanchored expression, every match of it.'),
  with: required(scalar('text'), 'What stands in its place; `$1` and `$<name>` are groups.'),
})

/** `query`: edits the query that the service is sent (config.md §5.5). */
export const queryOptions: PolicyOptions<QueryOptions> = {
  name: 'query',
  kind: 'setting',
  at: ['R', 'S', 'A'],
  merge: 'entries',
  summary: 'Removes, renames, replaces and sets query parameters of what the service is sent.',
  schema: object({
    remove: key(many(scalar('text')), 'Parameters to remove; a trailing `*` stands for any ending.'),
    rename: key(mapOf('text', scalar('text')), 'Old name to new name.'),
    replace: key(mapOf('text', replacement), 'Replaces inside each value of the parameter.'),
    default: key(mapOf('text', template), 'Sets the parameter only if it is absent.'),
    set: key(mapOf('text', template), 'Sets the parameter in place of any other value.'),
    add: key(mapOf('text', many(template)), 'Appends values.'),
  }),
}
