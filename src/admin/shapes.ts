import type { BodySchema } from './body-schema.ts'

const text = (description: string): BodySchema => ({ type: 'string', description })
const whole = (description: string): BodySchema => ({ type: 'integer', description })
const flag = (description: string): BodySchema => ({ type: 'boolean', description })
const list = (of: BodySchema, description: string): BodySchema => ({ type: 'array', items: of, description })
const ref = (name: string): BodySchema => ({ $ref: `#/components/schemas/${name}` })
const shape = (properties: Readonly<Record<string, BodySchema>>, optional: readonly string[] = []): BodySchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})

/** Body of `POST /v1/explain`. */
export const explainBody: BodySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['method', 'url'],
  properties: {
    method: { type: 'string', pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$", description: 'Method of the request.' },
    url: { type: 'string', maxLength: 16_384, description: 'Path, or a whole URL whose host and port count.' },
    headers: {
      type: 'array',
      items: { type: 'string', maxLength: 65_536 },
      maxItems: 400,
      description: 'Flat list: name, value, name, value.',
    },
    body: { type: 'string', description: 'Body of the request.' },
    from: { type: 'string', maxLength: 64, description: 'Address of the pretended client; default 127.0.0.1.' },
    listener: { type: 'string', maxLength: 64, description: 'Listener that takes it.' },
  },
}
/** Body of `POST /v1/workers/replace`. */
export const replaceBody: BodySchema = {
  type: 'object',
  additionalProperties: false,
  properties: { worker: { type: 'integer', minimum: 0, description: 'The worker; all of them when absent.' } },
}
/** A body that says nothing. */
export const emptyBody: BodySchema = { type: 'object', additionalProperties: false, properties: {} }

