import type { PolicyOptions } from '../../contract/policy.ts'
import type { KeyNode, ObjectNode, SchemaNode } from '../../contract/schema.ts'
import { constant, key, later, many, object, ref, scalar, union, choice } from '../../lib/schema.ts'
import { adminNode, telemetryNode } from './telemetry.ts'
import { bundleNode, defaultsNode, routeNode } from './routes.ts'
import { globalNode, listenerNode } from './listeners.ts'
import { serviceNode } from './services.ts'

const include = many(
  union(
    scalar('text'),
    object({
      files: key(scalar('text'), 'A glob of files.'),
      paths: key(many(scalar('pattern'), 1), 'Routes of these files may match only inside these paths.'),
      hosts: key(many(scalar('hostPattern'), 1), 'Routes of these files may match only these hosts.'),
      listeners: key(many(ref('listeners'), 1), 'Routes of these files may stand on these listeners only.'),
      openapi: later('Routes from an OpenAPI document.', 'OpenAPI import'),
      service: later('The service of those routes.', 'OpenAPI import'),
      prefix: later('What goes before their paths.', 'OpenAPI import'),
      policies: later('Their bundles.', 'OpenAPI import'),
      auth: later('Who may call them.', 'OpenAPI import'),
    }),
  ),
)

const workers = object(
  {
    count: key(
      union(choice('auto'), scalar('integer', { min: 1, max: 1024 })),
      'Threads that serve; `auto` is one for each core.',
      'auto',
    ),
    maxBlock: key(scalar('duration', { min: 1000 }), 'A worker whose loop stands still longer is replaced.', '30s'),
  },
  { short: 'count' },
)
const drain = object(
  {
    delay: key(scalar('duration'), 'Not ready and still serving, so that balancers notice.', '5s'),
    timeout: key(scalar('duration'), 'How long what runs may take to finish.', '30s'),
  },
  { short: 'timeout' },
)

const laterSections: Readonly<Record<string, readonly [says: string, what: string]>> = {
  auth: ['Schemes: ways to prove who calls.', 'authentication'],
  plans: ['What may be bought.', 'plans'],
  consumers: ['Who calls.', 'consumers'],
  meters: ['What is counted.', 'metering'],
  metering: ['Where usage is sent.', 'metering'],
  store: ['Where nodes share state.', 'stores'],
  brokers: ['Message brokers.', 'brokers'],
  discovery: ['Engines that know targets.', 'discovery'],
  secrets: ['Providers of secrets.', 'secret providers'],
  portal: ['The developer portal.', 'the portal'],
  plugins: ['Packages that add policies.', 'plugins'],
  geoip: ['A database of countries.', 'countries'],
  mail: ['How mail is sent.', 'mail'],
}

/** Sections that an included file may hold; `null` entries of the map in `gateway` come later. */
export const includedSections: ReadonlySet<string> = new Set([
  'defaults',
  'services',
  'routes',
  'auth',
  'policies',
  'plans',
  'consumers',
  'meters',
  'brokers',
  'discovery',
  'plugins',
])

/** The whole grammar as one object node (config.md §2). */
export interface Grammar {
  readonly gateway: ObjectNode
  readonly route: SchemaNode
  readonly service: SchemaNode
  readonly listener: SchemaNode
  readonly defaults: SchemaNode
  readonly global: SchemaNode
  readonly bundle: SchemaNode
  /** Keys that belong to one kind of thing alone, and to which. */
  readonly elsewhere: ReadonlyMap<string, string>
}

const known = new WeakMap<readonly PolicyOptions[], Grammar>()

/** The grammar with these policies; the same object for the same list. */
export const grammarOf = (policies: readonly PolicyOptions[]): Grammar => {
  const found = known.get(policies)
  if (found !== undefined) return found
  const grammar = build(policies)
  known.set(policies, grammar)
  return grammar
}

const build = (policies: readonly PolicyOptions[]): Grammar => {
  const listener = listenerNode(policies)
  const global = globalNode(policies)
  const defaults = defaultsNode(policies)
  const service = serviceNode(policies)
  const route = routeNode(policies)
  const bundle = bundleNode(policies)
  const mapOfNodes = (of: SchemaNode): SchemaNode => ({ kind: 'map', key: 'name', of })
  const keys: Record<string, KeyNode> = {
    version: { node: constant(1).node, says: 'Version of the grammar.', default: 1 },
    include: { node: include.node, says: 'Further files, with the bounds their routes must keep.' },
    listeners: { node: mapOfNodes(listener), says: 'Where requests are accepted.', default: { main: 8080 } },
    global: { node: global, says: 'Guards and settings for every request, matched or not.' },
    defaults: { node: defaults, says: 'What every route inherits.' },
    policies: { node: mapOfNodes(bundle), says: 'Bundles: policies under one name, used with `policies: name`.' },
    services: { node: mapOfNodes(service), says: 'Where requests go.' },
    routes: { node: mapOfNodes(route), says: 'Which requests, what answers them, and under which rules.' },
    telemetry: { node: telemetryNode, says: 'Logs, traces and what is kept.', default: {} },
    admin: { node: adminNode, says: 'The admin API; `none` switches it off.', default: {} },
    state: { node: scalar('text').node, says: 'Folder for what this node keeps.', default: './.gwanmun' },
    workers: { node: workers.node, says: 'Threads that serve.', default: {} },
    drain: { node: drain.node, says: 'How the gateway ends.', default: {} },
  }
  for (const [name, [says, what]] of Object.entries(laterSections))
    keys[name] = { node: { kind: 'later', what }, says, later: what }
  const elsewhere = homesOf({
    'the top of the file': { kind: 'object', keys },
    'a listener': listener,
    'a service': service,
    'a route': route,
  })
  return { gateway: { kind: 'object', keys }, route, service, listener, defaults, global, bundle, elsewhere }
}

/** The one thing that a key belongs to; keys of several things have no home. */
const homesOf = (places: Readonly<Record<string, SchemaNode>>): ReadonlyMap<string, string> => {
  const homes = new Map<string, string>()
  const shared = new Set<string>()
  for (const [place, node] of Object.entries(places)) {
    for (const [name, key] of Object.entries(node.kind === 'object' ? node.keys : {})) {
      if (key.node.kind === 'misplaced') continue
      if (homes.has(name)) shared.add(name)
      homes.set(name, place)
    }
  }
  for (const name of shared) homes.delete(name)
  return homes
}
