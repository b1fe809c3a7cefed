import type { SchemaNode } from '../../src/contract/schema.ts'
import { policyOptions } from '../../src/policies/options.ts'
import { configTree } from './config-tree.ts'
import { keyTable, laterKeys, typeText } from './grammar-text.ts'
import { madeFrom, table } from './markdown-table.ts'

const intro: Readonly<Record<string, string>> = {
  listeners: 'Where requests are accepted. A map from name to listener.',
  services:
    'Where requests go. A map from name to service: its targets, how requests are spread over them, connections, health.',
  routes:
    'What happens to a request. A map from name to route: a match, one action, and [policies](../policies/README.md).',
  global: 'Policies for every request, matched or not. They run before the route is chosen.',
  defaults: 'What every route inherits; a route may say otherwise.',
  policies:
    'Bundles of [policies](../policies/README.md) by name. A route names them with `policies: [a, b]`; they count just below its own keys.',
  include: 'Further files. What they may match can be bounded.',
  telemetry: 'Logs, and how traces of clients are carried on.',
  admin: 'The admin API: where it listens and who may use it.',
}

const examples: Readonly<Record<string, string>> = {
  listeners: `listeners:
  main: 8080
  inside: { port: 8081, host: 10.0.0.4, trustedProxies: [10.0.0.0/8], timeouts: { keepAlive: 60s } }
routes:
  health: { listener: all, path: /health, respond: ok }`,
  services: `services:
  payments: http://payments:4003
  orders:
    targets:
      - http://orders-a:4001
      - { url: http://orders-b:4001, weight: 3 }
    loadBalancing: least-requests
    pool: { max: 64 }
routes:
  orders: { path: /orders/*, service: orders }
  payments: { path: /payments/*, service: payments }`,
  routes: `services:
  orders: http://localhost:4001
routes:
  read: { path: /orders/*, methods: GET, service: orders, compress: true }
  write: { path: /orders/*, methods: [POST, PUT], service: orders, bodyLimit: 1MB }
  moved: { path: /old/*, redirect: '/orders/{*}' }
  health: { path: /health, respond: ok }`,
  global: `global:
  deny: { paths: ['/.git/*'] }
routes:
  health: { path: /health, respond: ok }`,
  defaults: `services:
  api: http://localhost:4000
defaults:
  timeout: 10s
  cors: [https://app.example.com]
routes:
  api: { path: /api/*, service: api }`,
  policies: `services:
  api: http://localhost:4000
policies:
  public: { cors: true, securityHeaders: true }
routes:
  api: { path: /api/*, service: api, policies: public }`,
  telemetry: `telemetry:
  level: info
  logs: { stdout: { to: stdout, format: json } }
routes:
  health: { path: /health, respond: ok }`,
  admin: `admin: { port: 9901 }
routes:
  health: { path: /health, respond: ok }`,
}
/** Examples of the pages, each of which must pass check. */
export const pageExamples: Readonly<Record<string, string>> = examples

const policyNames = new Set(policyOptions.map(({ name }) => name))

/** Sections that hold policies. */
const withPolicies: ReadonlySet<string> = new Set(['listeners', 'services', 'routes', 'global', 'defaults', 'policies'])

const sectionPage = (name: string, says: string, node: SchemaNode, fallback: unknown): string => {
  const later = laterKeys(node)
  const keys = keyTable(node, 3, policyNames)
  const example = examples[name]
  return `${madeFrom('src/config/grammar')}# ${name}

${intro[name] ?? says}

${table(['', ''], [['written', typeText(node)], ...(fallback === undefined ? [] : [['default', `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``]])])}
${keys === '' ? '' : `\n${keys}\n`}${withPolicies.has(name) ? '\nAnd the [policies](../policies/README.md) that may stand here.\n' : ''}${example === undefined ? '' : `\n\`\`\`yaml\n${example}\n\`\`\`\n`}${
    later.length === 0 ? '' : `\nKnown to the grammar and refused by this version (GW1108): ${later.join(', ')}.\n`
  }`
}

const chains = table(
  ['chain', 'places, far to near'],
  [
    ['gateway', '`global` < `listeners.<name>.global`'],
    [
      'route',
      'built in < (settings: the gateway chain) < `defaults` < `defaults` of the included file < (settings: the service) < the route',
    ],
  ],
)

/** `docs/reference/config`: an index and one page a section. */
export const configPages = (): Map<string, string> => {
  const tree = configTree()
  if (tree.kind !== 'object') throw new Error('the grammar is no object')
  const live = Object.entries(tree.keys).filter(([, key]) => key.later === undefined && key.node.kind !== 'later')
  const later = laterKeys(tree)
  const pages = new Map<string, string>()
  pages.set(
    'docs/reference/config/README.md',
    `${madeFrom('src/config/grammar')}# Configuration

One file says everything: \`gateway.yaml\`, \`gateway.ts\` or \`gateway.json\` in the working directory, or \`-c FILE\`. Two of
them in one folder is an error. What is not here is an error at \`check\`, \`start\`, reload and over the admin API alike.

${table(
  ['section', 'default', ''],
  live.map(([name, key]) => [
    `[\`${name}\`](${name}.md)`,
    key.default === undefined
      ? ''
      : `\`${typeof key.default === 'string' ? key.default : JSON.stringify(key.default)}\``,
    key.says,
  ]),
)}

${later.length === 0 ? '' : `Known to the grammar and refused by this version (GW1108): ${later.join(', ')}.\n`}
## Writing

- A plain value stands for the key that a page calls its *short form*: \`timeout: 5s\` is \`timeout: { total: 5s }\`.
- *One or a list*: a single value stands for a list of one.
- \`none\` switches a policy or an optional block off, and with it what would have been inherited or built in.
- Durations have one unit (\`500ms\` \`5s\` \`1m\` \`2h\` \`30d\`), sizes too (\`64KB\`, powers of 1024).
- \`\${NAME}\`, \`\${NAME:-default}\` and \`\${file:./path}\` are filled in when the file is loaded; \`{request.id}\` for each request.
- Quote what YAML would misread; \`check\` says so. Top-level keys that begin with \`x-\` are ignored.

## Which value holds

${chains}

Within a chain the nearest wins, key by key. Guards of different chains add up: all must admit. \`headers\`, \`query\`,
\`timeout\` and \`labels\` merge entry by entry; \`use\`, \`policies\` and \`deny\` append. \`gwanmun config print\` shows every
value that holds and where it was written.
`,
  )
  for (const [name, key] of live)
    pages.set(`docs/reference/config/${name}.md`, sectionPage(name, key.says, key.node, key.default))
  return pages
}
