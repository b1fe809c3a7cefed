/** What is measured of a policy: two configs that differ in it alone, under a load that it concerns. */
export interface PolicyCost {
  readonly name: string
  /** YAML under `defaults:`, indented by two. */
  readonly with: string
  /** The same without the policy; the built-in defaults when absent. */
  readonly without?: string
  /** Which requests: small GETs, or POSTs of 1 KB that are answered with 16 KB. */
  readonly load: 'get' | 'post'
  /** Fields that every request carries on both sides. */
  readonly headers?: Readonly<Record<string, string>>
  /** With it no access log is written, so none is looked for after a run. */
  readonly silent?: boolean
}

/** Code that `use` is measured with; written beside the config. */
export const ownPolicy: string = `import { definePolicy } from 'gwanmun'

export default definePolicy({
  name: 'tenant',
  stage: 'transform',
  dry: 'pure',
  create: () => ({
    onRequest(exchange) {
      exchange.request.fields.set('x-tenant', exchange.request.host)
      return undefined
    },
  }),
})
`

const origin = { Origin: 'https://app.example.com' }

/** Every policy of this version, with a config as people write it. A new policy adds its line here. */
export const policyCosts: readonly PolicyCost[] = [
  { name: 'allow', load: 'get', with: '  allow: [127.0.0.0/8, 10.0.0.0/8, 192.168.0.0/16]' },
  {
    name: 'deny',
    load: 'get',
    with: "  deny: { ip: [203.0.113.0/24], paths: [/wp-admin/*, '/.git/*'], headers: { User-Agent: '~.*(sqlmap|nikto).*' } }",
  },
  {
    name: 'cors',
    load: 'get',
    headers: origin,
    with: '  cors: { origins: [https://app.example.com], credentials: true }',
  },
  { name: 'bodyLimit', load: 'post', with: '  bodyLimit: 1MB', without: '  bodyLimit: none' },
  { name: 'stripPrefix', load: 'get', with: '  stripPrefix: true' },
  // Holds for the route by which the bench sees that a config is live, too, which has no rest.
  { name: 'rewrite', load: 'get', with: "  rewrite: '/v2{request.path}'" },
  { name: 'query', load: 'get', with: "  query: { remove: [utm_source], set: { tenant: '{request.host}' } }" },
  {
    name: 'forward',
    load: 'get',
    headers: { 'X-Debug': '1', ...origin },
    with: '  forward: { headers: [User-Agent], query: [view] }',
  },
  {
    name: 'headers',
    load: 'get',
    with: "  headers: { request: { set: { X-Tenant: '{request.host}' }, remove: [X-Debug] }, response: { set: { X-Served-By: '{route.name}' } } }",
  },
  { name: 'hostHeader', load: 'get', with: '  hostHeader: preserve' },
  { name: 'encodedSlash', load: 'get', with: '  encodedSlash: pass' },
  { name: 'timeout', load: 'get', with: '  timeout: { total: 5s, attempt: 2s, whole: 10s }' },
  { name: 'websocket', load: 'get', with: '  websocket: none' },
  { name: 'errors', load: 'get', with: '  errors: problem' },
  { name: 'rewriteLocation', load: 'get', with: '  rewriteLocation: true', without: '  rewriteLocation: false' },
  { name: 'cookies', load: 'get', with: '  cookies: { secure: true, httpOnly: true, sameSite: Lax }' },
  { name: 'securityHeaders', load: 'get', with: '  securityHeaders: true' },
  {
    name: 'compress',
    load: 'post',
    headers: { 'Accept-Encoding': 'gzip' },
    with: '  compress: { algorithms: [gzip] }',
  },
  { name: 'log', load: 'get', with: "  log: { fields: { tenant: '{request.host}', view: '{request.query.view}' } }" },
  { name: 'log: none', load: 'get', with: '  log: none', silent: true },
  { name: 'labels', load: 'get', with: '  labels: { team: orders }' },
  { name: 'use', load: 'get', with: '  use: ./tenant.ts' },
]
