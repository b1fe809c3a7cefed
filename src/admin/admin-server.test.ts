import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { AdminPorts } from '../contract/admin.ts'
import { createAdminServer } from './admin-server.ts'
import { endpoints } from './endpoints.ts'
import { adminPorts, asJson, ask, finding, startAdmin } from './ports.fixture.ts'

test('every GET endpoint answers, HEAD as GET without a body, and none is for a cache or another site', async (t) => {
  const port = await startAdmin(t, adminPorts())
  for (const { path: template } of endpoints.filter(({ method }) => method === 'GET')) {
    const path = template.replace('{id}', 'req_1')
    const got = await ask(port, 'GET', path)
    const head = await ask(port, 'HEAD', path)
    assert.equal(got.status, 200, path)
    assert.equal(head.status, 200)
    assert.equal(head.text, '')
    assert.equal(head.headers['content-length'], String(Buffer.byteLength(got.text)))
    assert.match(String(got.headers['cache-control']), /no-store|no-cache/)
    assert.match(String(got.headers['content-security-policy']), /^default-src 'none'/)
    assert.equal(got.headers['x-content-type-options'], 'nosniff')
    assert.equal(got.headers['access-control-allow-origin'], undefined)
    assert.equal(got.headers['x-powered-by'] ?? got.headers['server'], undefined)
  }
})

test('readiness is 503 while starting and draining, and says when an older configuration runs', async (t) => {
  let state: ReturnType<AdminPorts['ready']> = { state: 'starting', stale: false }
  const port = await startAdmin(t, adminPorts({ ready: () => state }))
  const starting = await ask(port, 'GET', '/readyz')
  assert.deepEqual([starting.status, starting.json['code'], starting.json['state']], [503, 'GW5035', 'starting'])
  state = { state: 'ready', stale: true }
  const stale = await ask(port, 'GET', '/readyz')
  assert.deepEqual([stale.status, stale.json], [200, { status: 'ready', config: 'stale' }])
  state = { state: 'ready', stale: false }
  assert.deepEqual((await ask(port, 'GET', '/readyz')).json, { status: 'ready', config: 'current' })
  state = { state: 'draining', stale: true }
  const draining = await ask(port, 'GET', '/readyz')
  assert.deepEqual([draining.status, draining.json['code'], draining.json['config']], [503, 'GW5034', 'stale'])
  assert.equal((await ask(port, 'GET', '/healthz')).status, 200)
})

