import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { AdminPorts } from '../contract/admin.ts'
import { createAdminServer } from './admin-server.ts'
import { endpoints } from './endpoints.ts'
import { adminPorts, ask, finding, gatewayInfo, tokenHash } from './ports.fixture.ts'

const asJson = { 'content-type': 'application/json' }
const start = async (t: TestContext, ports: AdminPorts, host?: string): Promise<number> => {
  const server = createAdminServer(ports, { port: 0, ...(host === undefined ? {} : { host }) })
  const { port } = await server.listen()
  t.after(() => server.close())
  return port
}

test('11.14 the admin API listens on loopback unless told otherwise', async (t) => {
  const server = createAdminServer(adminPorts(), { port: 0 })
  t.after(() => server.close())
  assert.equal((await server.listen()).host, '127.0.0.1')
})

test('every GET endpoint answers, HEAD as GET without a body, and none is for a cache or another site', async (t) => {
  const port = await start(t, adminPorts())
  for (const { path } of endpoints.filter(({ method }) => method === 'GET')) {
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
  const port = await start(t, adminPorts({ ready: () => state }))
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
  const got = await ask(await start(t, adminPorts()), 'GET', '/metrics')
  assert.equal(got.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  assert.equal(got.text, 'gateway_connections 1\n')
})

test('a reload that is refused is 422 with its diagnostics, one that works tells the hash', async (t) => {
  const good = await ask(await start(t, adminPorts()), 'POST', '/v1/reload', { headers: asJson, body: '{}' })
  assert.deepEqual([good.status, good.json['hash'], good.json['changed']], [200, 'h2', true])
  const refusing = adminPorts({
    reload: () => ({ ok: false, hash: 'h1', changed: false, reason: '1 error', diagnostics: [finding], ms: 3 }),
  })
  const bad = await ask(await start(t, refusing), 'POST', '/v1/reload', { headers: asJson, body: '{}' })
  assert.deepEqual(
    [bad.status, bad.json['code'], bad.json['detail'], bad.json['hash']],
    [422, 'GW4221', '1 error', 'h1'],
  )
  assert.deepEqual(bad.json['diagnostics'], [finding])
  assert.equal(bad.headers['content-type'], 'application/problem+json')
})

test('a configuration is checked as YAML or JSON, and nothing else changes', async (t) => {
  const ports = adminPorts()
  const port = await start(t, ports)
  for (const type of ['application/yaml', 'text/yaml; charset=utf-8', 'application/json']) {
    const got = await ask(port, 'POST', '/v1/config/check', { headers: { 'content-type': type }, body: 'bad: 관문' })
    assert.deepEqual([got.status, got.json['ok'], got.json['errors']], [200, false, 1])
  }
  const good = await ask(port, 'POST', '/v1/config/check', { headers: asJson, body: '{}' })
  assert.deepEqual(good.json, { ok: true, errors: 0, warnings: 0, hash: 'h', diagnostics: [] })
  assert.deepEqual(ports.calls, ['check bad: 관문', 'check bad: 관문', 'check bad: 관문', 'check {}'])
})

test('the configuration has an ETag; what belongs to a file cannot be written; a stale If-Match is refused', async (t) => {
  const port = await start(t, adminPorts())
  const got = await ask(port, 'GET', '/v1/config')
  assert.equal(got.headers['etag'], '"abc123abc123"')
  const again = await ask(port, 'GET', '/v1/config', { headers: { 'if-none-match': '"x", W/"abc123abc123"' } })
  assert.deepEqual([again.status, again.text], [304, ''])
  assert.equal((await ask(port, 'GET', '/v1/config', { headers: { 'if-none-match': '"other"' } })).status, 200)
  const put = await ask(port, 'PUT', '/v1/config', { headers: asJson, body: '{}' })
  assert.deepEqual([put.status, put.json['code']], [409, 'GW4092'])
  const applied: string[] = []
  const own = await start(
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

test('explain takes a request as the command line sends it, and refuses what is none', async (t) => {
  const ports = adminPorts()
  const port = await start(t, ports)
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

test('11.14 a body cannot bring members of its own: __proto__ and constructor are refused', async (t) => {
  const ports = adminPorts()
  const port = await start(t, ports)
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'dry']) {
    const got = await ask(port, 'POST', '/v1/explain', {
      headers: asJson,
      body: `{"method":"GET","url":"/","${name}":{"admin":true}}`,
    })
    assert.deepEqual([got.status, got.json['code']], [400, 'GW4007'], name)
  }
  const replace = await ask(port, 'POST', '/v1/workers/replace', { headers: asJson, body: '{"worker":-1}' })
  assert.equal(replace.status, 400)
  assert.equal((await ask(port, 'POST', '/v1/workers/replace', { headers: asJson, body: '{"worker":2}' })).status, 200)
  assert.deepEqual(ports.calls, ['replace 2'])
})

test('11.14 GET changes nothing, and what changes something takes JSON only', async (t) => {
  const ports = adminPorts()
  const port = await start(t, ports)
  for (const { path } of endpoints.filter(({ method }) => method !== 'GET')) {
    for (const method of ['GET', 'HEAD', 'DELETE', 'PATCH', 'TRACE']) {
      if (endpoints.some((one) => one.path === path && one.method === method.replace('HEAD', 'GET'))) continue
      const got = await ask(port, method, path)
      assert.equal(got.status, 405, `${method} ${path}`)
      assert.match(String(got.headers['allow']), /POST|PUT/)
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      undefined,
    ]) {
      const method = endpoints.find((one) => one.path === path && one.method !== 'GET')?.method ?? 'POST'
      const got = await ask(port, method, path, {
        headers: type === undefined ? {} : { 'content-type': type },
        body: '{}',
      })
      assert.deepEqual([got.status, got.json['code']], [415, 'GW4151'], `${path} ${type}`)
    }
  }
  const gzip = await ask(port, 'POST', '/v1/reload', { headers: { ...asJson, 'content-encoding': 'gzip' }, body: 'x' })
  assert.equal(gzip.status, 415)
  assert.deepEqual(ports.calls, [])
})

test('11.14 a page of another site reaches nothing, whatever it sends', async (t) => {
  const ports = adminPorts()
  const port = await start(t, ports)
  const refused = async (headers: Record<string, string>, method = 'POST', path = '/v1/reload'): Promise<void> => {
    const got = await ask(port, method, path, {
      headers: { ...asJson, ...headers },
      ...(method === 'POST' ? { body: '{}' } : {}),
    })
    assert.deepEqual([got.status, got.json['code']], [403, 'GW4031'], JSON.stringify(headers))
    assert.equal(got.headers['access-control-allow-origin'], undefined)
  }
  await refused({ origin: 'https://evil.example' })
  await refused({ origin: 'null' })
  await refused({ origin: `http://localhost:${port + 1}` })
  await refused({ origin: 'https://evil.example' }, 'GET', '/v1/config')
  await refused({ origin: 'https://evil.example' }, 'OPTIONS')
  await refused({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'GET', '/v1/config')
  await refused({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })
  assert.deepEqual(ports.calls, [])
  const own = await ask(port, 'POST', '/v1/reload', {
    headers: { ...asJson, origin: `http://127.0.0.1:${port}` },
    body: '{}',
  })
  assert.equal(own.status, 200)
  assert.equal(
    (await ask(port, 'GET', '/', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } })).status,
    200,
  )
})

test('11.14 a name that was pointed at loopback (DNS rebinding) is refused on every path', async (t) => {
  const port = await start(t, adminPorts())
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example']) {
    for (const path of ['/', '/healthz', '/v1/config', '/nowhere']) {
      const got = await ask(port, 'GET', path, { headers: { host } })
      assert.deepEqual([got.status, got.json['code']], [421, 'GW4211'], host)
    }
  }
  for (const host of ['localhost', `LOCALHOST:${port}`, '127.0.0.1', `[::1]:${port}`, '127.0.0.1:1', 'gw.localhost']) {
    assert.equal((await ask(port, 'GET', '/v1/info', { headers: { host } })).status, 200, host)
  }
})

test('11.14 on another address than loopback a token is needed, and only health is open', async (t) => {
  const ports = adminPorts({ tokens: () => [{ name: 'ci', hash: tokenHash('s3cret'), scopes: ['read'] }] })
  const port = await start(t, ports, '0.0.0.0')
  for (const { method, path, scope } of endpoints) {
    const got = await ask(port, method, path, { headers: asJson, ...(method === 'GET' ? {} : { body: '{}' }) })
    assert.equal(got.status, scope === 'none' ? 200 : 401, `${method} ${path}`)
    if (scope !== 'none') assert.match(String(got.headers['www-authenticate']), /^Bearer/)
  }
  assert.equal((await ask(port, 'GET', '/nowhere')).status, 401)
  const bearer = { authorization: 'Bearer s3cret' }
  assert.equal((await ask(port, 'GET', '/v1/info', { headers: bearer })).status, 200)
  assert.equal((await ask(port, 'GET', '/v1/info', { headers: { ...bearer, host: 'gateway.internal' } })).status, 200)
  const write = await ask(port, 'POST', '/v1/reload', { headers: { ...asJson, ...bearer }, body: '{}' })
  assert.deepEqual([write.status, write.json['code']], [403, 'GW4031'])
  for (const authorization of [
    's3cret',
    'Basic s3cret',
    'Bearer',
    'Bearer s3cre',
    'Bearer s3crets',
    `Bearer ${tokenHash('s3cret')}`,
  ]) {
    assert.equal((await ask(port, 'GET', '/v1/info', { headers: { authorization } })).status, 401, authorization)
  }
  assert.deepEqual(ports.calls, [])
})

test('11.14 without any token a public address opens to nobody; with one, loopback asks for it too', async (t) => {
  const none = await start(t, adminPorts(), '0.0.0.0')
  assert.equal((await ask(none, 'GET', '/v1/info', { headers: { authorization: 'Bearer ' } })).status, 401)
  assert.equal((await ask(none, 'GET', '/v1/info', { headers: { authorization: 'Bearer x' } })).status, 401)
  const local = await start(
    t,
    adminPorts({ tokens: () => [{ name: 'a', hash: `sha256:${tokenHash('t')}`, scopes: ['admin'] }] }),
  )
  assert.equal((await ask(local, 'GET', '/v1/info')).status, 401)
  const allowed = await ask(local, 'POST', '/v1/reload', {
    headers: { ...asJson, authorization: 'Bearer t' },
    body: '{}',
  })
  assert.equal(allowed.status, 200)
})

test('11.14 guessing tokens is slowed down, and even the right one then has to wait', async (t) => {
  const port = await start(
    t,
    adminPorts({ tokens: () => [{ name: 'a', hash: tokenHash('right'), scopes: ['admin'] }] }),
  )
  const attempt = async (token: string): ReturnType<typeof ask> =>
    ask(port, 'GET', '/v1/info', { headers: { authorization: `Bearer ${token}` } })
  const statuses: number[] = []
  for (let turn = 0; turn < 30; turn++) statuses.push((await attempt(`wrong${turn}`)).status)
  assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401])
  assert.ok(statuses.filter((status) => status === 401).length < 15)
  assert.equal(statuses.at(-1), 429)
})

