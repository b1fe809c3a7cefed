import type { PolicyOptions } from '../../contract/policy.ts'
import type { KeyNode, SchemaNode } from '../../contract/schema.ts'
import { respondSchema } from '../../lib/respond-schema.ts'
import { choice, key, later, many, mapOf, object, ref, required, scalar, union } from '../../lib/schema.ts'
import { policyKeys } from './policies.ts'

const listener = union(choice('all'), many(ref('listeners'), 1))
const hosts = many(scalar('hostPattern'), 1)

const match = object({
  headers: key(mapOf('fieldName', scalar('matcher')), 'Request fields and what they hold.'),
  query: key(mapOf('text', scalar('matcher')), 'Query parameters and what they hold.'),
  cookies: key(mapOf('text', scalar('matcher')), 'Cookies and what they hold.'),
  ip: key(many(scalar('cidr'), 1), 'The client’s real address.'),
  version: later('The version that the request names.', 'versions'),
  body: later('Values in the body.', 'conditions on bodies'),
  when: later('A condition.', 'CEL'),
})

const redirect = object(
  {
    to: required(scalar('template', { stage: 'respond' }), 'Where to, a template.'),
    status: key(scalar('status', { min: 300, max: 399 }), 'Status of the answer.', 308),
    keepQuery: key(scalar('boolean'), 'Whether the query is kept.', true),
  },
  { short: 'to' },
)

const handler = object(
  {
    file: required(scalar('file'), 'A file whose default export is made by defineHandler.'),
    options: key(scalar('json'), 'Its options.'),
  },
  { short: 'file' },
)

const plain = object({
  listener: key(listener, 'Where it is served; may be absent while one listener serves.'),
  host: key(hosts, 'Hosts: a name, `*.example.com`, or `{tenant}.example.com`; any when absent.'),
  path: key(many(scalar('pattern'), 1), 'Path patterns; any path when absent.'),
  methods: key(many(scalar('method'), 1), 'Methods; any when absent. GET takes HEAD too.'),
  match: key(match, 'Further conditions; all must hold.'),
  priority: key(
    scalar('integer', { min: -1_000_000, max: 1_000_000 }),
    'The higher wins before anything else is compared.',
    0,
  ),
  service: key(ref('services'), 'The service that answers.'),
  respond: key(respondSchema, 'A fixed answer.'),
  redirect: key(redirect, 'A redirection.'),
  handler: key(handler, 'Code that answers.'),
  aggregate: later('One document made of several calls.', 'aggregation'),
  publish: later('Publishes the request to a broker.', 'brokers'),
  subscribe: later('A stream of messages.', 'brokers'),
  batch: later('Several requests in one.', 'batches'),
  consume: later('Takes messages instead of requests.', 'brokers'),
  summary: key(scalar('text'), 'What it is for, for people.'),
  tags: key(many(scalar('text')), 'Words to sort it by, for people.'),
})

/** Keys that answer a route: config.md §8.1. */
export const actionKeys: readonly string[] = [
  'service',
  'respond',
  'redirect',
  'handler',
  'aggregate',
  'publish',
  'subscribe',
  'batch',
]

const bundles: KeyNode = {
  node: { kind: 'nullable', of: many(ref('policies')).node },
  says: 'Bundles, declared under the section of the same name; they count just below the keys beside them.',
}

/** One route: config.md §4, §5 and §8. */
export const routeNode = (policies: readonly PolicyOptions[]): SchemaNode => {
  const node = plain.node as Extract<SchemaNode, { kind: 'object' }>
  return { ...node, keys: { ...node.keys, ...policyKeys('R', policies), policies: bundles } }
}

/** `defaults`: what every route inherits. */
export const defaultsNode = (policies: readonly PolicyOptions[]): SchemaNode => ({
  kind: 'object',
  keys: {
    host: { node: hosts.node, says: 'Hosts of routes that state none.' },
    listener: { node: listener.node, says: 'Listeners of routes that state none.' },
    match: {
      node: {
        kind: 'object',
        keys: {
          version: {
            node: { kind: 'later', what: 'versions' },
            says: 'Where the version is read from.',
            later: 'versions',
          },
        },
      },
      says: 'Only `version.from`.',
    },
    ...policyKeys('R', policies),
    policies: bundles,
  },
})

/** A bundle under `policies`. */
export const bundleNode = (policies: readonly PolicyOptions[]): SchemaNode => ({
  kind: 'object',
  keys: {
    ...policyKeys('R', policies),
    policies: { node: { kind: 'misplaced', help: 'bundles hold no bundles; name both where they are used' }, says: '' },
  },
})
