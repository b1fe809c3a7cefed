import type { PolicyDefinition } from '../contract/policy.ts'

/** Loads the code of a policy; a worker calls it only for what is configured. `use` has none: it names code of one's own. */
export const policyDefinitions: Readonly<Record<string, () => Promise<PolicyDefinition>>> = {
  allow: async () => (await import('./allow/allow.ts')).allow,
  bodyLimit: async () => (await import('./bodyLimit/bodyLimit.ts')).bodyLimit,
  compress: async () => (await import('./compress/compress.ts')).compress,
  cookies: async () => (await import('./cookies/cookies.ts')).cookies,
  cors: async () => (await import('./cors/cors.ts')).cors,
  deny: async () => (await import('./deny/deny.ts')).deny,
  encodedSlash: async () => (await import('./encodedSlash/encodedSlash.ts')).encodedSlash,
  errors: async () => (await import('./errors/errors.ts')).errors,
  forward: async () => (await import('./forward/forward.ts')).forward,
  headers: async () => (await import('./headers/headers.ts')).headers,
  hostHeader: async () => (await import('./hostHeader/hostHeader.ts')).hostHeader,
  labels: async () => (await import('./labels/labels.ts')).labels,
  log: async () => (await import('./log/log.ts')).log,
  query: async () => (await import('./query/query.ts')).query,
  rewrite: async () => (await import('./rewrite/rewrite.ts')).rewrite,
  rewriteLocation: async () => (await import('./rewriteLocation/rewriteLocation.ts')).rewriteLocation,
  securityHeaders: async () => (await import('./securityHeaders/securityHeaders.ts')).securityHeaders,
  stripPrefix: async () => (await import('./stripPrefix/stripPrefix.ts')).stripPrefix,
  timeout: async () => (await import('./timeout/timeout.ts')).timeout,
  websocket: async () => (await import('./websocket/websocket.ts')).websocket,
}