test('11.14 a body over 10 MB is 413, one of 10 MB is read', async (t) => {
  const ports = adminPorts({ checkConfig: (text) => ({ diagnostics: [], hash: String(text.length) }) })
  const port = await start(t, ports)
  const headers = { 'content-type': 'application/yaml' }
  const full = await ask(port, 'POST', '/v1/config/check', { headers, body: Buffer.alloc(10 << 20, 'a') })
  assert.deepEqual([full.status, full.json['hash']], [200, String(10 << 20)])
  const over = await ask(port, 'POST', '/v1/config/check', { headers, body: Buffer.alloc((10 << 20) + 1, 'a') })
  assert.deepEqual([over.status, over.json['code'], over.headers['connection']], [413, 'GW4131', 'close'])
  const chunked = await ask(port, 'POST', '/v1/config/check', {
    headers: { ...headers, 'transfer-encoding': 'chunked' },
    body: Buffer.alloc(11 << 20, 'a'),
  })
  assert.equal(chunked.status, 413)
  const binary = await ask(port, 'POST', '/v1/config/check', { headers, body: Buffer.from([0xff, 0xfe]) })
  assert.deepEqual([binary.status, binary.json['code']], [400, 'GW4007'])
})

test('11.14 11.16 paths are taken as they are: no traversal, no debug endpoint, no file', async (t) => {
  const port = await start(t, adminPorts())
  for (const path of [
    '/v1/../healthz',
    '/%2e%2e/etc/passwd',
    '/../../etc/passwd',
    '//healthz',
    '/healthz/',
    '/v1/info%00',
    '/debug/pprof',
    '/debug/vars',
    '/.git/config',
    '/stats',
    '/server-status',
    '/v1/%69nfo',
    'http://other/healthz',
    '*',
  ]) {
    const got = await ask(port, path === '*' ? 'OPTIONS' : 'GET', path)
    assert.deepEqual([got.status, got.json['code']], [404, 'GW4042'], path)
  }
  assert.equal((await ask(port, 'GET', '/healthz?x=/../y')).status, 200)
})

