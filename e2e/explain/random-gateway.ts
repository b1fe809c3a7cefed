import * as fc from 'fast-check'
import type { InnerRequest } from '../../src/contract/data-plane.ts'

/** A configuration as an operator would write it in code. */
export type Config = Readonly<Record<string, unknown>>

const some = <const T>(...choices: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...choices)
/** A key that is there in some share of the cases. */
const maybe = (key: string, value: fc.Arbitrary<unknown>, weight = 3): fc.Arbitrary<Config> =>
  fc.oneof({ weight, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: value.map((one) => ({ [key]: one })) })
const merged = (parts: readonly fc.Arbitrary<Config>[]): fc.Arbitrary<Config> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Config)

const cidrs = some<unknown>('10.0.0.0/8', ['192.0.2.0/24', '2001:db8::/32'], '127.0.0.1')
const matcher = some<unknown>('a', '~[a-c]+', true, 'none', ['a', 'b'])
const lists = fc.oneof(
  cidrs,
  merged([
    maybe('ip', cidrs, 1),
    maybe('methods', some<unknown>('POST', ['PUT', 'DELETE'])),
    maybe('paths', some('/a/*', '/b/{id}')),
    maybe('headers', some<unknown>({ 'X-Kind': 'a' }, { 'X-Kind': true })),
    maybe('mode', some('log', 'enforce'), 6),
  ]).filter((list) => Object.keys(list).some((key) => key !== 'mode')),
)
const cors = some<unknown>(
  true,
  'https://app.test',
  {
    origins: ['https://app.test', 'https://*.wild.test'],
    methods: ['GET', 'PUT'],
    headers: ['X-Kind'],
    credentials: true,
  },
  'none',
)
const rewrites: fc.Arbitrary<Config> = fc.oneof(
  fc.constant({}),
  fc.constant({}),
  some<Config>(
    { stripPrefix: true },
    { stripPrefix: '/a' },
    { rewrite: '/new' },
    { rewrite: '/new{request.path}' },
    { rewrite: '/q/{request.query.v:-none}' },
    { rewrite: '/h/{request.headers.x-kind}' },
    { rewrite: { find: '/([a-z])/', with: '/x$1/' } },
    { rewrite: '/r?from={request.method}' },
  ),
)
const query = some<unknown>(
  { remove: 'v' },
  { set: { k: '{request.method}' } },
  { add: { v: 'more' } },
  { rename: { v: 'w' } },
  { default: { d: '1' } },
  { remove: 'v*', set: { z: 'a b' } },
)

const guards = (weight: number): fc.Arbitrary<Config>[] => [
  maybe('deny', lists, weight),
  maybe('allow', lists, weight + 3),
  maybe('cors', cors, weight),
  maybe('bodyLimit', some('10B', '1KB', 'none'), weight),
]

const action: fc.Arbitrary<Config> = fc.oneof(
  {
    weight: 6,
    arbitrary: some<Config>({ service: 'two' }, { service: 'two' }, { service: 'deep' }, { service: 'drained' }),
  },
  {
    weight: 2,
    arbitrary: some<Config>(
      { respond: 204 },
      { respond: 'hello {request.path}' },
      { respond: { status: 418, body: { a: 1 } } },
      { respond: { status: 404 } },
    ),
  },
  {
    weight: 1,
    arbitrary: some<Config>(
      { redirect: '/elsewhere' },
      { redirect: { to: 'https://{request.host}/x', status: 302, keepQuery: false } },
      { redirect: '/v/{request.query.v}' },
    ),
  },
)

const path = some<unknown>(
  '/a',
  '/a/*',
  '/a/{id}',
  '/a/{id}/c',
  '/a/{id:[0-9]+}',
  '/b/{id}',
  '/b/*',
  ['/c', '/d/*'],
  '/*',
  '~/e/(?<n>[0-9]+)/.*',
  '/f/{name}.pdf',
  '/a/b',
  '/c/{x}/*',
)
const host = some<unknown>('api.test', '*.test', '{tenant}.shop.test', ['api.test', 'b.test'])
const methods = some<unknown>('GET', ['GET', 'POST'], 'DELETE', ['PUT', 'PATCH'])
const match = some<unknown>(
  { headers: { 'X-Kind': 'a' } },
  { query: { v: '1' } },
  { cookies: { s: true } },
  { ip: '10.0.0.0/8' },
  { headers: { 'X-Kind': ['a', 'b'] }, query: { v: '~[0-9]' } },
  { headers: { 'X-Kind': 'none' } },
)
const conditions = fc.oneof(
  { weight: 3, arbitrary: match },
  { weight: 1, arbitrary: matcher.map((one) => ({ headers: { 'X-Kind': one } })) },
)

const route: fc.Arbitrary<Config> = merged([
  path.map((one) => ({ path: one })),
  maybe('host', host, 4),
  maybe('methods', methods, 3),
  maybe('match', conditions, 4),
  maybe('priority', some(-1, 1, 5), 5),
  maybe('listener', some<unknown>('main', 'inner', 'all'), 2),
  action,
  rewrites,
  maybe('query', query),
  maybe('encodedSlash', fc.constant('pass'), 4),
  maybe('forward', some<unknown>('strict', { headers: ['X-Kind'], query: ['v'] }), 5),
  maybe('websocket', fc.constant('none'), 4),
  maybe('hostHeader', some('preserve', 'own.test'), 4),
  ...guards(6),
])

/** Keys that go only with a service. */
const ofServices = ['stripPrefix', 'rewrite', 'query', 'forward', 'hostHeader', 'websocket']
const fitting = (given: Config): Config =>
  'service' in given ? given : Object.fromEntries(Object.entries(given).filter(([key]) => !ofServices.includes(key)))

