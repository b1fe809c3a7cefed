import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { TemplatePlace } from '../contract/policy.ts'
import { compileTemplate } from '../lib/placeholders.ts'
import { refused } from '../lib/template-encoding.ts'
import { compileTemplateTree, compileText } from '../lib/template-tree.ts'
import { fakeExchange, fakeSource, type FakeRequest, type FakeResponse } from './exchange.fixture.ts'

const fill = (
  text: string,
  place: TemplatePlace,
  request: FakeRequest = {},
  response: FakeResponse = {},
): string | undefined => compileTemplate(text, place, fakeSource)(fakeExchange(request, response))

const rich: FakeRequest = {
  method: 'POST',
  url: '/shop/orders?page=2&q=a+b%21&flag',
  host: 'api.example.com',
  port: 8443,
  scheme: 'https',
  headers: { 'X-Tenant': 'acme', Cookie: 'a=1; session=xyz', 'X-Many': ['1', '2'] },
  length: 12,
  params: { id: '7', '*': 'b c/d' },
  route: { name: 'shop', labels: { team: 'core' } },
}

test('every live root has its value', () => {
  const values: Readonly<Record<string, string>> = {
    '{request.id}': 'req-1',
    '{request.method}': 'POST',
    '{request.scheme}': 'https',
    '{request.host}': 'api.example.com',
    '{request.port}': '8443',
    '{request.path}': '/shop/orders',
    '{request.rawQuery}': 'page=2&q=a+b%21&flag',
    '{request.query.page}': '2',
    '{request.query.q}': 'a b!',
    '{request.query.flag}': '',
    '{request.headers.X-Tenant}': 'acme',
    '{request.headers.x-many}': '1, 2',
    '{request.headers.host}': 'api.example.com',
    '{request.cookies.session}': 'xyz',
    '{request.size}': '12',
    '{request.time}': '2026-01-02T03:04:05.000Z',
    '{request.protocol}': 'HTTP/1.1',
    '{client.ip}': '192.0.2.7',
    '{client.port}': '50000',
    '{listener.name}': 'main',
    '{gateway.node}': 'node-1',
    '{gateway.version}': '0.1.0',
    '{trace.id}': '4bf92f3577b34da6a3ce929d0e0e4736',
    '{trace.span}': '00f067aa0ba902b7',
    '{params.id}': '7',
    '{id}': '7',
    '{*}': 'b c/d',
    '{route.name}': 'shop',
    '{route.labels.team}': 'core',
    '{service.name}': 'orders',
    '{target.url}': 'http://127.0.0.1:4001',
    '{response.status}': '503',
    '{response.headers.x-served}': 'yes',
    '{response.source}': 'gateway',
    '{response.time}': '12.5',
    '{error.code}': 'GW5031',
    '{error.status}': '503',
    '{error.title}': 'No target',
    '{error.detail}': 'All out.',
    '{now}': '2026-01-02T03:04:06.000Z',
  }
  const response: FakeResponse = {
    status: 503,
    source: 'gateway',
    code: 'GW5031',
    detail: 'All out.',
    headers: { 'x-served': 'yes' },
  }
  for (const [text, value] of Object.entries(values)) assert.equal(fill(text, 'text', rich, response), value, text)
})

test('a missing value leaves no text, a default stands for it, and prototypes are not looked at', () => {
  assert.equal(fill('x {request.headers.none} y', 'text'), undefined)
  assert.equal(fill('x {request.headers.none:-d} y', 'text'), 'x d y')
  assert.equal(fill('{request.query.flag:-d}', 'text', rich), '')
  for (const name of ['constructor', 'toString', '__proto__'])
    assert.equal(fill(`{params.${name}}`, 'text', rich), undefined)
  assert.equal(fill('{error.code}', 'text'), undefined)
})

