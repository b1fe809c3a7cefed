import type { PolicyOptions } from '../../contract/policy.ts'
import { key, many, object, required, scalar, union } from '../../lib/schema.ts'

/** A policy of one's own with its options. */
export interface UseEntry {
  /** File whose default export is made by `definePolicy`. */
  readonly policy: string
  readonly options?: unknown
}
/** Files, or files with options, in the order they run inside their stage. */
export type UseOptions = readonly (string | UseEntry)[]

/** `use`: policies of one's own, appended to what is inherited (config.md §8.4). */
export const useOptions: PolicyOptions<UseOptions> = {
  name: 'use',
  kind: 'setting',
  at: ['G', 'R'],
  merge: 'append',
  summary: 'Runs policies of your own, after the built-in ones of their stage.',
  schema: many(
    union(
      scalar('file'),
      object({
        policy: required(scalar('file'), 'A file whose default export is made by definePolicy.'),
        options: key(scalar('json'), 'Its options.'),
      }),
    ),
  ),
}
