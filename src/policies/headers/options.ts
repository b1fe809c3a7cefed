import type { PolicyOptions } from '../../contract/policy.ts'
import { key, many, mapOf, object, required, scalar } from '../../lib/schema.ts'

/** One replacement inside a value: an unanchored expression and what stands in its place (`$1` is a group). */
export interface Replacement {
  readonly find: string
  readonly with: string
}

/** Edits of one side, done in the order of the keys here. */
export interface HeaderEdits {
  /** Names; a trailing `*` stands for any ending. */
  readonly remove?: readonly string[] | undefined
  /** Old name to new name. */
  readonly rename?: Readonly<Record<string, string>> | undefined
  readonly replace?: Readonly<Record<string, Replacement>> | undefined
  /** Templates, used when the field is absent. */
  readonly default?: Readonly<Record<string, string>> | undefined
  readonly set?: Readonly<Record<string, string>> | undefined
  readonly add?: Readonly<Record<string, readonly string[]>> | undefined
}

/** Edits of the request and of the answer. */
export interface HeadersOptions {
  readonly request?: HeaderEdits | undefined
  /** `dedupe`: names of which only the first value stays; done last. */
  readonly response?: (HeaderEdits & { readonly dedupe?: readonly string[] | undefined }) | undefined
}

const replacement = object({
  find: required(scalar('expression'), 'An unanchored expression, every match of it.'),
  with: required(scalar('text'), 'What stands in its place; `$1` and `$<name>` are groups.'),
})
const edits = (stage: string) => {
  const template = scalar('template', { stage })
  return {
    remove: key(many(scalar('text')), 'Names to remove; a trailing `*` stands for any ending.'),
    rename: key(mapOf('fieldName', scalar('fieldName')), 'Old name to new name.'),
    replace: key(mapOf('fieldName', replacement), 'Replaces inside each value of the field.'),
    default: key(mapOf('fieldName', template), 'Sets the field only if it is absent.'),
    set: key(mapOf('fieldName', template), 'Sets the field in place of any other value.'),
    add: key(mapOf('fieldName', many(template)), 'Appends values.'),
  }
}

/** `headers`: edits the fields of requests and answers (config.md §5.5). */
export const headersOptions: PolicyOptions<HeadersOptions> = {
  name: 'headers',
  kind: 'setting',
  at: ['G', 'R', 'S', 'A'],
  merge: 'entries',
  summary: 'Removes, renames, replaces and sets header fields of requests and answers.',
  schema: object({
    request: key(object(edits('transform')), 'Edits of what the service is sent.'),
    response: key(
      object({ ...edits('respond'), dedupe: key(many(scalar('fieldName')), 'Keeps only the first value.') }),
      'Edits of what the client is sent.',
    ),
  }),
}
