import type { Schema } from '../contract/schema.ts'
import { key, mapOf, object, scalar } from './schema.ts'

/** A fixed answer (config.md §8.2); `file` instead of `body` is read when the config is loaded. */
export interface RespondOptions {
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A text or a tree of templates. */
  readonly body?: unknown
  readonly file?: string | undefined
}

/** Schema of `respond`, of an action and of `errors.replace`. A number is `status`, a text `body`: expanded by the config room. */
export const respondSchema: Schema<RespondOptions> = object(
  {
    status: key(scalar('status'), 'Status of the answer.', 200),
    headers: key(mapOf('fieldName', scalar('template', { stage: 'respond' })), 'Fields of the answer.'),
    body: key(scalar('templateTree', { stage: 'respond' }), 'A text, or a tree that is sent as JSON.'),
    file: key(scalar('file'), 'A file whose content is the body.'),
  },
  { short: 'body', shortNumber: 'status' },
)