test('in a path a value is one segment, and the rest keeps its slashes', () => {
  const params = { id: 'a/b c;d?e#f%', '*': 'x/y z/%2F' }
  assert.equal(fill('/v/{id}', 'path', { params }), '/v/a%2Fb%20c%3Bd%3Fe%23f%25')
  assert.equal(fill('/v/{*}', 'path', { params }), '/v/x/y%20z/%2F')
  assert.equal(fill('/v/{*}', 'path', { params: { '*': '' } }), '/v')
  assert.equal(fill('/{*}', 'path', { params: { '*': '' } }), '/')
  assert.equal(fill('/{*}?a=1', 'location', { params: { '*': '' } }), '/?a=1')
  assert.equal(fill('/주문/{id}', 'path', { params: { id: '한' } }), '/%EC%A3%BC%EB%AC%B8/%ED%95%9C')
  assert.equal(fill('/x{request.path}', 'path', rich), '/x/shop/orders')
})

test('an empty value is no segment of a path', () => {
  assert.equal(fill('/a/{request.query.flag}/b', 'path', rich), refused)
})

test('in a query a value separates nothing', () => {
  assert.equal(fill('{request.headers.x}', 'query', { headers: { x: 'a&b=c d+#' } }), 'a%26b%3Dc%20d%2B%23')
  assert.equal(fill('a b', 'query'), 'a%20b')
})

test('in a field wide characters become UTF-8 bytes, and control characters refuse', () => {
  assert.equal(fill('{id}', 'header', { params: { id: '관문' } }), Buffer.from('관문').toString('latin1'))
  assert.equal(fill('{id}', 'header', { params: { id: 'a\tb' } }), 'a\tb')
  for (const bad of ['a\rb', 'a\nb', 'a\0b', '\u007f', '\u001b'])
    assert.equal(fill('x{id}', 'header', { params: { id: bad } }), refused)
  const latin1 = Buffer.from('é').toString('latin1')
  assert.equal(fill('{request.headers.x}', 'header', { headers: { x: latin1 } }), latin1)
})

test('no CR, LF or NUL gets into a field or a location, whatever the client sends', () => {
  const places: readonly TemplatePlace[] = ['header', 'location', 'path', 'query']
  const texts = {
    header: 'a {id} {request.query.q}',
    location: '/x/{id}?q={request.query.q}',
    path: '/x/{id}',
    query: '{id}{request.query.q}',
  } as const
  const compiled = places.map((place) => compileTemplate(texts[place as keyof typeof texts], place, fakeSource))
  const nasty = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\r', '\n', '\0', '\u010a', '\u010d', '\u0100', '\ud800', '%', '/', '\\'),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
  })
  fc.assert(
    fc.property(nasty, (id) => {
      const exchange = fakeExchange({ url: `/x?q=${encodeURIComponent(id.toWellFormed())}`, params: { id } })
      for (const [index, template] of compiled.entries()) {
        const value = template(exchange)
        if (value === undefined || value === refused) continue
        const wire = Buffer.from(value, 'latin1')
        assert.ok(
          !wire.some((byte) => byte === 0 || byte === 10 || byte === 13),
          `${places[index]} ${JSON.stringify(value)}`,
        )
      }
    }),
  )
})

test('a location encodes each value for its place and never lets one become a host', () => {
  assert.equal(
    fill('https://new.example.com/{*}', 'location', { params: { '*': 'a/b c' } }),
    'https://new.example.com/a/b%20c',
  )
  assert.equal(fill('https://new.example.com/{*}', 'location', { params: { '*': '' } }), 'https://new.example.com')
  assert.equal(
    fill('{request.scheme}://www.example.com{request.path}', 'location', rich),
    'https://www.example.com/shop/orders',
  )
  assert.equal(fill('https://{id}.example.com/', 'location', { params: { id: 'acme' } }), 'https://acme.example.com/')
  assert.equal(
    fill('/login?next={request.path}&{request.rawQuery}', 'location', rich),
    '/login?next=%2Fshop%2Forders&page=2&q=a+b%21&flag',
  )
  for (const bad of ['evil.com/', 'evil.com#', 'a@evil.com', 'evil.com\\', 'a b', '']) {
    assert.equal(fill('https://{id}.example.com/', 'location', { params: { id: bad } }), refused, bad)
  }
})

