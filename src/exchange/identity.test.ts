import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rig } from './rig.fixture.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = `00-${trace}-00f067aa0ba902b7-01`

/** What the target of a request with these fields gets. */
const sent = (
  headers: readonly string[],
  trusted: boolean,
  incomingTrace: 'continue' | 'restart' | 'trusted' = 'trusted',
): Rig['service']['last']['fields'] => {
  const rig = new Rig()
  rig.begin({ headers, trusted, incomingTrace })
  return rig.service.last.fields
}

test('the request id of a trusted peer is kept, that of others and broken ones are replaced', () => {
  assert.equal(sent(['X-Request-Id', 'abc-123'], true).get('x-request-id'), 'abc-123')
  for (const [id, trusted] of [
    ['abc-123', false],
    ['has blank', true],
    ['x'.repeat(129), true],
    ['', true],
    ['quo"te', true],
  ] as const) {
    const fields = sent(['X-Request-Id', id], trusted)
    assert.equal(fields.getAll('x-request-id').length, 1)
    assert.match(fields.get('x-request-id') ?? '', /^req_/)
  }
})

test('the answer carries the same request id that the target got', () => {
  const rig = new Rig()
  const { client } = rig.begin()
  const id = rig.service.last.fields.get('x-request-id')
  rig.service.last.reply(200)
  assert.equal(client.fields.get('x-request-id'), id)
})

test('traceparent is carried on from trusted peers only, with a span of our own', () => {
  const trusted = sent(['traceparent', parent, 'tracestate', 'a=1'], true)
  assert.match(trusted.get('traceparent') ?? '', new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
  assert.notEqual(trusted.get('traceparent'), parent)
  assert.equal(trusted.get('tracestate'), 'a=1')
  const stranger = sent(['traceparent', parent, 'tracestate', 'a=1'], false)
  assert.doesNotMatch(stranger.get('traceparent') ?? '', new RegExp(trace))
  assert.equal(stranger.get('tracestate'), undefined)
  assert.match(sent(['traceparent', parent], false, 'continue').get('traceparent') ?? '', new RegExp(trace))
  assert.doesNotMatch(sent(['traceparent', parent], true, 'restart').get('traceparent') ?? '', new RegExp(trace))
})

test('a traceparent that is no valid one, or there twice, begins a new trace', () => {
  for (const headers of [
    ['traceparent', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['traceparent', `00-${trace}-${'0'.repeat(16)}-01`],
    ['traceparent', `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`],
    ['traceparent', `${parent}-extra`],
    ['traceparent', parent, 'traceparent', parent],
    ['traceparent', 'x'],
  ]) {
    const fields = sent(headers, true)
    assert.match(fields.get('traceparent') ?? '', /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/)
    assert.doesNotMatch(fields.get('traceparent') ?? '', new RegExp(trace))
    assert.equal(fields.getAll('traceparent').length, 1)
  }
})

test('2.1 2.4 2.8 claims of identity and forwarding never reach a target as the client wrote them', () => {
  const lies = [
    'X-Forwarded-For',
    'X-Real-IP',
    'Forwarded',
    'X-Consumer-Name',
    'X-Consumer-Anything',
    'X-Auth-Subject',
    'X-JWT-Claims',
    'X-Client-Cert-Hash',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-HTTP-Method-Override',
    'X-Forwarded-Anything',
    'True-Client-IP',
    'X-Identity-Token',
  ]
  const fields = sent(
    lies.flatMap((name) => [name, 'lie']),
    false,
  )
  for (let i = 0; i < fields.length; i++) assert.notEqual(fields.valueAt(i), 'lie', fields.nameAt(i))
  assert.equal(fields.get('x-forwarded-for'), '192.0.2.7')
  assert.equal(fields.get('x-forwarded-host'), 'api.test')
  assert.equal(fields.get('x-forwarded-port'), '80')
  assert.equal(fields.get('x-forwarded-proto'), 'http')
})

test('9.15 a request that came through this gateway too often is 508; other gateways do not count', () => {
  const own = 'gwanmun-test'
  for (const [via, status] of [
    [['via', `1.1 ${own}`], 0],
    [['via', `1.1 ${own}, 1.1 ${own}`], 0],
    [['via', `1.1 ${own}, 1.1 ${own}, 1.1 ${own}`], 508],
    [['via', `1.1 ${own}`, 'via', `1.1 other, 1.1 ${own}`, 'via', `1.0 ${own}`], 508],
    [['via', '1.1 other, 1.1 other, 1.1 other, 1.1 other'], 0],
  ] as const) {
    const rig = new Rig()
    const { client } = rig.begin({ headers: via })
    assert.equal(client.status, status, via.join(' '))
    if (status !== 0) continue
    assert.match(rig.service.last.fields.get('via') ?? '', new RegExp(`1\\.1 ${own}$`))
  }
})

test('what tells strangers about a service is taken off its answers', () => {
  const rig = new Rig()
  const { client } = rig.begin()
  rig.service.last.reply(200, 'ok', ['Server', 'nginx/1.2', 'X-Powered-By', 'PHP', 'X-Own', 'stays'])
  assert.deepEqual(
    [client.fields.get('server'), client.fields.get('x-powered-by'), client.fields.get('x-own')],
    [undefined, undefined, 'stays'],
  )
})

test('a path that cannot be canonical is 400 before any step of a route', () => {
  for (const path of ['/a%2', '/a%00b', '/%5c', '/a/..;/b']) {
    const rig = new Rig()
    const { client } = rig.begin({ path })
    assert.equal(client.status, 400, path)
    assert.match(client.text, /GW4001/)
    assert.equal(rig.service.streams.length, 0)
  }
})

test('an encoded slash is 400 unless the route lets it pass, and then it is sent as it came', () => {
  const strict = new Rig()
  assert.equal(strict.begin({ path: '/a%2Fb' }).client.status, 400)
  const open = new Rig({ settings: { encodedSlash: 'pass' } })
  open.begin({ path: '/a%2fb', query: 'q=%2f' })
  assert.equal(open.service.last.requestTarget, '/a%2Fb?q=%2f')
})

test('no route is 404, a missing method 405 with Allow', () => {
  assert.equal(new Rig({ matches: false }).begin().client.status, 404)
  const { client } = new Rig({ matches: false, allow: ['GET', 'HEAD'] }).begin({ method: 'POST' })
  assert.deepEqual([client.status, client.fields.get('allow')], [405, 'GET, HEAD'])
})