test('metrics are Prometheus text', async (t) => {
  const got = await ask(await startAdmin(t, adminPorts()), 'GET', '/metrics')
  assert.equal(got.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  assert.equal(got.text, 'gateway_connections 1\n')
})

test('a reload that is refused is 422 with its diagnostics, one that works tells the hash', async (t) => {
  const good = await ask(await startAdmin(t, adminPorts()), 'POST', '/v1/reload', { headers: asJson, body: '{}' })
  assert.deepEqual([good.status, good.json['hash'], good.json['changed']], [200, 'h2', true])
  const refusing = adminPorts({
    reload: () => ({ ok: false, hash: 'h1', changed: false, reason: '1 error', diagnostics: [finding], ms: 3 }),
  })
  const bad = await ask(await startAdmin(t, refusing), 'POST', '/v1/reload', { headers: asJson, body: '{}' })
  assert.deepEqual(
    [bad.status, bad.json['code'], bad.json['detail'], bad.json['hash']],
    [422, 'GW4221', '1 error', 'h1'],
  )
  assert.deepEqual(bad.json['diagnostics'], [finding])
  assert.equal(bad.headers['content-type'], 'application/problem+json')
})

test('a configuration is checked as YAML or JSON, and nothing else changes', async (t) => {
  const ports = adminPorts()
  const port = await startAdmin(t, ports)
  for (const type of ['application/yaml', 'text/yaml; charset=utf-8', 'application/json']) {
    const got = await ask(port, 'POST', '/v1/config/check', { headers: { 'content-type': type }, body: 'bad: 관문' })
    assert.deepEqual([got.status, got.json['ok'], got.json['errors']], [200, false, 1])
  }
  const good = await ask(port, 'POST', '/v1/config/check', { headers: asJson, body: '{}' })
  assert.deepEqual(good.json, { ok: true, errors: 0, warnings: 0, hash: 'h', diagnostics: [] })
  assert.deepEqual(ports.calls, ['check bad: 관문', 'check bad: 관문', 'check bad: 관문', 'check {}'])
})

test('the configuration has an ETag; what belongs to a file cannot be written; a stale If-Match is refused', async (t) => {
  const port = await startAdmin(t, adminPorts())
  const got = await ask(port, 'GET', '/v1/config')
  assert.equal(got.headers['etag'], '"abc123abc123"')
  const again = await ask(port, 'GET', '/v1/config', { headers: { 'if-none-match': '"x", W/"abc123abc123"' } })
  assert.deepEqual([again.status, again.text], [304, ''])
  assert.equal((await ask(port, 'GET', '/v1/config', { headers: { 'if-none-match': '"other"' } })).status, 200)
  const put = await ask(port, 'PUT', '/v1/config', { headers: asJson, body: '{}' })
  assert.deepEqual([put.status, put.json['code']], [409, 'GW4092'])
  const applied: string[] = []
  const own = await startAdmin(
    t,
    adminPorts({
      applyConfig(text) {
        applied.push(text)
        return { ok: true, hash: 'n', changed: true, diagnostics: [], ms: 1 }
      },
    }),
  )
  const stale = await ask(own, 'PUT', '/v1/config', { headers: { ...asJson, 'if-match': '"older"' }, body: '{"a":1}' })
  assert.deepEqual([stale.status, stale.json['code']], [412, 'GW4121'])
  assert.equal(
    (
      await ask(own, 'PUT', '/v1/config', {
        headers: { ...asJson, 'if-match': got.headers['etag'] },
        body: '{"b":1}',
      })
    ).status,
    200,
  )
  assert.deepEqual(applied, ['{"b":1}'])
})

test('the configuration is answered as it could be written, with file and line of its values when asked', async (t) => {
  const port = await startAdmin(t, adminPorts())
  const config = { routes: { a: { path: '/a' } } }
  assert.deepEqual((await ask(port, 'GET', '/v1/config')).json, config)
  assert.deepEqual((await ask(port, 'GET', '/v1/config?origin=false&else=1')).json, config)
  const traced = await ask(port, 'GET', '/v1/config?origin=true')
  assert.deepEqual(traced.json, { config, origins: { 'routes.a.path': 'gateway.yaml:2' } })
  assert.equal(traced.headers['etag'], '"abc123abc123"')
  const unclear = await ask(port, 'GET', '/v1/config?origin=maybe')
  assert.deepEqual([unclear.status, unclear.json['code']], [400, 'GW4007'])
  const gone = await ask(await startAdmin(t, adminPorts({ config: () => undefined })), 'GET', '/v1/config')
  assert.deepEqual([gone.status, gone.json['code']], [409, 'GW4093'])
})

test('explain takes a request as the command line sends it, and refuses what is none', async (t) => {
  const ports = adminPorts()
  const port = await startAdmin(t, ports)
  const explain = (body: string): ReturnType<typeof ask> => ask(port, 'POST', '/v1/explain', { headers: asJson, body })
  const good = await explain('{"method":"GET","url":"/orders/1","headers":["Accept","*/*"]}')
  assert.deepEqual([good.status, good.json], [200, { route: 'orders', status: 200 }])
  assert.equal((await explain('{"method":"GET","url":"/"}')).status, 200)
  const bad = [
    '',
    '{',
    '[]',
    'null',
    '{"method":"GET"}',
    '{"method":1,"url":"/"}',
    '{"method":"G T","url":"/"}',
    '{"method":"GET","url":"/","headers":["a"]}',
    '{"method":"GET","url":"/","headers":[1,2]}',
    '{"method":"GET","url":"/","extra":1}',
  ]
  for (const body of bad) {
    const got = await explain(body)
    assert.deepEqual([got.status, got.json['code']], [400, 'GW4007'], body)
  }
  assert.deepEqual(ports.calls, ['explain GET /orders/1 Accept|*/*', 'explain GET / '])
})

test('OPTIONS names the methods of a path', async (t) => {
  const port = await startAdmin(t, adminPorts())
  const options = await ask(port, 'OPTIONS', '/v1/config')
  assert.deepEqual([options.status, options.headers['allow'], options.text], [204, 'GET, HEAD, PUT, OPTIONS', ''])
})

test('closing ends connections that idle, and answers one that is under way', async (t) => {
  let release = (): void => undefined
  const waiting = new Promise<void>((resolve) => {
    release = resolve
  })
  const ports = adminPorts({
    async workers() {
      await waiting
      return []
    },
  })
  const server = createAdminServer(ports, { port: 0 })
  const { port } = await server.listen()
  const idle = connect(port, '127.0.0.1')
  t.after(() => idle.destroy())
  const idleEnded = new Promise((resolve) => {
    idle.on('close', resolve)
    idle.resume()
  })
  const answer = ask(port, 'GET', '/v1/workers')
  await ask(port, 'GET', '/healthz')
  const closed = server.close()
  release()
  assert.equal((await answer).status, 200)
  await Promise.all([closed, idleEnded])
  await server.close()
})

test('a port that is taken rejects with the reason of the system', async (t) => {
  const port = await startAdmin(t, adminPorts())
  await assert.rejects(createAdminServer(adminPorts(), { port }).listen(), { code: 'EADDRINUSE' })
})
