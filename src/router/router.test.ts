import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MatchInput } from '../contract/plan.ts'
import { Fields } from '../lib/fields.ts'
import type { RouterMatch } from './candidate.ts'
import type { RouterEntry } from './entry.ts'
import { buildRouter, createRouter } from './router.ts'

type Written = Partial<RouterEntry<string>> & { readonly path?: string; readonly host?: string }

const entries = (routes: Readonly<Record<string, Written>>): RouterEntry<string>[] =>
  Object.entries(routes).map(([name, { path = '/*', host, ...more }]) => ({
    value: name,
    name,
    hosts: host === undefined ? [] : [host],
    paths: [path],
    methods: [],
    conditions: [],
    priority: 0,
    ...more,
  }))

const match = (
  routes: Readonly<Record<string, Written>>,
  path: string,
  input: Partial<MatchInput> = {},
): RouterMatch<string> =>
  createRouter(entries(routes)).match({
    method: 'GET',
    host: 'example.com',
    path,
    query: '',
    fields: new Fields(),
    address: '192.0.2.1',
    ...input,
  })

const winner = (
  routes: Readonly<Record<string, Written>>,
  path: string,
  input: Partial<MatchInput> = {},
): string | undefined => match(routes, path, input).value
const params = (pattern: string, path: string): Record<string, string> | undefined => {
  const found = match({ it: { path: pattern } }, path)
  return found.value === undefined ? undefined : { ...found.params }
}

test('each pattern takes what config.md §4.1 says', () => {
  assert.deepEqual(params('/orders', '/orders'), {})
  assert.equal(params('/orders', '/orders/'), undefined)
  assert.deepEqual(params('/orders/{id}', '/orders/a%20b'), { id: 'a b' })
  assert.equal(params('/orders/{id}', '/orders/'), undefined)
  assert.equal(params('/orders/{id}', '/orders/1/'), undefined)
  assert.deepEqual(params('/orders/{id:[0-9]+}', '/orders/42'), { id: '42' })
  assert.equal(params('/orders/{id:[0-9]+}', '/orders/4x'), undefined)
  assert.deepEqual(params('/files/{name}.pdf', '/files/a.b.pdf'), { name: 'a.b' })
  assert.equal(params('/files/{name}.pdf', '/files/.pdf'), undefined)
  assert.deepEqual(params('/orders/{id}:cancel', '/orders/7:cancel'), { id: '7' })
  assert.deepEqual(params('/orders/*', '/orders'), { '*': '' })
  assert.deepEqual(params('/orders/*', '/orders/'), { '*': '' })
  assert.deepEqual(params('/orders/*', '/orders/a%20b/c/'), { '*': 'a b/c/' })
  assert.equal(params('/orders/*', '/ordersfoo'), undefined)
  assert.deepEqual(params('/*', '/'), { '*': '' })
  assert.deepEqual(params('/u/{id}/f/*', '/u/7/f/x'), { id: '7', '*': 'x' })
  assert.deepEqual(params('/u/{id}/*', '/u/7'), { id: '7', '*': '' })
  assert.deepEqual(params('~/v(?<major>[0-9]+)/(?<rest>.*)', '/v2/a/b%20c'), { major: '2', rest: 'a/b c' })
  assert.deepEqual(params('~/a(?<n>b)?', '/a'), {})
})

test('an encoded slash stays inside its segment, and is kept apart in a rest', () => {
  assert.deepEqual(params('/p/{id}', '/p/a%2Fb'), { id: 'a/b' })
  assert.deepEqual(params('/p/*', '/p/a%2Fb/c'), { '*': 'a%2Fb/c' })
})

test('params have no prototype, and none are one shared object', () => {
  const captured = match({ it: { path: '/{toString}' } }, '/x').params
  assert.equal('constructor' in captured, false)
  assert.equal(captured['toString'], 'x')
  assert.equal(match({ it: { path: '/a' } }, '/a').params, match({ it: { path: '/b' } }, '/b').params)
  assert.ok(Object.isFrozen(match({ it: { path: '/a' } }, '/a').params))
  assert.equal(match({ it: { path: '/{__proto__}' } }, '/x').params['__proto__'], 'x')
})

test('3.5 parameters of segments do not keep a path from its route', () => {
  const routes = { admin: { path: '/admin/*' }, all: {} }
  assert.equal(winner(routes, '/admin;x=1'), 'admin')
  assert.equal(winner(routes, '/admin;x=1/users;y'), 'admin')
  assert.deepEqual(params('/u/{id}', '/u/42;v=1'), { id: '42' })
})

test('3.6 paths are case-sensitive in every branch of the router', () => {
  for (const path of ['/admin', '/admin/{id}', '~/admin/.*', '/admin/*', '/{x}/{a:admin}']) {
    assert.equal(winner({ it: { path } }, '/ADMIN/1'), undefined, path)
  }
})