/** Schemas of the answers, by name. */
export const shapes: Readonly<Record<string, BodySchema>> = {
  Diagnostic: shape(
    {
      severity: { type: 'string', enum: ['error', 'warning'] },
      code: text('GWnnnn.'),
      message: text('What is wrong.'),
      file: text('Where.'),
      line: whole('From 1.'),
      column: whole('From 1.'),
      endColumn: whole('Exclusive.'),
      help: text('What to do about it.'),
      path: text('Path of config keys.'),
      fix: shape({ from: text('The marked text.'), to: text('What to write instead; it is certain.') }),
    },
    ['endColumn', 'help', 'path', 'fix'],
  ),
  Config: {
    type: 'object',
    additionalProperties: true,
    description: 'A configuration; with origin=true an object of `config` and of `origins`.',
  },
  ConfigSchema: { type: 'object', additionalProperties: true, description: 'JSON Schema of the configuration.' },
  OpenApi: { type: 'object', additionalProperties: true, description: 'An OpenAPI 3.1 document.' },
  ConfigInfo: shape(
    {
      file: text('The file it came from.'),
      hash: text('First 12 hex digits of its SHA-256.'),
      loadedAt: whole('ms since 1970.'),
      routes: whole('How many.'),
      stale: flag('The latest file was refused; an older configuration runs.'),
      reason: text('Why.'),
      diagnostics: list(ref('Diagnostic'), 'Of the refused file.'),
    },
    ['file', 'reason'],
  ),
  Target: shape(
    {
      url: text('As written.'),
      weight: whole('Share.'),
      ejected: whole('Workers that hold it out.'),
      addresses: list(text('Address.'), 'Resolved.'),
    },
    ['addresses'],
  ),
  Service: shape({ name: text('Name.'), targets: list(ref('Target'), 'Its targets.') }),
  Listener: shape(
    { name: text('Name.'), host: text('Address.'), port: whole('Port.'), socket: text('Path of a unix socket.') },
    ['socket'],
  ),
  Info: shape({
    version: text('Of the gateway.'),
    node: text('Version of Node.'),
    name: text('Of this gateway among several.'),
    mode: text('The verb that started it.'),
    state: { type: 'string', enum: ['starting', 'running', 'draining'] },
    startedAt: whole('ms since 1970.'),
    config: ref('ConfigInfo'),
    listeners: list(ref('Listener'), 'Where it listens.'),
    services: list(ref('Service'), 'Where requests go.'),
    workersWanted: whole('Workers there should be.'),
    workersLost: whole('Workers that ended unexpectedly.'),
    controlRestarts: whole('Times the control thread was restarted.'),
    reloads: shape({ done: whole('Taken.'), refused: whole('Refused.') }),
  }),
  Worker: shape({
    worker: whole('Number.'),
    state: text('starting, serving or draining.'),
    startedAt: whole('ms since 1970.'),
    load: whole('Number of the configuration it serves.'),
    lag: { type: 'number', description: 'ms its loop was late lately.' },
    heap: whole('Bytes of heap.'),
    connections: whole('Open connections of clients.'),
    inFlight: whole('Requests being answered.'),
  }),
  Workers: shape({ workers: list(ref('Worker'), 'All of them.') }),
  Check: shape(
    {
      ok: flag('No errors.'),
      errors: whole('How many.'),
      warnings: whole('How many.'),
      hash: text('Of the configuration, when it is good.'),
      diagnostics: list(ref('Diagnostic'), 'All findings.'),
    },
    ['hash'],
  ),
  Reload: shape({
    ok: flag('True.'),
    hash: text('Of the configuration in force.'),
    changed: flag('False when it is the one that ran.'),
    diagnostics: list(ref('Diagnostic'), 'Warnings.'),
    ms: { type: 'number', description: 'Duration in ms.' },
  }),
  Explanation: { type: 'object', additionalProperties: true, description: 'Route, steps, result and fix.' },
  AccessRecord: {
    ...shape(
      {
        time: text('When its head arrived: RFC 3339, UTC, ms.'),
        id: text('Request id.'),
        status: whole('Status sent to the client; 499 when it went away first.'),
        method: text('Method.'),
        host: text('Host asked for.'),
        path: text('Path and query; values of masked names are `***`.'),
        listener: text('Listener that took it.'),
        route: text('Route that took it; absent when none did.'),
        service: text('Service chosen.'),
        target: text('Target of the last attempt.'),
        client: text('Address of the client.'),
        code: text('GWnnnn, when the gateway made the answer.'),
        detail: text('The sentence of the problem.'),
        source: text('Who made the answer: `service`, `gateway` or `cache`.'),
        ms: { type: 'number', description: 'Duration in ms.' },
        serviceMs: { type: 'number', description: 'ms spent waiting for the service.' },
        bytesIn: whole('Bytes of the request body.'),
        bytesOut: whole('Bytes of the answer body.'),
        attempts: whole('Attempts begun.'),
        aborted: flag('The answer was cut.'),
        traceId: text('W3C trace id.'),
        userAgent: text('`User-Agent`.'),
        protocol: text('Version of HTTP.'),
      },
      // oxfmt-ignore
      ['id', 'method', 'host', 'path', 'listener', 'route', 'service', 'target', 'code', 'detail', 'ms', 'serviceMs', 'bytesIn', 'bytesOut', 'attempts', 'aborted', 'traceId', 'userAgent', 'protocol'],
    ),
    additionalProperties: true,
    description: 'A line of the access log; fields of `log.fields` stand beside these.',
  },
  PastRequest: shape(
    {
      record: ref('AccessRecord'),
      reason: ref('Reason'),
      asked: ref('AskedRequest'),
      today: ref('Explanation'),
      missing: list(text('One of them.'), 'What the record does not hold, so that today’s result may differ.'),
    },
    ['reason', 'asked', 'today'],
  ),
  Reason: shape({
    code: text('GWnnnn.'),
    title: text('Title.'),
    cause: text('Why it is given.'),
    fix: text('What to do.'),
  }),
  AskedRequest: explainBody,
  Health: shape({ status: text('ok') }),
  Ready: shape({ status: text('ready'), config: { type: 'string', enum: ['current', 'stale'] } }),
  Problem: shape({
    type: text('Page of the code.'),
    title: text('Title of the code.'),
    status: whole('HTTP status.'),
    code: text('GWnnnn.'),
    detail: text('What happened.'),
    fix: text('What to do about it.'),
  }),
}
