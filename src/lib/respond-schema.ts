import type { Schema, SchemaNode } from '../contract/schema.ts'
import { type Key, key, mapOf, object, scalar } from './schema.ts'

/** A fixed answer (config.md §8.2); `file` instead of `body` is read when the config is loaded. */
export interface RespondOptions {
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A text or a tree of templates. */
  readonly body?: unknown
  readonly file?: string | undefined
}

const respondWith = (status: Key<number, false>): Schema<RespondOptions> =>
  object(
    {
      status,
      headers: key(mapOf('fieldName', scalar('template', { stage: 'respond' })), 'Fields of the answer.'),
      body: key(scalar('templateTree', { stage: 'respond' }), 'A text, or a tree that is sent as JSON.'),
      file: key(scalar('file'), 'A file whose content is the body.'),
    },
    { short: 'body', shortNumber: 'status' },
  )

/** Schema of the action `respond`. A number is `status`, a text `body`: expanded by the config room. */
export const respondSchema: Schema<RespondOptions> = respondWith(key(scalar('status'), 'Status of the answer.', 200))
/** Schema of an entry of `errors.replace`: the same, but the status stays as it is unless another one is written. */
export const replacementSchema: Schema<RespondOptions> = respondWith(
  key(scalar('status'), 'Status of the answer; the one that is replaced when absent.'),
)
/** Whether values of this node are fixed answers, whose `file` is read at load. */
export const isRespond = (node: SchemaNode): boolean => node === respondSchema.node || node === replacementSchema.node
