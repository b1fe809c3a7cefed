import type { PolicyOptions } from '../../contract/policy.ts'
import type { SchemaNode } from '../../contract/schema.ts'
import { choice, key, later, many, object, orNone, required, scalar, union } from '../../lib/schema.ts'
import { policyKeys } from './policies.ts'

const target = object(
  {
    url: required(scalar('targetUrl'), 'Address of the target, `http://host:port/prefix` or `unix:/path`.'),
    weight: key(scalar('integer', { min: 0, max: 1000 }), 'Its share among the targets; 0 drains it.', 1),
    zone: later('Where it stands.', 'zones'),
    backup: later('Used only when no other is healthy.', 'backup targets'),
    from: later('Targets from a discovery engine.', 'discovery'),
    name: later('Name at the discovery engine.', 'discovery'),
    port: later('Port of discovered targets.', 'discovery'),
    scheme: later('Scheme of discovered targets.', 'discovery'),
    tags: later('Tags that discovered targets must have.', 'discovery'),
    record: later('Kind of DNS record.', 'discovery'),
    fallback: later('Targets until the engine first answers.', 'discovery'),
  },
  { short: 'url' },
)

const passive = object({
  failures: key(scalar('integer', { min: 1 }), 'Failures in a row, within the window, that take a target out.', 5),
  on: key(many(scalar('outcome'), 1), 'What is a failure.', ['connect', 'reset', '5xx']),
  window: key(scalar('duration', { min: 1 }), 'How long a row of failures may take.', '30s'),
  ejectFor: key(scalar('duration', { min: 1 }), 'How long a target stays out; longer each time.', '30s'),
  maxEjectFor: key(scalar('duration', { min: 1 }), 'The longest time it stays out.', '5m'),
  maxEjected: key(scalar('share'), 'Never more than this share of the targets is out.', '50%'),
})

const healthCheck = object({
  path: later('Path of the active probe.', 'active health checks'),
  method: later('Method of the probe.', 'active health checks'),
  headers: later('Fields of the probe.', 'active health checks'),
  host: later('Host of the probe.', 'active health checks'),
  port: later('Port of the probe.', 'active health checks'),
  type: later('Kind of probe.', 'active health checks'),
  interval: later('Time between probes.', 'active health checks'),
  timeout: later('Time a probe may take.', 'active health checks'),
  healthyAfter: later('Successes that bring a target back.', 'active health checks'),
  unhealthyAfter: later('Failures that take it out.', 'active health checks'),
  expect: later('Statuses that are a success.', 'active health checks'),
  body: later('What the answer must hold.', 'active health checks'),
  passive: key(orNone(passive), 'Live traffic decides; `none` switches it off.', {}),
  whenNoneHealthy: key(
    choice('try-all', 'refuse'),
    'What happens when every target is out: try them all, or 503 at once.',
    'try-all',
  ),
})

const pool = object({
  max: key(scalar('integer', { min: 1 }), 'Connections to one target from one worker.', 256),
  pending: key(scalar('integer', { min: 0 }), 'Requests that may wait for one.', 1024),
  wait: key(scalar('duration'), 'How long they wait; then 503.', '5s'),
  idle: key(scalar('duration'), 'An idle connection is closed after this.', '4s'),
  maxRequests: key(scalar('integer', { min: 1 }), 'Requests after which a connection is closed.', 10_000),
})

const plain = object(
  {
    targets: required(many(target, 1), 'Where the service is.'),
    type: later('What it speaks.', 'gRPC, SOAP and GraphQL services'),
    loadBalancing: key(
      object(
        {
          algorithm: key(
            union(choice('round-robin', 'least-requests'), {
              node: {
                kind: 'laterChoice',
                values: ['two-choices', 'least-latency', 'random', 'consistent-hash'],
                what: 'more ways of balancing',
              },
            }),
            'Which target is next.',
            'round-robin',
          ),
          by: later('What is hashed.', 'consistent hashing'),
          slowStart: later('A new target gets its share slowly.', 'slow start'),
          zone: later('Targets of this zone are preferred.', 'zones'),
        },
        { short: 'algorithm' },
      ),
      'How requests are spread.',
      {},
    ),
    sticky: later('A cookie names the target.', 'sticky sessions'),
    healthCheck: key(
      union(healthCheck, { node: { kind: 'later', what: 'active health checks' } }),
      'What takes a target out; live traffic when absent.',
      {},
    ),
    pool: key(pool, 'Connections to its targets.', {}),
    tls: later('Certificates of the service side.', 'TLS'),
    credentials: later('What the gateway proves itself with.', 'credentials'),
    proxy: later('An egress proxy.', 'egress proxies'),
    forwarded: key(choice('both'), '`both` sends `Forwarded` (RFC 7239) beside `X-Forwarded-*`.'),
    openapi: later('Its OpenAPI document.', 'validation'),
    wsdl: later('Its WSDL.', 'SOAP'),
    protos: later('Its protobuf descriptors.', 'gRPC'),
    schema: later('A GraphQL schema made of other services.', 'GraphQL'),
    resolvers: later('How its fields are resolved.', 'GraphQL'),
  },
  { short: 'targets' },
)

/** One service: config.md §7, with the policies marked S. */
export const serviceNode = (policies: readonly PolicyOptions[]): SchemaNode => {
  const node = plain.node as Extract<SchemaNode, { kind: 'object' }>
  return { ...node, keys: { ...policyKeys('S', policies), ...node.keys } }
}
