import { fieldNames, idOf } from '../lib/field-names.ts'
import type { Fields } from '../lib/fields.ts'

/** Flags of known names, for `Fields.drop`. */
export const dropFlags: Uint8Array = new Uint8Array(fieldNames.length)
/** From clients: what only the gateway may say, and aliases that change what a request means (rows 2.1, 2.4, 2.8, 11.21). */
export const fromClient = 1
/** From services: what tells strangers about them (config.md §5.5). */
export const fromService = 2

// oxfmt-ignore
for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-prefix', 'x-forwarded-server', 'x-forwarded-ssl',
  'forwarded', 'x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-cluster-client-ip', 'proxy', 'x-http-method-override', 'x-original-url', 'x-rewrite-url',
  'x-http-method', 'x-method-override', 'x-consumer-name', 'x-consumer-plan', 'x-consumer-id', 'x-auth-scheme', 'x-auth-subject', 'x-auth-scopes',
  'x-request-id', 'traceparent', 'tracestate', 'via'] as const) dropFlags[idOf(name)] = fromClient
for (const name of ['server', 'x-powered-by'] as const) dropFlags[idOf(name)] = fromService

const prefixes = [
  'x-consumer-',
  'x-auth-',
  'x-jwt-',
  'x-client-cert',
  'x-forwarded-',
  'x-identity-',
  'x-request-route',
  'x-ssl-client',
]

/** Removes identity and forwarding fields that a client sent, in whatever spelling. */
export const dropClientClaims = (fields: Fields): void => {
  fields.drop(dropFlags, fromClient)
  const { ids, names } = fields
  for (let i = ids.length - 1; i >= 0; i--) {
    if (ids[i] !== 0) continue
    const name = names[i] as string
    if (name.charCodeAt(0) !== 120 || name.charCodeAt(1) !== 45) continue
    // With underscores passed, `x-consumer_id` is the same name to many services.
    const plain = name.includes('_') ? name.replaceAll('_', '-') : name
    for (const prefix of prefixes) {
      if (!plain.startsWith(prefix)) continue
      fields.removeAt(i)
      break
    }
  }
}
