import type { Exchange } from '../contract/exchange.ts'
import { masked, type Redaction } from '../lib/redaction.ts'
import { jsonText } from './text.ts'

/** Fields that every record may have, with what they say; `log.fields` cannot replace them. */
export const recordFields: Readonly<Record<string, string>> = {
  time: 'When the head of the request arrived: RFC 3339, UTC, ms.',
  id: 'Request id, the same as in `X-Request-Id`.',
  status: 'Status sent to the client; 499 when it went away first.',
  method: 'Method as the client sent it.',
  host: 'Host asked for: lower case, without port.',
  path: 'Canonical path and query as the client sent them; values of masked names are `***`.',
  listener: 'Listener that took the connection.',
  route: 'Route that took the request; absent when none did.',
  service: 'Service chosen; absent when the gateway answered alone.',
  target: 'Target of the last attempt.',
  client: 'Address of the client, behind trusted proxies.',
  code: 'Problem code, when the gateway made the answer.',
  detail: 'The sentence of the problem.',
  source: 'Who made the answer: `service`, `gateway` or `cache`.',
  ms: 'Duration in ms, from the head of the request to the end of the answer.',
  serviceMs: 'Time in ms spent waiting for the service.',
  bytesIn: 'Bytes of the request body.',
  bytesOut: 'Bytes of the answer body.',
  attempts: 'Attempts begun; more than 1 means that it was tried again.',
  aborted: '`true` when the answer was cut: the client went away (GW4991), or the service broke off; absent otherwise.',
  traceId: 'W3C trace id.',
  userAgent: '`User-Agent` of the request.',
  protocol: '`HTTP/1.1`, `HTTP/1.0` or `HTTP/2`.',
  truncated: '`true` when fields of `log.fields` were left out because the line reached 16 KiB; absent otherwise.',
}

/** Adds a route's own fields to an unfinished line. */
export type LogFields = (line: string, exchange: Exchange) => string

/** Longest line in bytes, its end included. */
export const longestLine: number = 16 * 1024
const mark = ',"truncated":true'

/**
 * Prepares `log.fields`. A name that the record uses already gets an underscore in front; a masked name shows `***`;
 * a value that is missing, or whose template fails, leaves its field out.
 */
export const createLogFields = (
  fields: readonly (readonly [name: string, value: (exchange: Exchange) => string | undefined])[],
  redaction: Redaction,
): LogFields => {
  const prepared = fields.map(([name, value]) => ({
    before: `,"${jsonText(Object.hasOwn(recordFields, name) ? `_${name}` : name, 128)}":"`,
    value: redaction(name) ? (): string => masked : value,
  }))
  const room = longestLine - mark.length - '}\n'.length
  return (line, exchange) => {
    let out = line
    for (const field of prepared) {
      let value: string | undefined
      try {
        value = field.value(exchange)
      } catch {
        continue
      }
      if (value === undefined) continue
      const text = jsonText(value)
      if (out.length + field.before.length + text.length + 1 > room) return out + mark
      out += `${field.before}${text}"`
    }
    return out
  }
}