/** Random configurations; `urls` are two targets of one service and one of another. */
export const configs = (urls: readonly [string, string, string]): fc.Arbitrary<Config> =>
  fc
    .record({
      routes: fc.array(route, { minLength: 2, maxLength: 9 }),
      rest: some<readonly Config[]>([], [{ path: '/*', listener: 'all', service: 'two' }]),
      global: merged(guards(12)),
      defaults: merged([...guards(12), maybe('timeout', some<unknown>('5s', { header: 'X-Time' }))]),
    })
    .map(({ routes, rest, global, defaults }) => ({
      listeners: {
        main: { port: 18_080, trustedProxies: '10.9.0.0/16' },
        inner: { port: 18_081, limits: { uri: '200B' } },
        plain: { port: 18_082, redirect: 'main' },
      },
      global,
      defaults: { listener: 'main', ...defaults },
      services: {
        two: { targets: [{ url: urls[0], weight: 3 }, { url: urls[1] }], healthCheck: { passive: 'none' } },
        deep: { targets: [`${urls[2]}/base/path`], healthCheck: { passive: 'none' } },
        drained: { targets: [{ url: urls[2], weight: 0 }] },
      },
      routes: Object.fromEntries(
        [...routes, ...rest].map((one, index) => [
          `r${index}`,
          { ...fitting(one), headers: { response: { set: { 'X-Route': `r${index}` } } } },
        ]),
      ),
      admin: 'none',
    }))

const segment = some(
  'a',
  'b',
  'c',
  'd',
  'e',
  'f',
  '7',
  'x.pdf',
  'A',
  'a;p=1',
  '..',
  '.',
  '',
  '%61',
  'a%2Fb',
  '%zz',
  '%C3%A9',
)
const paths = fc.oneof(
  {
    weight: 3,
    arbitrary: some('/a', '/a/1', '/a/b', '/a/b/c', '/b/x', '/c', '/d/1/2', '/e/12/z', '/f/doc.pdf', '/c/1/2', '/'),
  },
  { weight: 2, arbitrary: fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`) },
  { weight: 1, arbitrary: some('*', `/${'l'.repeat(250)}`) },
)
const queries = some('', '', '?v=1', '?v=x&v=2', '?k=%20&w', '?', '?d=1&v=')
const field = fc.oneof(
  {
    weight: 3,
    arbitrary: some(
      ['X-Kind', 'a'],
      ['X-Kind', 'b'],
      ['X-Kind', 'zz'],
      ['Cookie', 's=1'],
      ['Origin', 'https://app.test'],
      ['Origin', 'https://x.wild.test'],
      ['Origin', 'null'],
      ['X-Own', '1'],
      ['Accept', '*/*'],
    ),
  },
  {
    weight: 1,
    arbitrary: some(
      ['Access-Control-Request-Method', 'PUT'],
      ['Access-Control-Request-Headers', 'x-kind'],
      ['X-Forwarded-For', '10.1.1.1'],
      ['X-Time', '3'],
      ['X_Bad', '1'],
      ['Expect', 'something'],
      ['Connection', 'X-Kind'],
      ['Transfer-Encoding', 'gzip'],
      ['Via', '1.1 other'],
    ),
  },
)

interface Draft {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly query: string
  readonly headers: readonly (readonly string[])[]
  readonly body: string | undefined
  readonly from: string
  readonly listener: string
}

/** Requests that have at most a little wrong with them. */
const plain: fc.Arbitrary<Draft> = fc.record({
  method: some('GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD'),
  host: some('api.test', 'api.test', 'b.test', 'acme.shop.test'),
  path: some('/a', '/a/1', '/a/b', '/a/7/c', '/a/x/y', '/b/x', '/b', '/c', '/d/1/2', '/e/12/z', '/f/doc.pdf', '/c/1/2'),
  query: queries,
  headers: fc.array(
    some(['X-Kind', 'a'], ['X-Kind', 'b'], ['Cookie', 's=1'], ['Origin', 'https://app.test'], ['X-Own', '1']),
    { maxLength: 2 },
  ),
  body: some(undefined, undefined, 'tiny'),
  from: some('203.0.113.5', '203.0.113.5', '10.0.0.9', '127.0.0.1'),
  listener: some('main', 'main', 'main', 'main', 'inner'),
})
/** Requests with anything wrong with them. */
const odd: fc.Arbitrary<Draft> = fc.record({
  method: some('GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'BREW'),
  host: some('api.test', 'api.test', 'b.test', 'acme.shop.test', 'other.org', 'API.Test:81', 'bad host', '[::1]'),
  path: paths,
  query: queries,
  headers: fc.array(field, { maxLength: 4 }),
  body: some(undefined, undefined, 'tiny', 'a body of more than ten bytes', 'x'.repeat(2_000)),
  from: some('127.0.0.1', '10.0.0.9', '10.9.1.1', '192.0.2.7', '2001:db8::5'),
  listener: some('main', 'main', 'main', 'inner', 'plain'),
})

/** Random requests, of which many fit some route of a random configuration. */
export const requests: fc.Arbitrary<InnerRequest> = fc
  .oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: odd })
  .map(({ method, host, path, query, headers, body, from, listener }) => {
    const hasBody = body !== undefined && !['GET', 'HEAD', 'TRACE'].includes(method)
    return {
      method,
      url: path === '*' ? path : path + query,
      headers: ['Host', host, ...headers.flat()],
      ...(hasBody ? { body } : {}),
      from,
      listener,
    }
  })
