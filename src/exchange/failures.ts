import type { Reply } from '../contract/exchange.ts'
import type { FailureCause } from '../contract/streams.ts'
import type { ErrorCode } from '../errors.ts'
import { refuse } from './problem.ts'
import type { ExchangeState } from './state.ts'

/** Code, error type of `Proxy-Status` (RFC 9209 §2.3) and words for the log, by cause. */
const failures: Readonly<Record<FailureCause, readonly [ErrorCode, string, string]>> = {
  refused: ['GW5021', 'connection_refused', 'connection refused'],
  unreachable: ['GW5024', 'destination_ip_unroutable', 'no way to the address'],
  name: ['GW5025', 'dns_error', 'the name does not resolve'],
  'connect-timeout': ['GW5041', 'connection_timeout', 'no connection in time'],
  tls: ['GW5027', 'tls_protocol_error', 'the TLS handshake failed'],
  reset: ['GW5022', 'connection_terminated', 'the connection was reset'],
  closed: ['GW5022', 'connection_terminated', 'the connection was closed'],
  malformed: ['GW5023', 'http_protocol_error', 'the answer is malformed'],
  'too-large': ['GW5026', 'http_response_header_section_size', 'the head of the answer is too large'],
  trailers: ['GW5023', 'http_response_trailer_section_size', 'the trailers of the answer are too large'],
  timeout: ['GW5042', 'http_response_timeout', 'no answer in time'],
  aborted: ['GW5022', 'connection_terminated', 'cut'],
  pool: ['GW5032', 'connection_limit_reached', 'no connection free'],
}
const replies = new Map<FailureCause, Reply>()
for (const [cause, [code, error]] of Object.entries(failures)) {
  const headers = ['proxy-status', `gwanmun; error=${error}`]
  replies.set(
    cause as FailureCause,
    refuse(code, undefined, cause === 'pool' ? [...headers, 'retry-after', '1'] : headers),
  )
}

/** The reply to a failed delivery. Clients learn the kind of failure; service, target and tries go to the log. */
export const failureReply = (exchange: ExchangeState, service: string, target: string, cause: FailureCause): Reply => {
  exchange.detail = `${service}: ${failures[cause][2]} ${target}, tried ${exchange.attempts}×`
  return replies.get(cause) as Reply
}