test('3.7 hosts match in lower case, among many as among few', () => {
  const hosts = Array.from({ length: 150 }, (_, i) => `H${i}.EXAMPLE.com`)
  assert.equal(winner({ many: { hosts }, all: {} }, '/', { host: 'h149.example.com' }), 'many')
  assert.equal(winner({ wild: { host: '*.EXAMPLE.com' }, all: {} }, '/', { host: 'a.example.com' }), 'wild')
})

test('3.8 a prefix ends at a segment', () => {
  const routes = { api: { path: '/api/*' }, all: {} }
  assert.deepEqual(
    ['/api', '/api/', '/api/x', '/apiX', '/api..', '/api.'].map((path) => winner(routes, path)),
    ['api', 'api', 'api', 'all', 'all', 'all'],
  )
})

test('3.11 a HEAD takes the route of GET, and a preflight that of the method it asks for', () => {
  const routes = {
    read: { path: '/a', methods: ['GET'] },
    write: { path: '/a', methods: ['PUT'] },
    options: { path: '/b', methods: ['OPTIONS'] },
  }
  assert.equal(winner(routes, '/a', { method: 'HEAD' }), 'read')
  const preflight = (method: string): Partial<MatchInput> => ({
    method: 'OPTIONS',
    fields: Fields.of('Access-Control-Request-Method', method),
  })
  assert.equal(winner(routes, '/a', preflight('PUT')), 'write')
  assert.equal(winner(routes, '/b', preflight('PUT')), 'options')
  assert.equal(winner(routes, '/a', preflight('PATCH')), undefined)
  assert.deepEqual(match(routes, '/a', { method: 'OPTIONS' }).allow, ['GET', 'HEAD', 'PUT'])
})

test('3.13 an expression route is linear on a 50 KiB path', () => {
  const routes = { bad: { path: '~/(a+)+' }, other: { path: '/{x:(a*)*b}' } }
  assert.equal(winner(routes, `/${'a'.repeat(50 * 1024)}!`), undefined)
})

test('3.14 two routes that differ only in path yield their own values', () => {
  const value = { service: 'one' }
  const router = createRouter([
    { ...(entries({ a: { path: '/a' } })[0] as RouterEntry<string>), value: { value, filter: 'a' } },
    { ...(entries({ b: { path: '/b' } })[0] as RouterEntry<string>), value: { value, filter: 'b' } },
  ])
  const input = { method: 'GET', host: 'h', query: '', fields: new Fields(), address: '192.0.2.1' }
  assert.deepEqual(
    ['/a', '/b'].map((path) => router.match({ ...input, path }).value?.filter),
    ['a', 'b'],
  )
})

test('nothing takes the request: 404; only the method is missing: 405 with what would do', () => {
  const routes = {
    read: { path: '/a/{id}', methods: ['GET'] },
    write: { path: '/a/*', methods: ['POST', 'DELETE'] },
    beta: {
      path: '/a/1',
      methods: ['PATCH'],
      conditions: [{ kind: 'headers' as const, name: 'beta', matcher: true as const }],
    },
  }
  assert.deepEqual([match(routes, '/b').value, match(routes, '/b').allow], [undefined, undefined])
  assert.deepEqual(match(routes, '/a/1', { method: 'PUT' }).allow, ['DELETE', 'GET', 'HEAD', 'POST'])
  assert.deepEqual(match(routes, '/a', { method: 'PUT' }).allow, ['DELETE', 'POST'])
  assert.deepEqual(match(routes, '/a/1', { method: 'PUT', fields: Fields.of('beta', '1') }).allow, [
    'DELETE',
    'GET',
    'HEAD',
    'PATCH',
    'POST',
  ])
  assert.equal(winner({ ...routes, all: {} }, '/a/1', { method: 'PUT' }), 'all')
  // An expression that misses on its path adds no method.
  assert.equal(match({ it: { path: '~/x[0-9]+', methods: ['POST'] } }, '/xa').allow, undefined)
})

