import type { PolicyOptions } from '../../contract/policy.ts'
import type { KeyNode, SchemaNode } from '../../contract/schema.ts'
import { choice, key, later, many, object, orNone, ref, scalar, union } from '../../lib/schema.ts'
import { policyKeys } from './policies.ts'

const limits = object({
  connections: key(
    union(choice('auto', 'none'), scalar('integer', { min: 1 })),
    'Connections at once; `auto` leaves room in the file limit of the process.',
    'auto',
  ),
  connectionsPerIp: key(orNone(scalar('integer', { min: 1 })), 'Connections at once from one address.', 'none'),
  headerSize: key(
    scalar('size', { min: 1024, max: 1024 * 1024 }),
    'Bytes of the head of a message; 431 beyond.',
    '16KB',
  ),
  headers: key(scalar('integer', { min: 1, max: 10_000 }), 'Fields of a message; 431 beyond.', 100),
  uri: key(scalar('size', { min: 64, max: 1024 * 1024 }), 'Bytes of the request target; 414 beyond.', '8KB'),
  requestsPerConnection: key(scalar('integer', { min: 1 }), 'Requests after which a connection is closed.', 10_000),
  streams: later('Concurrent streams of an HTTP/2 connection.', 'HTTP/2'),
})

const duration = scalar('duration', { min: 1 })
const timeouts = object({
  handshake: later('From the connection to the end of the TLS handshake.', 'TLS'),
  headers: key(
    duration,
    'From the opening of the connection, or the first byte of a later request, to the end of the head.',
    '10s',
  ),
  body: key(duration, 'Without a byte of the request body.', '30s'),
  keepAlive: key(duration, 'Idle between requests.', '75s'),
  write: key(duration, 'Without progress in sending an answer.', '30s'),
})

const plain = object(
  {
    port: key(scalar('port'), 'Port to listen on; 0 takes a free one.'),
    host: key(scalar('address'), 'Address to bind; all of them when absent (loopback under dev).'),
    socket: key(scalar('text'), 'Path of a Unix socket, instead of port and host.'),
    protocol: key(union(choice('http'), laterChoice('tcp', 'tls', 'udp')), 'What is spoken.', 'http'),
    tls: later('Certificate and client certificates.', 'TLS'),
    http2: later('Whether HTTP/2 is spoken.', 'HTTP/2'),
    redirect: key(
      ref('listeners'),
      'Every request is sent to this listener’s scheme and port with 308; such a listener serves no routes.',
    ),
    trustedProxies: key(
      union(scalar('integer', { min: 1, max: 32 }), many(scalar('cidr'))),
      'Peers whose forwarding fields are believed, or a number of hops.',
    ),
    clientIpHeader: key(
      scalar('fieldName'),
      'The field that names the client, read from the right.',
      'X-Forwarded-For',
    ),
    proxyProtocol: later('Whether every connection begins with a PROXY header.', 'PROXY protocol'),
    underscoreHeaders: key(
      choice('refuse', 'drop', 'pass'),
      'What happens to field names with an underscore.',
      'refuse',
    ),
    limits: key(limits, 'How much a connection and a message may be.', {}),
    timeouts: key(timeouts, 'How long a client may take.', {}),
  },
  { short: 'port' },
)

/** Words of a choice that come later: known, and refused as such. */
function laterChoice(...values: readonly string[]): { readonly node: SchemaNode } {
  return { node: { kind: 'laterChoice', values, what: 'layer 4' } }
}

/** One listener: config.md §6. */
export const listenerNode = (policies: readonly PolicyOptions[]): SchemaNode => {
  const node = plain.node as Extract<SchemaNode, { kind: 'object' }>
  const global: KeyNode = {
    node: globalNode(policies),
    says: 'Policies for every request of this listener, over the top-level `global`.',
  }
  return { ...node, keys: { ...node.keys, global } }
}

/** `global`: policies marked G. */
export const globalNode = (policies: readonly PolicyOptions[]): SchemaNode => ({
  kind: 'object',
  keys: policyKeys('G', policies),
})
