import { fieldId, fieldNames, idOf } from '../lib/field-names.ts'
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
  'x-request-id', 'traceparent', 'tracestate'] as const) dropFlags[idOf(name)] = fromClient
for (const name of ['server', 'x-powered-by', 'x-request-id'] as const)
  dropFlags[idOf(name)] = (dropFlags[idOf(name)] as number) | fromService

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

/** Framing fields, which an alias with underscores must not bring back. */
const framing = new Set([
  idOf('content-length'),
  idOf('transfer-encoding'),
  idOf('host'),
  idOf('connection'),
  idOf('te'),
])

/** With underscores passed, `X_Real_IP` is the same name to many services as the one with hyphens. */
const isClaimedAlias = (name: string): boolean => {
  const plain = name.replaceAll('_', '-')
  const known = fieldId(plain)
  return framing.has(known) || ((dropFlags[known] as number) & fromClient) !== 0 || isClaimed(plain)
}
const isClaimed = (name: string): boolean => {
  if (name.charCodeAt(0) !== 120 || name.charCodeAt(1) !== 45) return false
  for (const prefix of prefixes) if (name.startsWith(prefix)) return true
  return false
}

/** Removes identity and forwarding fields that a client sent, in whatever spelling. */
export const dropClientClaims = (fields: Fields): void => {
  fields.drop(dropFlags, fromClient)
  for (let i = fields.length - 1; i >= 0; i--) {
    if (fields.idAt(i) !== 0) continue
    const name = fields.nameAt(i)
    if (name.includes('_') ? isClaimedAlias(name) : isClaimed(name)) fields.removeAt(i)
  }
}