test('the most specific route wins, in the order of config.md §4.3', () => {
  assert.equal(winner({ a: { path: '/x', host: 'example.com' }, b: { path: '/*', priority: 1 } }, '/x'), 'b')
  const hosts = {
    none: { path: '/x' },
    wide: { host: '*.com' },
    close: { host: '*.example.com' },
    label: { host: '{t}.example.com' },
    exact: { host: 'a.example.com' },
  }
  assert.deepEqual(
    ['a.example.com', 'b.example.com', 'a.b.example.com', 'example.com', 'com'].map((host) =>
      winner(hosts, '/x', { host }),
    ),
    ['exact', 'label', 'close', 'wide', 'none'],
  )
  const paths = { exact: { path: '/a/b' }, longer: { path: '~/a/[a-c].*' }, shorter: { path: '~/a/.*' } }
  assert.deepEqual(
    ['/a/b', '/a/c', '/a/x'].map((path) => winner(paths, path)),
    ['exact', 'longer', 'shorter'],
  )
  const trees = {
    literal: { path: '/a/{x}/c' },
    expr: { path: '/{p:[a-b]}/b/{y}' },
    around: { path: '/{p}z/b/*' },
    param: { path: '/{p}/b/c' },
    rest: {},
  }
  assert.deepEqual(
    ['/a/b/c', '/b/b/c', '/xz/b/c', '/x/b/c', '/x/x/c'].map((path) => winner(trees, path)),
    ['literal', 'expr', 'around', 'param', 'rest'],
  )
  const same = {
    any: { path: '/x' },
    get: { path: '/x', methods: ['GET'] },
    more: { path: '/x', methods: ['GET'], conditions: [{ kind: 'query' as const, name: 'q', matcher: '1' }] },
  }
  assert.deepEqual(
    [winner(same, '/x', { query: 'q=1' }), winner(same, '/x'), winner(same, '/x', { method: 'PUT' })],
    ['more', 'get', 'any'],
  )
  assert.equal(winner({ b: { path: '/x' }, a: { path: '/x' } }, '/x'), 'a')
})

test('of two expressions in one segment what follows decides, not which one is looked at first', () => {
  const routes = { a: { path: '/{x:[0-9]+}/{y}' }, b: { path: '/{x:[0-9a-f]+}/items' } }
  assert.equal(winner(routes, '/1/items'), 'b')
  assert.equal(winner(routes, '/1/other'), 'a')
})

test('conditions look at joined fields, the first parameter, the first cookie, the host and the address', () => {
  const on = (kind: 'headers' | 'query' | 'cookies' | 'ip', name: string, matcher: unknown): Written => ({
    path: '/x',
    conditions: [{ kind, name, matcher }],
  })
  const holds = (condition: Written, input: Partial<MatchInput>): boolean =>
    winner({ it: condition }, '/x', input) === 'it'
  assert.equal(holds(on('headers', 'X-V', '1, 2'), { fields: Fields.of('x-v', '1', 'X-V', '2') }), true)
  assert.equal(holds(on('headers', 'accept', '~.*json'), { fields: Fields.of('Accept', 'application/json') }), true)
  assert.equal(holds(on('headers', 'x-v', null), {}), true)
  assert.equal(holds(on('headers', 'Host', 'a.com'), { host: 'a.com' }), true)
  assert.equal(holds(on('query', 'v', '1'), { query: 'v=1&v=2' }), true)
  assert.equal(holds(on('query', 'v', '2'), { query: 'v=1&v=2' }), false)
  assert.equal(holds(on('cookies', 'sid', true), { fields: Fields.of('cookie', 'a=1', 'cookie', 'sid=') }), true)
  assert.equal(holds(on('cookies', 'sid', true), {}), false)
  assert.equal(holds(on('ip', '', ['10.0.0.0/8', '2001:db8::/32']), { address: '2001:db8::7' }), true)
  assert.equal(holds(on('ip', '', '10.0.0.0/8'), { address: '192.0.2.1' }), false)
})

test('a captured label of the host is a parameter', () => {
  assert.deepEqual(
    { ...match({ it: { host: '{tenant}.example.com', path: '/{id}' } }, '/7', { host: 'acme.example.com' }).params },
    { tenant: 'acme', id: '7' },
  )
})

test('a router is built in steps, and what was built does not depend on the order of the routes', () => {
  const routes = entries(
    Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [
        `r${i}`,
        { path: [`/s${i}/{id}`, `/s${i}/*`, `~/s${i}/x.*`, `/s${i}`][i % 4] as string },
      ]),
    ),
  )
  const steps = buildRouter(routes)
  let yields = 0
  let step = steps.next()
  for (; step.done !== true; step = steps.next()) yields++
  assert.ok(yields >= 5, `${yields} yields`)
  const reversed = createRouter(routes.toReversed())
  for (let i = 0; i < 200; i++) {
    for (const path of [`/s${i}`, `/s${i}/xy`]) {
      const input = { method: 'GET', host: 'h', path, query: '', fields: new Fields(), address: '192.0.2.1' }
      assert.equal(step.value.match(input).value, reversed.match(input).value)
    }
  }
})

test('what check would refuse is refused when the router is built', () => {
  assert.throws(() => createRouter(entries({ it: { path: 'x' } })), /path "x": a path begins with \//)
  assert.throws(() => createRouter(entries({ it: { host: 'a..b' } })), /host "a..b": a label/)
})
