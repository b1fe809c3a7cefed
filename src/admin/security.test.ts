import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createAdminServer } from './admin-server.ts'
import { endpoints } from './endpoints.ts'
import { adminPorts, asJson, ask, finding, gatewayInfo, startAdmin, tokenHash } from './ports.fixture.ts'

test('11.14 the admin API listens on loopback unless told otherwise', async (t) => {
  const server = createAdminServer(adminPorts(), { port: 0 })
  t.after(() => server.close())
  assert.equal((await server.listen()).host, '127.0.0.1')
})

test('11.14 a body cannot bring members of its own: __proto__ and constructor are refused', async (t) => {
  const ports = adminPorts()
  const port = await startAdmin(t, ports)
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
  const port = await startAdmin(t, ports)
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
  const port = await startAdmin(t, ports)
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
  const port = await startAdmin(t, adminPorts())
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
  const port = await startAdmin(t, ports, '0.0.0.0')
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
  const none = await startAdmin(t, adminPorts(), '0.0.0.0')
  assert.equal((await ask(none, 'GET', '/v1/info', { headers: { authorization: 'Bearer ' } })).status, 401)
  assert.equal((await ask(none, 'GET', '/v1/info', { headers: { authorization: 'Bearer x' } })).status, 401)
  const local = await startAdmin(
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
  const port = await startAdmin(
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
  const port = await startAdmin(t, ports)
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

test('11.14 a body that is no configuration is over its limit at 64 KB', async (t) => {
  const port = await startAdmin(t, adminPorts())
  const headers = { 'content-type': 'application/json' }
  const over = await ask(port, 'POST', '/v1/explain', { headers, body: Buffer.alloc((64 << 10) + 1, 0x20) })
  assert.deepEqual([over.status, over.json['code']], [413, 'GW4131'])
})

test('11.14 bodies that never end hold 40 MB together and then others are refused', async (t) => {
  const port = await startAdmin(t, adminPorts())
  const open = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const socket = connect(port, '127.0.0.1')
      t.after(() => socket.destroy())
      socket.on('error', () => undefined)
      socket.write(
        `POST /v1/config/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/yaml\r\nContent-Length: ${10 << 20}\r\n\r\n`,
      )
      const answer = once(socket, 'data').then(([bytes]) => (bytes as Buffer).toString('latin1'))
      socket.write(Buffer.alloc((10 << 20) - 1, 0x61))
      return { socket, answer }
    }),
  )
  // Six times ten are over forty: one at least is told so, and what the refused held is free for the others.
  assert.match(await Promise.race(open.map(({ answer }) => answer)), /^HTTP\/1\.1 503 [\s\S]*GW5033/)
  for (const { socket } of open) socket.destroy()
  const headers = { 'content-type': 'application/yaml' }
  for (let left = 100; ; left--) {
    const { status } = await ask(port, 'POST', '/v1/config/check', { headers, body: Buffer.alloc(10 << 20, 'a') })
    if (status === 200 || left === 0) {
      assert.equal(status, 200, 'room again when they are gone')
      break
    }
  }
})

test('an explanation for a listener that is not there is refused', async (t) => {
  const port = await startAdmin(t, adminPorts())
  for (const listener of ['nope', '__proto__']) {
    const body = JSON.stringify({ method: 'GET', url: '/', listener })
    const answer = await ask(port, 'POST', '/v1/explain', { headers: { 'content-type': 'application/json' }, body })
    assert.deepEqual([answer.status, answer.json['code']], [400, 'GW4007'])
  }
})

test('11.14 11.16 paths are taken as they are: no traversal, no debug endpoint, no file', async (t) => {
  const port = await startAdmin(t, adminPorts())
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

test('11.17 a failing port is 500 without its reason, which goes to the log', async (t) => {
  const ports = adminPorts({
    info: () => {
      throw new Error('password hunter2 is wrong')
    },
  })
  const got = await ask(await startAdmin(t, ports), 'GET', '/v1/info')
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
  const got = await ask(await startAdmin(t, adminPorts({ info: () => info })), 'GET', '/')
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

test('a token that only reads cannot have a configuration checked, which opens and imports what it names', async (t) => {
  const ports = adminPorts({ tokens: () => [{ name: 'ci', hash: tokenHash('s3cret'), scopes: ['read'] }] })
  const port = await startAdmin(t, ports)
  const headers = { ...asJson, authorization: 'Bearer s3cret' }
  assert.equal((await ask(port, 'POST', '/v1/config/check', { headers, body: '{}' })).status, 403)
})
