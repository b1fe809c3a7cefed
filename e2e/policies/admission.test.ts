import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, startPair } from './ask.ts'

const app = 'https://app.example.com'

test('lists refuse before and after the match, and refusals carry CORS and security fields', async (t) => {
  const pair = await startPair(
    (_request, response) => response.end('ok'),
    (service) => ({
      global: {
        deny: { paths: ['/wp-admin/*'], headers: { 'User-Agent': '~.*sqlmap.*' } },
        securityHeaders: true,
        cors: { origins: [app] },
      },
      services: { shop: service },
      routes: {
        shop: { path: '/*', service: 'shop' },
        staff: { path: '/staff/*', service: 'shop', allow: ['192.0.2.0/24'] },
        watched: { path: '/watched', service: 'shop', allow: { ip: '192.0.2.0/24', mode: 'log' } },
        local: { path: '/local', service: 'shop', allow: ['127.0.0.0/8'], deny: { methods: 'DELETE' } },
      },
    }),
  )
  t.after(() => pair.close())
  const refused = await ask(pair.port, '/staff/x', { headers: { Origin: app } })
  assert.equal(refused.status, 403)
  assert.equal((JSON.parse(refused.body.toString()) as { code: string }).code, 'GW4031')
  assert.equal(refused.headers['access-control-allow-origin'], app)
  assert.equal(refused.headers['x-content-type-options'], 'nosniff')
  const early = await ask(pair.port, '/wp-admin/x', { headers: { Origin: app } })
  assert.equal(early.status, 403)
  assert.equal(early.headers['access-control-allow-origin'], app)
  assert.equal((await ask(pair.port, '/', { headers: { 'User-Agent': 'sqlmap/1' } })).status, 403)
  assert.equal((await ask(pair.port, '/watched')).status, 200)
  assert.equal((await ask(pair.port, '/local')).status, 200)
  assert.equal((await ask(pair.port, '/local', { method: 'DELETE' })).status, 403)
  assert.equal(pair.seen.length, 2)
})

test('3.11 preflights are answered here, matched as the method they ask for', async (t) => {
  const pair = await startPair(
    (_request, response) => response.end('from the service'),
    (service) => ({
      services: { api: service },
      routes: {
        put: { path: '/x', methods: 'PUT', service: 'api', cors: { origins: [app], credentials: true } },
        open: { path: '/open', service: 'api' },
      },
    }),
  )
  t.after(() => pair.close())
  const headers = { Origin: app, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'x-a' }
  const allowed = await ask(pair.port, '/x', { method: 'OPTIONS', headers })
  assert.equal(allowed.status, 204)
  assert.equal(allowed.headers['access-control-allow-origin'], app)
  assert.equal(allowed.headers['access-control-allow-methods'], 'PUT')
  assert.equal(allowed.headers['access-control-allow-headers'], 'x-a')
  assert.equal(allowed.headers['access-control-allow-credentials'], 'true')
  const foreign = await ask(pair.port, '/x', {
    method: 'OPTIONS',
    headers: { ...headers, Origin: 'https://evil.test' },
  })
  assert.equal(foreign.headers['access-control-allow-origin'], undefined)
  assert.equal(pair.seen.length, 0)
  assert.equal((await ask(pair.port, '/open', { method: 'OPTIONS', headers })).body.toString(), 'from the service')
})

test('bodies over the limit are 413, announced or not, and are not completed at the service', async (t) => {
  const finished: number[] = []
  const pair = await startPair(
    (request, response) => {
      let length = 0
      request.on('data', (chunk: Buffer) => (length += chunk.length))
      request.on('end', () => {
        finished.push(length)
        response.end('ok')
      })
    },
    (service) => ({
      services: { files: service },
      routes: { files: { path: '/*', service: 'files', bodyLimit: '1KB' } },
    }),
  )
  t.after(() => pair.close())
  const put = (size: number, headers = {}): Promise<number> =>
    ask(pair.port, '/f', { method: 'PUT', body: Buffer.alloc(size), headers }).then(({ status }) => status)
  assert.equal(await put(1024), 200)
  assert.equal(await put(1025), 413)
  assert.equal(await put(1024, { 'Transfer-Encoding': 'chunked' }), 200)
  assert.equal(await put(1025, { 'Transfer-Encoding': 'chunked' }), 413)
  assert.deepEqual(finished, [1024, 1024])
})

test('8.10 upgrades are refused by origin, and where websocket is none', async (t) => {
  const pair = await startPair(
    (_request, response) => response.end('no upgrade'),
    (service) => ({
      services: { chat: service },
      routes: {
        chat: { path: '/chat', service: 'chat', websocket: { origins: ['https://*.example.com'] } },
        rest: { path: '/rest', service: 'chat', websocket: 'none' },
      },
    }),
  )
  t.after(() => pair.close())
  const handshake = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
  }
  assert.equal((await ask(pair.port, '/chat', { headers: { ...handshake, Origin: 'https://evil.test' } })).status, 403)
  assert.equal((await ask(pair.port, '/chat', { headers: handshake })).status, 403)
  assert.equal((await ask(pair.port, '/rest', { headers: handshake })).status, 426)
  assert.equal(pair.seen.length, 0)
})
