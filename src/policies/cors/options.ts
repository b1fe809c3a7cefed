import type { PolicyOptions } from '../../contract/policy.ts'
import { key, many, object, scalar, type MatcherSpec } from '../../lib/schema.ts'

/** Which pages may read the answers (Fetch standard, CORS protocol). */
export interface CorsOptions {
  /** Exact origins, `https://*.example.com`, `~regex` or `*`; default `*`. */
  readonly origins?: readonly MatcherSpec[] | undefined
  /** Default: those of the route. */
  readonly methods?: readonly string[] | undefined
  /** Default: those that were asked for. */
  readonly headers?: readonly string[] | undefined
  readonly expose?: readonly string[] | undefined
  readonly credentials?: boolean | undefined
  /** ms; default 1 h. */
  readonly maxAge?: number | undefined
  readonly privateNetwork?: boolean | undefined
}

/** `cors`: answers preflights and tells browsers who may read the answers (config.md §5.3). */
export const corsOptions: PolicyOptions<CorsOptions> = {
  name: 'cors',
  kind: 'setting',
  at: ['G', 'R'],
  summary: 'Answers preflights and sets the CORS fields of every answer; fields of the service itself are replaced.',
  schema: object(
    {
      origins: key(
        many(scalar('matcher'), 1),
        'Origins that may read answers; `*` inside stands for any labels, alone for any origin.',
        ['*'],
      ),
      methods: key(many(scalar('method')), 'Methods a page may use; those of the route when absent.'),
      headers: key(many(scalar('fieldName')), 'Request fields a page may send; those it asks for when absent.'),
      expose: key(many(scalar('fieldName')), 'Answer fields a page may read besides the simple ones.'),
      credentials: key(scalar('boolean'), 'Whether pages may send cookies and credentials; not with `*`.', false),
      maxAge: key(scalar('duration'), 'How long a browser may keep the answer to a preflight.', '1h'),
      privateNetwork: key(scalar('boolean'), 'Whether public pages may call this gateway in a private network.', false),
    },
    { short: 'origins', whenTrue: true },
  ),
}
