import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { MatchNames } from '../../contract/policy.ts'
import { Fields } from '../../lib/fields.ts'
import {
  fakeExchange,
  fakeHost,
  policyOf,
  replyOf,
  type FakeExchange,
  type FakeRequest,
  type FakeResponse,
} from '../exchange.fixture.ts'
import { cors } from './cors.ts'
import type { CorsOptions } from './options.ts'

const app = 'https://app.example.com'

/** A preflight through both hooks, as the engine runs them; undefined when it is not answered here. */
const preflight = (options: CorsOptions, request: FakeRequest, match: Partial<MatchNames> = {}): Fields | undefined => {
  const policy = policyOf(cors, options, fakeHost(match))
  const exchange = fakeExchange({ method: 'OPTIONS', ...request })
  const reply = replyOf(policy.onRequest?.(exchange))
  if (reply === undefined) return undefined
  assert.equal(reply.status, 204)
  exchange.response = { status: 204, source: 'gateway', length: 'none', fields: Fields.of(...(reply.headers ?? [])) }
  void policy.onResponse?.(exchange)
  return exchange.response.fields
}
const asked = (headers: Record<string, string>): FakeRequest => ({
  headers: { Origin: app, 'Access-Control-Request-Method': 'PUT', ...headers },
})

const answer = (options: CorsOptions, request: FakeRequest, response: FakeResponse = {}): FakeExchange => {
  const exchange = fakeExchange(request, response)
  void policyOf(cors, options).onResponse?.(exchange)
  return exchange
}

test('a preflight of an allowed origin is answered with what it asked for', () => {
  const fields = preflight({ origins: [app] }, asked({ 'Access-Control-Request-Headers': 'X-A, Content-Type' }))
  assert.equal(fields?.get('access-control-allow-origin'), app)
  assert.equal(fields?.get('access-control-allow-methods'), 'PUT')
  assert.equal(fields?.get('access-control-allow-headers'), 'X-A, Content-Type')
  assert.equal(fields?.get('access-control-max-age'), '3600')
  assert.equal(fields?.get('access-control-allow-credentials'), undefined)
  assert.equal(fields?.get('vary'), 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers')
})

test('methods are those stated, else those of the route with HEAD for GET', () => {
  assert.equal(
    preflight({ methods: ['PATCH'] }, asked({}), { methods: ['GET'] })?.get('access-control-allow-methods'),
    'PATCH',
  )
  assert.equal(
    preflight({}, asked({}), { methods: ['GET', 'PUT'] })?.get('access-control-allow-methods'),
    'GET, PUT, HEAD',
  )
})

test('stated headers, age, credentials and private network are what is answered', () => {
  const fields = preflight(
    { origins: [app], headers: ['X-Key'], maxAge: 7_200_000, credentials: true, privateNetwork: true },
    asked({ 'Access-Control-Request-Private-Network': 'true', 'Access-Control-Request-Headers': 'X-Other' }),
  )
  assert.equal(fields?.get('access-control-allow-headers'), 'X-Key')
  assert.equal(fields?.get('access-control-max-age'), '7200')
  assert.equal(fields?.get('access-control-allow-credentials'), 'true')
  assert.equal(fields?.get('access-control-allow-private-network'), 'true')
})

test('private network is answered only when asked for and switched on', () => {
  assert.equal(preflight({ privateNetwork: true }, asked({}))?.has('access-control-allow-private-network'), false)
  assert.equal(
    preflight({}, asked({ 'Access-Control-Request-Private-Network': 'true' }))?.has(
      'access-control-allow-private-network',
    ),
    false,
  )
})

test('a preflight of another origin is answered without a field that would let it', () => {
  const fields = preflight(
    { origins: [app], privateNetwork: true },
    {
      headers: {
        Origin: 'https://evil.com',
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Private-Network': 'true',
      },
    },
  )
  assert.deepEqual(fields?.names, ['vary'])
})

test('OPTIONS that is no preflight, and other methods, go on', () => {
  assert.equal(preflight({}, { headers: { Origin: app } }), undefined)
  assert.equal(preflight({}, { headers: { 'Access-Control-Request-Method': 'PUT' } }), undefined)
  assert.equal(
    preflight({}, { method: 'GET', headers: { Origin: app, 'Access-Control-Request-Method': 'PUT' } }),
    undefined,
  )
})

test('what a preflight asks for is echoed only when it is a list of tokens', () => {
  const fields = preflight(
    {},
    asked({ 'Access-Control-Request-Headers': 'a<script>', 'Access-Control-Request-Method': 'PU(T' }),
  )
  assert.equal(fields?.has('access-control-allow-headers'), false)
  assert.equal(fields?.has('access-control-allow-methods'), false)
})

test('any origin needs no Vary; a list of origins varies for everybody', () => {
  const any = answer({}, { headers: { Origin: app } }).response.fields
  assert.equal(any.get('access-control-allow-origin'), '*')
  assert.equal(any.has('vary'), false)
  assert.equal(answer({}, {}).response.fields.get('access-control-allow-origin'), '*')
  for (const headers of [{ Origin: app }, { Origin: 'https://evil.com' }, {}])
    assert.equal(answer({ origins: [app] }, { headers }).response.fields.get('vary'), 'Origin')
})

test('an allowed origin is named, with credentials and exposed fields', () => {
  const { fields } = answer(
    { origins: [app], credentials: true, expose: ['X-Request-Id', 'X-B'] },
    { headers: { Origin: app } },
  ).response
  assert.equal(fields.get('access-control-allow-origin'), app)
  assert.equal(fields.get('access-control-allow-credentials'), 'true')
  assert.equal(fields.get('access-control-expose-headers'), 'X-Request-Id, X-B')
})

test('a service cannot let in whom the gateway does not', () => {
  const headers = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': 'X',
    Vary: 'Accept',
  }
  const { fields } = answer({ origins: [app] }, { headers: { Origin: 'https://evil.com' } }, { headers }).response
  assert.deepEqual(fields.names, ['vary', 'vary'])
  assert.equal(fields.get('vary'), 'Accept, Origin')
})

