import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, startPair } from './ask.ts'

test('path, query, fields and cookies reach the service as the route says', async (t) => {
  const pair = await startPair(
    (_request, response) => response.end('ok'),
    (service) => ({
      services: { shop: `${service}/internal` },
      routes: {
        strip: { path: '/api/v2/*', service: 'shop', stripPrefix: true },
        rewrite: { path: '~/v(?<major>[0-9]+)/shop/(?<rest>.*)', service: 'shop', rewrite: '/{rest}?api={major}' },
        user: { path: '/users/{id:[0-9]+}/orders/*', service: 'shop', rewrite: '/orders/by-user/{id}/{*}' },
        edit: {
          path: '/edit/{id}',
          service: 'shop',
          headers: {
            request: {
              remove: ['X-Internal-*'],
              set: { 'X-Id': '{id}', 'X-None': '{request.headers.none}' },
              add: { 'X-Many': ['a', 'b'] },
            },
          },
          query: { remove: ['utm_*'], set: { tenant: '{request.host}' } },
          hostHeader: 'preserve',
        },
        listed: {
          path: '/listed',
          service: 'shop',
          forward: { headers: ['X-Key'], query: ['a'], cookies: ['session'] },
        },
        raw: { path: '/raw/*', service: 'shop', encodedSlash: 'pass' },
      },
    }),
  )
  t.after(() => pair.close())
  const sent = async (path: string, headers = {}): Promise<[string | undefined, NodeJS.Dict<string | string[]>]> => {
    const answer = await ask(pair.port, path, { headers })
    assert.equal(answer.status, 200, path)
    const last = pair.seen.at(-1)
    return [last?.url, last?.headers ?? {}]
  }
  assert.equal((await sent('/api/v2/orders/1?x=1'))[0], '/internal/orders/1?x=1')
  assert.equal((await sent('/api/v2'))[0], '/internal/')
  assert.equal((await sent('/v3/shop/a/b?k=v'))[0], '/internal/a/b?k=v&api=3')
  assert.equal((await sent('/users/7/orders/1/2'))[0], '/internal/orders/by-user/7/1/2')
  assert.equal((await sent('/users/7/orders'))[0], '/internal/orders/by-user/7')
  assert.equal((await sent('/raw/a%2Fb'))[0], '/internal/raw/a%2Fb')
  const [url, headers] = await sent('/edit/%EA%B4%80?utm_source=x&k=1&tenant=forged', {
    'X-Internal-A': '1',
    'X-None': 'forged',
    'X-Id': 'forged',
  })
  assert.equal(url, '/internal/edit/%EA%B4%80?k=1&tenant=api.example.com')
  assert.equal(headers['host'], 'api.example.com')
  assert.equal(headers['x-id'], Buffer.from('관').toString('latin1'))
  assert.equal(headers['x-many'], 'a, b')
  assert.equal(headers['x-none'], undefined)
  assert.equal(headers['x-internal-a'], undefined)
  const [listed, kept] = await sent('/listed?a=1&b=2', { 'X-Key': '1', 'X-Other': '2', Cookie: 'session=s; other=o' })
  assert.equal(listed, '/internal/listed?a=1')
  assert.equal(kept['x-key'], '1')
  assert.equal(kept['x-other'], undefined)
  assert.equal(kept['cookie'], 'session=s')
  assert.equal(kept['x-forwarded-for'], '127.0.0.1')
})

test('nothing that a client sends becomes a second field at the service', async (t) => {
  const pair = await startPair(
    (_request, response) => response.end('ok'),
    (service) => ({
      services: { shop: service },
      routes: {
        all: {
          path: '/{id}',
          service: 'shop',
          headers: { request: { set: { 'X-Id': '{id}', 'X-Q': '{request.query.q:-none}' } } },
        },
      },
    }),
  )
  t.after(() => pair.close())
  for (const id of ['a%0d%0aX-Admin:%201', '%0a', 'x%7f', 'a%01']) {
    assert.equal((await ask(pair.port, `/${id}`)).status, 400, id)
    assert.equal((await ask(pair.port, `/x?q=${id}`)).status, 400, id)
  }
  assert.equal(pair.seen.length, 0)
  assert.equal((await ask(pair.port, '/%C4%8A%C4%8D?q=%C4%8A')).status, 200)
  assert.equal(pair.seen[0]?.headers['x-admin'], undefined)
})

test('answers are edited, cookies forced, and Location turned to the public address', async (t) => {
  const pair = await startPair(
    (request, response) => {
      response.setHeader('Set-Cookie', ['a=1; Domain=internal', 'b=2; HttpOnly'])
      response.setHeader('X-Old', 'v')
      response.statusCode = 302
      response.setHeader('Location', `http://${request.headers.host}/internal/orders/7`)
      response.end()
    },
    (service) => ({
      defaults: { securityHeaders: true },
      services: { shop: `${service}/internal` },
      routes: {
        shop: {
          path: '/api/*',
          service: 'shop',
          stripPrefix: true,
          cookies: { domain: 'none', secure: true },
          headers: {
            response: { rename: { 'X-Old': 'X-New' }, set: { 'X-Status': '{response.status} {service.name}' } },
          },
        },
      },
    }),
  )
  t.after(() => pair.close())
  const { headers } = await ask(pair.port, '/api/orders', { headers: { Host: 'shop.test:8080' } })
  assert.equal(headers.location, 'http://shop.test:8080/api/orders/7')
  assert.deepEqual(headers['set-cookie'], ['a=1; Secure', 'b=2; HttpOnly; Secure'])
  assert.equal(headers['x-new'], 'v')
  assert.equal(headers['x-status'], '302 shop')
  assert.equal(headers['x-frame-options'], 'DENY')
  assert.equal(headers['strict-transport-security'], undefined)
})