test('no value of a request chooses the host of a location', () => {
  for (const text of [
    'https://example.com{id}',
    'https://example.com{id}/x',
    'https://example.com{request.query.q}',
    'https://example.com{request.host}',
    'https://example.{id}/',
    'https://{id}',
    'https://{id}/x',
    'https://{id}:443/',
    'https://{request.query.host}/',
    'https://{request.headers.x}/',
    'https://{id}example.com/',
    'https://{id}{request.path}',
    'https://{request.host}{id}/',
    'https://{id}.{id}/',
    'https://{id}./',
    'https://example.com:{id}{id}/',
    'https://example.com:{id}.evil.com/',
    'https://{id:-a}/',
  ])
    assert.throws(() => compileTemplate(text, 'location', fakeSource), /may not stand there in the host/, text)
  for (const bad of ['.evil', 'evil.', 'a:80', '[::1]', '@', 'a/b'])
    assert.equal(fill('https://{id}.example.com/', 'location', { params: { id: bad } }), refused, bad)
  assert.equal(fill('https://example.com:{id}/', 'location', { params: { id: '8443' } }), 'https://example.com:8443/')
  assert.equal(fill('https://example.com:{id}/', 'location', { params: { id: '1@evil' } }), refused)
  assert.equal(fill('https://{id}.eu.example.com', 'location', { params: { id: 'a.b' } }), 'https://a.b.eu.example.com')
  for (const text of [
    'https://{request.host}/x',
    'https://{request.host}{request.path}',
    'https://www.{request.host}:1/',
  ])
    compileTemplate(text, 'location', fakeSource)
})

test('an empty rest takes its slash along only where it ends a segment, so that nothing joins the host', () => {
  assert.equal(fill('https://a.test/{*}/x', 'location', { params: { '*': '' } }), 'https://a.test/x')
  const params = { '*': '', id: '.evil.com' }
  assert.equal(fill('https://a.test/{*}{id}', 'location', { params }), 'https://a.test/.evil.com')
  assert.equal(fill('https://a.test/{*}.evil.com', 'location', { params }), 'https://a.test/.evil.com')
})

test('texts that could not make a safe location or path are refused at load', () => {
  for (const text of [
    '{id}',
    '{request.headers.x}/a',
    '//evil.com/{id}',
    '/\\evil',
    'ftp://x/',
    'https:///{id}',
    'https://{request.path}',
    '://x',
    'https://a@b/',
    '',
  ])
    assert.throws(() => compileTemplate(text, 'location', fakeSource), /begins with/, text)
  for (const text of ['{id}', 'orders', 'https://x/', '//x'])
    assert.throws(() => compileTemplate(text, 'path', fakeSource), /begins with/, text)
  assert.throws(() => compileTemplate('a\r\nb', 'header', fakeSource))
  assert.throws(() => compileTemplate('{claims.sub}', 'text', fakeSource), /is not known/)
  assert.throws(() => compileTemplate('{', 'text', fakeSource), /not closed/)
})

test('in a body a lone placeholder keeps its type, a missing one is null, and text is escaped', () => {
  const tree = compileTemplateTree(
    {
      status: '{response.status}',
      text: 'is {response.status}',
      gone: '{request.headers.none}',
      list: [1, true, null, '{id}'],
      'odd "key"': {},
      none: [],
    },
    fakeSource,
  )
  assert.equal(tree.constant, undefined)
  const exchange = fakeExchange({ params: { id: 'a"b\n' } }, { status: 404 })
  assert.deepEqual(JSON.parse(tree.write(exchange)), {
    status: 404,
    text: 'is 404',
    gone: null,
    list: [1, true, null, 'a"b\n'],
    'odd "key"': {},
    none: [],
  })
})

test('a body tree without placeholders is written once', () => {
  const tree = compileTemplateTree({ error: { code: 'busy', n: 1 } }, fakeSource)
  assert.equal(tree.constant, '{"error":{"code":"busy","n":1}}')
})

test('any tree of plain values comes out as the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const doubled = JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
        typeof item === 'string' ? item.replace(/[{}]/g, '$&$&') : item,
      ) as unknown
      assert.deepEqual(
        JSON.parse(compileTemplateTree(doubled, fakeSource).write(fakeExchange())),
        JSON.parse(JSON.stringify(value)),
      )
    }),
  )
})

test('in a plain-text body a missing value is empty', () => {
  assert.equal(compileText('Hello {request.headers.none}!', fakeSource).write(fakeExchange()), 'Hello !')
  assert.equal(compileText('Hello', fakeSource).constant, 'Hello')
})
