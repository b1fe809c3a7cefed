import type { PolicyOptions } from '../../contract/policy.ts'
import { key, later, many, object, orNone, scalar, type MatcherSpec } from '../../lib/schema.ts'

/** Limits of upgraded connections; times in ms, `null` (`none`) is no limit. */
export interface WebsocketOptions {
  /** Origins that may upgrade; absent: any. */
  readonly origins?: readonly MatcherSpec[] | undefined
  /** Default 5 min. */
  readonly idle?: number | null | undefined
  /** Default 30 s. */
  readonly ping?: number | null | undefined
  /** Default 24 h. */
  readonly maxAge?: number | null | undefined
  readonly maxMessage?: undefined
  readonly messages?: undefined
}

/** `websocket`: upgrades and their limits; `none` answers 426 (config.md §5.6). */
export const websocketOptions: PolicyOptions<WebsocketOptions> = {
  name: 'websocket',
  kind: 'setting',
  at: ['R'],
  builtIn: { idle: 300_000, ping: 30_000, maxAge: 86_400_000 },
  summary: 'Whether upgrades pass, from which origins, and how long they live.',
  schema: object(
    {
      origins: key(
        many(scalar('matcher'), 1),
        'Origins that may upgrade; any when absent. A handshake without `Origin`, as programs send it, passes only with `none` among them.',
      ),
      idle: key(orNone(scalar('duration')), 'A tunnel without a byte for this long is closed.', '5m'),
      ping: key(orNone(scalar('duration')), 'How often a quiet peer is pinged.', '30s'),
      maxAge: key(orNone(scalar('duration')), 'The longest life of a tunnel.', '24h'),
      maxMessage: later('The largest message.', 'inspection of WebSocket messages'),
      messages: later('Messages in a time.', 'inspection of WebSocket messages'),
    },
    { whenTrue: true },
  ),
}
