import type { PolicyOptions } from '../../contract/policy.ts'
import { replacementSchema, type RespondOptions } from '../../lib/respond-schema.ts'
import { choice, key, mapOf, object, scalar } from '../../lib/schema.ts'

/** How errors look. */
export interface ErrorsOptions {
  /** `problem`: bodies of services' 4xx and 5xx are replaced too. Default `pass`. */
  readonly services?: 'pass' | 'problem' | undefined
  /** A text or a tree of templates over `error` and `request`, instead of problem+json; `{error.detail}` is the sentence for clients. */
  readonly body?: unknown
  readonly contentType?: string | undefined
  /** `503`, `5xx` or `500-599` to a fixed answer, whose status stays unless it says another. */
  readonly replace?: Readonly<Record<string, RespondOptions>> | undefined
}

/** `errors`: the form of error answers (config.md §5.7). */
export const errorsOptions: PolicyOptions<ErrorsOptions> = {
  name: 'errors',
  kind: 'setting',
  at: ['G', 'R', 'S'],
  builtIn: { services: 'pass' },
  summary:
    'The form of error answers: problem documents, a body of your own, or fixed answers by status. In `global` also for 404 and 405 without a route, in `defaults` for what routes answer.',
  schema: object(
    {
      services: key(choice('pass', 'problem'), 'Whether error bodies of services pass or are replaced.', 'pass'),
      body: key(
        scalar('templateTree', { stage: 'respond' }),
        'A text or a tree over `error` and `request`, instead of the problem document; `{error.detail}` is its sentence, what names services and targets stays in the log.',
      ),
      contentType: key(scalar('text'), 'Its media type; JSON for a tree, plain text for a text when absent.'),
      replace: key(
        mapOf('status', replacementSchema),
        'Fixed answers by status, for errors of the gateway; for those of services too with `services: problem`.',
      ),
    },
    { short: 'services' },
  ),
}
