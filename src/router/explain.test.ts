import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { MatchInput } from '../contract/plan.ts'
import { Fields } from '../lib/fields.ts'
import { arbitraryEntries, arbitraryInput } from './arbitrary.fixture.ts'
import type { RouterEntry } from './entry.ts'
import { explainMatch } from './explain.ts'
import { naiveMatch } from './naive.fixture.ts'
import { createRouter } from './router.ts'

const entry = (name: string, path: string, more: Partial<RouterEntry<string>> = {}): RouterEntry<string> => ({
  value: name,
  name,
  hosts: [],
  paths: [path],
  methods: [],
  conditions: [],
  priority: 0,
  ...more,
})
const request = (method: string, path: string, host = 'example.com'): MatchInput => ({
  method,
  host,
  path,
  query: '',
  fields: new Fields(),
  address: '192.0.2.1',
})

const reasons = (entries: readonly RouterEntry<string>[], input: MatchInput): Record<string, string | undefined> => {
  const verdicts = explainMatch(entries, input, createRouter(entries).match(input).value)
  return Object.fromEntries(verdicts.map((verdict) => [verdict.name, verdict.won ? '✔' : verdict.reason]))
}

test('each route says the first thing that was in its way', () => {
  const entries = [
    entry('writeOrders', '/orders/*', { methods: ['POST'] }),
    entry('readOrders', '/orders/*', { methods: ['GET', 'HEAD'] }),
    entry('deleteOrders', '/orders/*', { methods: ['DELETE'] }),
    entry('health', '/health'),
    entry('api', '/orders/*', { hosts: ['api.example.com', '*.example.org'] }),
    entry('v2', '/orders/*', {
      methods: ['POST'],
      conditions: [{ kind: 'headers', name: 'X-Version', matcher: ['2', '~3.*'] }],
    }),
    entry('inside', '/orders/*', { conditions: [{ kind: 'ip', name: '', matcher: ['10.0.0.0/8'] }] }),
    entry('debug', '/orders/*', { conditions: [{ kind: 'query', name: 'debug', matcher: true }] }),
    entry('new', '/orders/*', {
      conditions: [
        { kind: 'cookies', name: 'sid', matcher: null },
        { kind: 'cookies', name: 'beta', matcher: '1' },
      ],
    }),
  ]
  assert.deepEqual(reasons(entries, request('POST', '/orders')), {
    writeOrders: '✔',
    readOrders: 'methods are GET, HEAD',
    deleteOrders: 'method is DELETE',
    health: 'path is /health',
    api: 'host is api.example.com or *.example.org',
    v2: 'header X-Version is 2 or ~3.*',
    inside: 'address is in 10.0.0.0/8',
    debug: 'query debug is sent',
    new: 'cookie beta is 1',
  })
})

test('a route that takes the request too says what goes before it', () => {
  const winner = entry('best', '/a/b', {
    hosts: ['example.com'],
    methods: ['GET'],
    conditions: [{ kind: 'headers', name: 'x', matcher: null }],
    priority: 1,
  })
  const against = (more: Partial<RouterEntry<string>>, path = '/a/b'): string | undefined =>
    reasons(
      [winner, entry('other', path, { ...winner, value: 'other', name: 'other', paths: [path], ...more })],
      request('GET', '/a/b'),
    )['other']
  assert.equal(against({ priority: 0 }), 'priority is 0, that of best 1')
  assert.equal(against({ hosts: [] }), 'host is any, that of best example.com')
  assert.equal(against({}, '/a/{x}'), 'path is /a/{x}, that of best /a/b')
  assert.equal(against({ methods: [] }), 'methods are any, those of best GET')
  assert.equal(against({ conditions: [] }), 'conditions are 0, those of best 1')
  assert.equal(against({}), 'name comes after best, and nothing else decides')
})

test('a route that takes OPTIONS says so when the preflight went to the method it asks for', () => {
  const entries = [entry('read', '/*', { methods: ['GET'] }), entry('options', '/a', { methods: ['OPTIONS'] })]
  const preflight = { ...request('OPTIONS', '/a'), fields: Fields.of('access-control-request-method', 'GET') }
  assert.deepEqual(reasons(entries, preflight), {
    read: '✔',
    options: 'method is OPTIONS, and the preflight asks for another',
  })
})

test('explain agrees with the router: a winner has no reason, and who stated nothing else was outranked', () => {
  fc.assert(
    fc.property(arbitraryEntries({ expressions: true, addresses: true }), arbitraryInput, (entries, input) => {
      const { value } = createRouter(entries).match(input)
      const verdicts = explainMatch(entries, input, value)
      assert.deepEqual(
        verdicts.filter((verdict) => verdict.won).map((verdict) => verdict.route),
        value === undefined ? [] : [value],
      )
      for (const { route, won, reason } of verdicts) {
        if (won) continue
        const alone = naiveMatch([entries[route] as RouterEntry<number>], input).value !== undefined
        const misses =
          /^(host is (?!.*that of)|path is (?!.*that of)|methods? (is|are) (?!any)(?!.*preflight)|header |query |cookie |address )/.test(
            reason ?? '',
          )
        assert.equal(misses, !alone, `r${route}: ${reason}`)
      }
    }),
    { numRuns: 1_500 },
  )
})