test('OPTIONS names the methods of a path', async (t) => {
  const port = await start(t, adminPorts())
  const options = await ask(port, 'OPTIONS', '/v1/config')
  assert.deepEqual([options.status, options.headers['allow'], options.text], [204, 'GET, HEAD, PUT, OPTIONS', ''])
})

test('11.17 the configuration is shown without its secrets', async (t) => {
  const port = await start(
    t,
    adminPorts({
      config: () => ({
        hash: 'abc',
        services: [{ name: 'shop', targets: [{ url: 'http://admin:hunter2@10.0.0.1/x' }] }],
        routes: [
          {
            policies: [
              {
                options: {
                  set: {
                    Authorization: 'Bearer hunter2',
                    'X-Api-Key': ['hunter2'],
                    'X-Plain': 'Basic aHVudGVyMg==',
                    'X-Tenant': 'acme',
                  },
                },
              },
            ],
          },
        ],
        pairs: [
          ['Cookie', 'hunter2'],
          ['Accept', 'text/html'],
        ],
        settings: {
          redact: ['*card*'],
          cardNumber: 'hunter2',
          admin: { tokens: [{ name: 'ci', hash: 'hunter2', scopes: ['read'] }] },
          pin: { password: 1234 },
        },
      }),
    }),
  )
  const got = await ask(port, 'GET', '/v1/config')
  assert.equal(
    got.text.includes('hunter2') || got.text.includes('1234') || got.text.includes('aHVudGVy'),
    false,
    got.text,
  )
  for (const kept of ['"hash":"abc"', '10.0.0.1/x', 'acme', 'text/html', '"ci"', '["read"]'])
    assert.ok(got.text.includes(kept), kept)
})

