import type { SchemaNode } from '../../contract/schema.ts'
import { choice, key, later, many, mapOf, object, orNone, required, scalar, union } from '../../lib/schema.ts'

const laterSinks: SchemaNode = {
  kind: 'laterChoice',
  values: ['syslog', 'elasticsearch', 'logstash', 'loki', 'otlp', 'broker', 'http'],
  what: 'more log sinks',
}
const sink = object({
  to: key(union(choice('stdout', 'file'), { node: laterSinks }), 'Where records go; the sink’s own name when absent.'),
  format: key(
    union(choice('json', 'pretty', 'combined'), {
      node: { kind: 'laterChoice', values: ['ecs'], what: 'more log formats' },
    }),
    'How a record is written.',
  ),
  path: key(scalar('text'), 'The file, with `to: file`.'),
  rotate: key(
    object({
      size: required(scalar('size', { min: 1024 }), 'A file is set aside when it is so large.'),
      keep: key(scalar('integer', { min: 0, max: 10_000 }), 'How many of them are kept.', 5),
    }),
    'When a file is set aside.',
  ),
  ...Object.fromEntries(
    [
      'fields',
      'sample',
      'when',
      'tls',
      'buffer',
      'url',
      'apiKey',
      'username',
      'password',
      'dataStream',
      'labels',
      'headers',
      'broker',
      'topic',
      'key',
    ].map((name) => [name, later('An option of other sinks.', 'more log sinks')]),
  ),
})

/** `telemetry`: config.md §12. */
export const telemetryNode: SchemaNode = object({
  level: key(choice('debug', 'info', 'warn', 'error'), 'How much the gateway’s own log tells.', 'info'),
  logs: key(
    { node: { kind: 'keyed', by: 'to', of: orNone(sink).node } },
    'Sinks of access records: a map, or a list with `to`. `stdout` stays unless `stdout: none`.',
  ),
  metrics: later('More metrics.', 'exporters'),
  traces: key(
    object({
      otlp: later('Where traces are sent.', 'exporters'),
      sample: key(scalar('share'), 'Share of new traces that is sampled.', '10%'),
      errors: later('Traces of errors are always kept.', 'exporters'),
      propagate: later('Formats of trace context.', 'exporters'),
      incoming: key(
        choice('continue', 'restart', 'trusted'),
        'Whether a client’s trace is carried on; `trusted` only from trustedProxies.',
        'trusted',
      ),
    }),
    'Trace context (W3C).',
    {},
  ),
  otlp: later('An OpenTelemetry collector.', 'exporters'),
  analytics: later('What is kept for statistics.', 'analytics'),
  recent: later('Requests kept for explain.', 'the recorder'),
  redact: key(many(scalar('text')), 'Further header names whose values are masked in logs.', []),
  serverTiming: later('Server-Timing fields.', 'Server-Timing'),
  alerts: later('Who is told about what.', 'alerts'),
}).node

/** `admin`: config.md §13. */
export const adminNode: SchemaNode = orNone(
  object(
    {
      port: key(scalar('port'), 'Port of the admin API.', 9901),
      host: key(scalar('address'), 'Address to bind; on another than loopback a token is needed.', '127.0.0.1'),
      tls: later('Certificate of the admin port.', 'TLS'),
      tokens: key(
        mapOf(
          'name',
          object(
            {
              token: key(scalar('secret'), 'The token itself; kept as a hash.'),
              hash: key(scalar('secret'), '`sha256:` and the hash of the token in hex.'),
              scopes: key(many(choice('read', 'write:config', 'write:runtime', 'admin'), 1), 'What it may do.', [
                'read',
              ]),
            },
            { short: 'token' },
          ),
        ),
        'Who may use the API.',
        {},
      ),
      auth: later('A scheme for people.', 'authentication'),
      configSource: later('Who owns the configuration.', 'configuration over the API'),
      dashboard: later('Whether the dashboard is served.', 'the dashboard'),
      debug: key(scalar('boolean'), 'Whether problem documents carry hints; true under dev.'),
      history: later('Versions that are kept.', 'configuration over the API'),
    },
    { short: 'port' },
  ),
).node
