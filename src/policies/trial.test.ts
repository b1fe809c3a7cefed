import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { ActionSnapshot, PolicyUse, RouteSnapshot, Snapshot } from '../contract/snapshot.ts'
import { parsePathPattern } from '../lib/pattern.ts'
import { tryPolicies } from './trial.ts'

const origin = { file: 'gateway.yaml', line: 3, column: 5 }
const use = (name: string, options: unknown): PolicyUse => ({ name, options, chain: 'route', origin })
const route = (
  policies: readonly PolicyUse[],
  action: ActionSnapshot = { kind: 'service', service: 'a' },
): RouteSnapshot => ({
  name: 'r',
  origin: { ...origin, line: 1 },
  listeners: ['main'],
  hosts: [],
  paths: ['/x/*'],
  methods: [],
  conditions: [],
  priority: 0,
  action,
  policies,
  summary: undefined,
  tags: [],
})
const snapshot = (...routes: readonly RouteSnapshot[]): Snapshot => ({ routes, listeners: [] }) as unknown as Snapshot

test('what a policy refuses when it is made is a finding with its place', async () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ['rewrite', '//evil'],
    ['rewrite', '/a?{id}=1'],
    ['securityHeaders', { csp: 'a\nb' }],
    ['cookies', { path: '/; x' }],
    ['headers', { request: { set: { 'X-A': 'a\nb' } } }],
    ['cors', { origins: ['~.*', true], credentials: true }],
    ['log', { fields: { a: '{' } }],
    ['errors', { body: '{' }],
  ]
  for (const [name, options] of bad) {
    const [finding, ...more] = await tryPolicies(snapshot(route([use(name, options)])))
    assert.deepEqual(more, [])
    assert.equal(finding?.code, 'GW1103', name)
    assert.equal(finding?.line, 3)
    assert.equal(finding?.path, `routes.r.${name}`)
  }
})

test('redirects that could lead anywhere and answers that cannot be made are findings', async () => {
  const redirect = (to: string): RouteSnapshot => route([], { kind: 'redirect', to, status: 308, keepQuery: true })
  for (const to of ['{request.query.to}', '//evil.com', 'https://{request.path}']) {
    const found = await tryPolicies(snapshot(redirect(to)))
    assert.deepEqual(
      found.map(({ path, line }) => [path, line]),
      [['routes.r.redirect', 1]],
      to,
    )
  }
  const respond = route([], {
    kind: 'respond',
    status: 200,
    headers: { 'X-A': 'a\r\nb' },
    body: undefined,
    contentType: undefined,
  })
  assert.equal((await tryPolicies(snapshot(respond))).length, 1)
})

test('what can be made has no finding, and equal options are tried once', async () => {
  const good = route([use('headers', { request: { set: { 'X-A': '{id}' } } }), use('use', { file: './x.ts' })], {
    kind: 'redirect',
    to: '/{*}',
    status: 308,
    keepQuery: true,
  })
  assert.deepEqual(await tryPolicies(snapshot(good)), [])
  const bad = route([use('rewrite', '//evil')])
  assert.equal((await tryPolicies(snapshot(bad, bad))).length, 1)
})

test('a use that routes share is looked at once', async () => {
  let reads = 0
  const options = { total: 5000, toJSON: () => reads++ }
  const shared = route([use('timeout', options)])
  assert.deepEqual(await tryPolicies(snapshot(shared, shared, { ...shared, name: 's', paths: ['/s'] })), [])
  assert.equal(reads, 1)
})

test('whether a policy can be made does not hang on the paths of its route', async () => {
  const segment = fc.constantFrom('a', 'B', '{id}', '{id}.json', '%41', 'a;b', '%e2%82%ac', '..', '%2f', '', '~', '.x')
  const path = fc.oneof(
    fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
    fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.join('/')}/*`),
    fc.constantFrom('~/v(?<n>[0-9]+)/.*', '~.*', '/'),
  )
  const uses = [
    use('stripPrefix', true),
    use('rewrite', '/x/{n}/{*}?a={id}'),
    use('forward', 'strict'),
    use('cors', true),
  ]
  await fc.assert(
    fc.asyncProperty(path, async (text) => {
      fc.pre(parsePathPattern(text).kind !== 'fault')
      assert.deepEqual(await tryPolicies(snapshot({ ...route(uses), paths: [text] })), [])
    }),
  )
})
