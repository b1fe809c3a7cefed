import { flat } from './flat.ts'

/**
 * Known field names. A name's place here, from 1, is its id; 0 is "not known". Fixed at build time, so ids may be
 * compared with the constants below on the hot path.
 */
// oxfmt-ignore
const known = [
  'host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect',
  'http2-settings', 'proxy', 'proxy-authenticate', 'proxy-authorization', 'content-type', 'content-encoding', 'content-language', 'content-location',
  'content-range', 'content-disposition', 'date', 'server', 'x-powered-by', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host',
  'x-forwarded-port', 'x-forwarded-prefix', 'forwarded', 'x-real-ip', 'x-request-id', 'traceparent', 'tracestate', 'user-agent', 'accept',
  'accept-encoding', 'accept-language', 'accept-ranges', 'accept-charset', 'cookie', 'set-cookie', 'authorization', 'cache-control', 'etag',
  'last-modified', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range', 'range', 'expires', 'age', 'vary', 'location',
  'origin', 'referer', 'access-control-allow-origin', 'access-control-allow-methods', 'access-control-allow-headers', 'access-control-allow-credentials',
  'access-control-expose-headers', 'access-control-max-age', 'access-control-request-method', 'access-control-request-headers',
  'access-control-request-private-network', 'access-control-allow-private-network', 'sec-websocket-key', 'sec-websocket-accept', 'sec-websocket-version',
  'sec-websocket-protocol', 'sec-websocket-extensions', 'last-event-id', 'retry-after', 'allow', 'www-authenticate', 'link', 'pragma', 'dnt',
  'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest', 'sec-fetch-user', 'upgrade-insecure-requests', 'strict-transport-security', 'x-frame-options',
  'x-content-type-options', 'referrer-policy', 'content-security-policy', 'permissions-policy', 'server-timing', 'x-http-method-override', 'x-original-url',
  'x-rewrite-url', 'x-http-method', 'x-method-override', 'idempotency-key', 'prefer', 'priority', 'max-forwards', 'x-requested-with', 'digest', 'content-digest',
  'want-digest', 'alt-svc', 'clear-site-data', 'cross-origin-resource-policy', 'cross-origin-opener-policy', 'cross-origin-embedder-policy', 'x-api-key',
  'x-consumer-name', 'x-consumer-plan', 'x-consumer-id', 'x-auth-scheme', 'x-auth-subject', 'x-auth-scopes', 'x-correlation-id', 'baggage', 'x-xss-protection',
  'x-dns-prefetch-control', 'timing-allow-origin', 'x-cache', 'ratelimit', 'ratelimit-policy', 'proxy-status', 'deprecation', 'sunset', 'grpc-timeout',
  'x-request-timeout', 'x-forwarded-server', 'x-forwarded-ssl', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-cluster-client-ip', 'save-data',
] as const

export type KnownFieldName = (typeof known)[number]
/** Lower-case names by id; index 0 is empty. */
export const fieldNames: readonly string[] = ['', ...known]
const ids = new Map<string, number>(known.map((name, index) => [name, index + 1]))

/** Id of a lower-case name, 0 when it is not known. */
export const fieldId = (name: string): number => ids.get(name) ?? 0
/** Id of a name of the table, for constants. */
export const idOf = (name: KnownFieldName): number => ids.get(name) as number

const special: Readonly<Record<string, string>> = {
  etag: 'ETag',
  te: 'TE',
  dnt: 'DNT',
  'www-authenticate': 'WWW-Authenticate',
  'x-xss-protection': 'X-XSS-Protection',
  'http2-settings': 'HTTP2-Settings',
  'x-request-id': 'X-Request-Id',
  'sec-websocket-key': 'Sec-WebSocket-Key',
  'sec-websocket-accept': 'Sec-WebSocket-Accept',
  'sec-websocket-version': 'Sec-WebSocket-Version',
  'sec-websocket-protocol': 'Sec-WebSocket-Protocol',
  'sec-websocket-extensions': 'Sec-WebSocket-Extensions',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
  baggage: 'baggage',
  ratelimit: 'RateLimit',
  'ratelimit-policy': 'RateLimit-Policy',
}
/** Line break and `Name: ` as written on an HTTP/1.1 wire, by id; index 0 is empty. The break stands before the name, so that a line is two concatenations. */
export const fieldPrefixes: readonly string[] = fieldNames.map((name) =>
  name === '' ? '' : flat(`\r\n${special[name] ?? name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())}: `),
)
