import type { PolicyOptions } from '../../contract/policy.ts'
import { mapOf, scalar } from '../../lib/schema.ts'

/** Label to text. */
export type LabelsOptions = Readonly<Record<string, string>>

/** `labels`: texts for logs and ownership (config.md §5.2). */
export const labelsOptions: PolicyOptions<LabelsOptions> = {
  name: 'labels',
  kind: 'setting',
  at: ['R', 'S'],
  merge: 'entries',
  summary: 'Texts for logs and ownership, `{route.labels.<key>}` in templates.',
  schema: mapOf('text', scalar('text')),
}
