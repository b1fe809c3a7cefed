import type { Reply } from '../../contract/exchange.ts'
import type { PolicyDefinition } from '../../contract/policy.ts'
import { compileOrigins } from '../../lib/origin-matcher.ts'
import type { WebsocketOptions } from './options.ts'

const limit = (value: number | null | undefined, fallback: number): number => (value === null ? 0 : (value ?? fallback))
const foreign: Reply = { status: 403, code: 'GW4031', detail: 'Pages of this origin may not open a WebSocket here.' }
const absent: Reply = {
  status: 403,
  code: 'GW4031',
  detail: 'Only listed origins may open a WebSocket here, and this handshake has no Origin.',
}
const allowed = 1
const refused = 2

/**
 * `websocket` (config.md §5.6): limits of tunnels for the engine, which answers 426 where this setting is absent, and
 * the origins that may upgrade (RFC 6455 §10.2): a handshake of another origin, or of none, is 403.
 */
export const websocket: PolicyDefinition<WebsocketOptions> = {
  name: 'websocket',
  stage: 'cors',
  rank: 1,
  dry: 'pure',
  settings: (options) => ({
    websocket: {
      idle: limit(options.idle, 300_000),
      ping: limit(options.ping, 30_000),
      maxAge: limit(options.maxAge, 86_400_000),
    },
  }),
  create(options) {
    if (options.origins === undefined) return {}
    const matches = compileOrigins(options.origins)
    return {
      onRequest(exchange) {
        const { fields } = exchange.request
        if (!fields.has('sec-websocket-key') && !fields.has('sec-websocket-version')) return undefined
        const origin = fields.get('origin')
        const isAllowed = matches(origin)
        exchange.note(isAllowed ? allowed : refused)
        return isAllowed ? undefined : origin === undefined ? absent : foreign
      },
      explain(exchange, code) {
        const origin = exchange.request.fields.get('origin')
        if (code === allowed) return `${origin ?? 'a handshake without Origin'} may upgrade`
        return origin === undefined
          ? 'refused: the handshake has no Origin'
          : `${origin} may not upgrade: it is not among the origins`
      },
    }
  },
}