test('11.17 a failing port is 500 without its reason, which goes to the log', async (t) => {
  const ports = adminPorts({
    info: () => {
      throw new Error('password hunter2 is wrong')
    },
  })
  const got = await ask(await start(t, ports), 'GET', '/v1/info')
  assert.deepEqual([got.status, got.json['code']], [500, 'GW5001'])
  assert.equal(got.text.includes('hunter2'), false)
  assert.deepEqual(ports.calls, ['error admin request failed'])
})

test('11.15 the status page escapes every name, loads nothing and runs no script', async (t) => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\``
  const info = gatewayInfo({
    name: evil,
    config: {
      ...gatewayInfo().config,
      file: evil,
      stale: true,
      reason: evil,
      diagnostics: [{ ...finding, message: evil, help: evil }],
    },
    listeners: [{ name: evil, host: evil, port: 1 }],
    services: [{ name: evil, targets: [{ url: evil, weight: 1, ejected: 2 }] }],
  })
  const got = await ask(await start(t, adminPorts({ info: () => info })), 'GET', '/')
  assert.equal(got.headers['content-type'], 'text/html; charset=utf-8')
  for (const [tag] of got.text.matchAll(/<[^>]*>/g)) assert.doesNotMatch(tag, /script|img|alert|onerror|src=/, tag)
  const style = /<style>([^<]*)<\/style>/.exec(got.text)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  assert.ok(String(got.headers['content-security-policy']).includes(`style-src 'sha256-${hash}'`))
  assert.match(
    String(got.headers['content-security-policy']),
    /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  )
  assert.ok(got.text.includes('was refused'))
  assert.ok(got.text.includes('prefers-color-scheme:dark'))
  for (const tag of ['<html lang="en">', '<main', '<h1>', '<title>', 'class="skip"', '<caption>', 'scope="col"'])
    assert.ok(got.text.includes(tag), tag)
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
  const port = await start(t, adminPorts())
  await assert.rejects(createAdminServer(adminPorts(), { port }).listen(), { code: 'EADDRINUSE' })
})