test('answers of the gateway itself carry the fields too', () => {
  const exchange = answer(
    { origins: [app] },
    { headers: { Origin: app } },
    { status: 403, source: 'gateway', code: 'GW4031' },
  )
  assert.equal(exchange.response.fields.get('access-control-allow-origin'), app)
  assert.deepEqual(cors.answers?.stage, 'respond')
})

test('origins: exact without regard to case, wildcard for labels, expression for the whole value', () => {
  const allowed = (origins: CorsOptions['origins'], origin: string): boolean =>
    answer({ origins }, { headers: { Origin: origin } }).response.fields.has('access-control-allow-origin')
  assert.equal(allowed(['HTTPS://App.Example.com'], app), true)
  assert.equal(allowed([app], `${app}:8443`), false)
  assert.equal(allowed([app], `http://app.example.com`), false)
  assert.equal(allowed(['https://*.example.com'], 'https://a.b.example.com'), true)
  assert.equal(allowed(['https://*.example.com'], 'https://example.com'), false)
  assert.equal(allowed(['https://*.example.com'], 'https://evil.com/.example.com'), false)
  assert.equal(allowed(['https://*.example.com'], 'https://evil@a.example.com'), false)
  assert.equal(allowed(['https://*.example.com'], 'https://a.example.com.evil.com'), false)
  assert.equal(allowed(['http://localhost:*'], 'http://localhost:5173'), true)
  assert.equal(allowed(['~https://[a-z]+\\.example\\.com'], app), true)
  assert.equal(allowed(['~https://[a-z]+\\.example\\.com'], 'https://a1.example.com'), false)
  assert.equal(allowed([app], 'null'), false)
  assert.equal(allowed(['null'], 'null'), true)
})

test('whatever a page calls itself, only a configured origin is ever let in with credentials', () => {
  const policy = policyOf(cors, { origins: ['https://*.example.com', app], credentials: true })
  const origin = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.constantFrom('https://', 'http://', 'https:'),
        fc.array(fc.constantFrom('a', 'example', '.', 'com', '/', '@', ':', 'evil', '#', '?', '\\', ' '), {
          maxLength: 8,
        }),
      )
      .map(([scheme, rest]) => scheme + rest.join('')),
  )
  fc.assert(
    fc.property(origin, (value) => {
      const exchange = fakeExchange({ headers: { Origin: value } })
      void policy.onResponse?.(exchange)
      const named = exchange.response.fields.get('access-control-allow-origin')
      assert.notEqual(named, '*')
      if (named === undefined) return
      assert.equal(named, value)
      const url = new URL(value)
      assert.equal(url.protocol, 'https:')
      assert.match(url.hostname, /\.example\.com$/)
      assert.equal(url.username, '')
    }),
  )
})

test('credentials with any origin fail at load', () => {
  assert.throws(() => policyOf(cors, { origins: ['*'], credentials: true }), /any origin/)
  assert.throws(() => policyOf(cors, { credentials: true }), /any origin/)
  assert.throws(() => policyOf(cors, { origins: [true], credentials: true }), /any origin/)
})

test('explain says who may and why not', () => {
  const policy = policyOf(cors, { origins: [app] })
  const words = (request: FakeRequest): string | undefined => {
    const exchange = fakeExchange(request)
    void policy.onRequest?.(exchange)
    if (request.method !== 'OPTIONS') void policy.onResponse?.(exchange)
    return policy.explain?.(exchange, exchange.notes[0]?.code ?? -1, 0, 0)
  }
  assert.equal(words({ headers: { Origin: app } }), `${app} may read the answer`)
  assert.equal(
    words({ headers: { Origin: 'https://x' } }),
    'https://x may not read the answer: it is not among the origins',
  )
  assert.equal(words({ method: 'OPTIONS', ...asked({}) }), `preflight answered for ${app}`)
  assert.match(
    words({ method: 'OPTIONS', headers: { Origin: 'https://x', 'Access-Control-Request-Method': 'GET' } }) ?? '',
    /preflight of https:\/\/x not allowed/,
  )
})
