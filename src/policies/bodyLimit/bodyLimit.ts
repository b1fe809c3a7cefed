import type { Reply } from '../../contract/exchange.ts'
import type { PolicyDefinition } from '../../contract/policy.ts'
import type { BodyLimitOptions } from './options.ts'

const announced = 1
const counted = 2
const within = 3

/**
 * `bodyLimit` (config.md §5.3): 413 GW4131 for an announced length at once, for a stream as soon as it is over. The
 * connection is closed after a stream was cut, since its rest is not read.
 */
export const bodyLimit: PolicyDefinition<BodyLimitOptions> = {
  name: 'bodyLimit',
  stage: 'limit',
  rank: 4,
  body: { request: 'tap' },
  dry: 'pure',
  create(limit, host) {
    const detail = `The body is larger than ${limit} bytes.`
    const tooLarge: Reply = { status: 413, code: 'GW4131', detail }
    const cut: Reply = { status: 413, code: 'GW4131', detail, close: true }
    /** Bytes so far; only for bodies of unknown length, since the codec holds others to their length. */
    const bytes = host.slot<number>()
    return {
      onRequest(exchange) {
        const { length } = exchange.request
        if (length === 'stream') {
          // What came while an earlier step waited counts too.
          const before = exchange.requestBytes
          bytes.set(exchange, before)
          if (before > limit) {
            exchange.note(counted, before)
            return cut
          }
        } else if (length !== 'none' && length > limit) {
          exchange.note(announced, length)
          return tooLarge
        }
        exchange.note(within)
        return undefined
      },
      onRequestBody(exchange, chunk) {
        const before = bytes.get(exchange)
        if (before === undefined) return undefined
        const now = before + chunk.byteLength
        bytes.set(exchange, now)
        if (now <= limit) return undefined
        exchange.note(counted, now)
        return cut
      },
      explain(_exchange, code, length) {
        if (code === within) return `at most ${limit} bytes`
        return code === announced
          ? `refused: ${length} bytes announced, ${limit} allowed`
          : `cut after ${length} bytes, ${limit} allowed`
      },
    }
  },
}
