import type { PolicyOptions } from '../../contract/policy.ts'
import { choice, key, many, object, orNone, scalar, union } from '../../lib/schema.ts'

/** What of the client's request is sent on. An absent list sends all of its kind, `null` (`none`) nothing. */
export type ForwardOptions =
  | 'all'
  | 'strict'
  | {
      readonly headers?: readonly string[] | null | undefined
      readonly query?: readonly string[] | null | undefined
      readonly cookies?: readonly string[] | null | undefined
    }

const names = orNone(many(scalar('text')))

/** `forward`: what is not listed is not sent on (config.md §5.5). */
export const forwardOptions: PolicyOptions<ForwardOptions> = {
  name: 'forward',
  kind: 'setting',
  at: ['R', 'S', 'A'],
  builtIn: 'all',
  summary:
    'Sends on only listed fields, parameters and cookies; Accept*, Content-*, conditional fields and trace context always.',
  schema: union(
    choice('all', 'strict'),
    object({
      headers: key(names, 'Fields to send on; all when absent.'),
      query: key(names, 'Parameters to send on; all when absent.'),
      cookies: key(names, 'Cookies to send on; all when absent.'),
    }),
  ),
}
