import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { ListenerSnapshot, PolicyUse, RouteSnapshot, Snapshot } from '../contract/snapshot.ts'
import { policyOptions } from '../policies/options.ts'
import { loadConfig } from './load.ts'

const load = async (text: string): Promise<Snapshot> => {
  const result = await loadConfig({
    text,
    cwd: '/',
    env: {},
    mode: 'start',
    policies: policyOptions,
    findConflicts: () => [],
    generation: 1,
  })
  assert.deepEqual(
    result.diagnostics.filter((one) => one.severity === 'error'),
    [],
  )
  return result.snapshot ?? assert.fail('no snapshot')
}

const routeOf = (snapshot: Snapshot, name: string): RouteSnapshot =>
  snapshot.routes.find((route) => route.name === name) ?? assert.fail(name)
const listenerOf = (snapshot: Snapshot, name: string): ListenerSnapshot =>
  snapshot.listeners.find((one) => one.name === name) ?? assert.fail(name)
const options = (uses: readonly PolicyUse[], name: string): unknown => {
  const found = uses.filter((use) => use.name === name).map((use) => use.options)
  return found.length > 1 ? found : found[0]
}

test('within the route chain the nearest wins, and the service stands between defaults and the route', async () => {
  const snapshot = await load(`
defaults: { hostHeader: preserve, bodyLimit: 1MB }
services:
  a: { targets: 'http://a:1', hostHeader: a.example.com }
  b: http://b:1
routes:
  fromService: { path: /1, service: a }
  own: { path: /2, service: a, hostHeader: own.example.com, bodyLimit: 2MB }
  fromDefaults: { path: /3, service: b }
`)
  assert.equal(options(routeOf(snapshot, 'fromService').policies, 'hostHeader'), 'a.example.com')
  assert.equal(options(routeOf(snapshot, 'own').policies, 'hostHeader'), 'own.example.com')
  assert.equal(options(routeOf(snapshot, 'fromDefaults').policies, 'hostHeader'), 'preserve')
  assert.equal(options(routeOf(snapshot, 'fromDefaults').policies, 'bodyLimit'), 1024 ** 2)
  assert.equal(options(routeOf(snapshot, 'own').policies, 'bodyLimit'), 2 * 1024 ** 2)
  const [use] = routeOf(snapshot, 'fromService').policies.filter((one) => one.name === 'hostHeader')
  assert.equal(use?.chain, 'service')
  assert.equal(use?.origin?.line, 4)
})

test('timeout merges field by field, and built-in values stay where nothing nearer is written', async () => {
  const snapshot = await load(`
defaults: { timeout: { total: 5s, connect: 1s } }
services:
  stock: { targets: 'http://s:1', timeout: { attempt: 900ms } }
routes:
  plain: { path: /1, service: stock }
  own: { path: /2, service: stock, timeout: { total: none, idle: 2m } }
  off: { path: /3, service: stock, timeout: none }
`)
  assert.deepEqual(options(routeOf(snapshot, 'plain').policies, 'timeout'), {
    total: 5000,
    connect: 1000,
    attempt: 900,
  })
  assert.deepEqual(options(routeOf(snapshot, 'own').policies, 'timeout'), {
    total: null,
    connect: 1000,
    attempt: 900,
    idle: 120_000,
  })
  assert.equal(options(routeOf(snapshot, 'off').policies, 'timeout'), undefined)
})

test('headers merge name by name whatever the case, and what the nearer removes the farther does not set', async () => {
  const snapshot = await load(`
defaults:
  headers: { request: { set: { X-Tenant: a, X-Other: b, X-Gone: c }, remove: [X-Debug] } }
routes:
  one: { path: /1, respond: ok, headers: { request: { set: { x-tenant: z }, remove: X-Gone }, response: { add: { X-A: '1' } } } }
`)
  assert.deepEqual(options(routeOf(snapshot, 'one').policies, 'headers'), {
    request: { set: { 'X-Other': 'b', 'x-tenant': 'z' }, remove: ['X-Debug', 'X-Gone'] },
    response: { add: { 'X-A': ['1'] } },
  })
})

test('deny appends its lists, allow is replaced whole, and none clears what is farther in the chain', async () => {
  const snapshot = await load(`
defaults: { deny: { ip: 192.0.2.1 }, allow: [10.0.0.0/8] }
routes:
  both: { path: /1, respond: ok, deny: { paths: /1/x }, allow: [192.0.2.0/24] }
  off: { path: /2, respond: ok, deny: none, allow: none }
  inherits: { path: /3, respond: ok }
`)
  const both = routeOf(snapshot, 'both').policies
  assert.deepEqual(options(both, 'deny'), [
    { ip: ['192.0.2.1'], mode: 'enforce' },
    { paths: ['/1/x'], mode: 'enforce' },
  ])
  assert.deepEqual(options(both, 'allow'), { ip: ['192.0.2.0/24'], mode: 'enforce' })
  assert.equal(options(routeOf(snapshot, 'off').policies, 'deny'), undefined)
  assert.deepEqual(options(routeOf(snapshot, 'inherits').policies, 'allow'), { ip: ['10.0.0.0/8'], mode: 'enforce' })
})

test('guards of the gateway chain stay with the listener, its settings go to routes and to what no route takes', async () => {
  const snapshot = await load(`
listeners:
  outside: { port: 8080, global: { headers: { response: { set: { X-Side: out } } } } }
  inside: { port: 8081, global: { allow: [10.0.0.0/8], bodyLimit: 1KB } }
global: { deny: { methods: TRACE }, bodyLimit: 5MB, cors: 'https://a.example.com', headers: { response: { set: { X-All: all } } } }
defaults: { listener: all, cors: 'https://b.example.com', deny: { ip: 192.0.2.1 }, securityHeaders: true }
routes:
  r: { path: /1, respond: ok }
`)
  const outside = listenerOf(snapshot, 'outside')
  const inside = listenerOf(snapshot, 'inside')
  assert.deepEqual(
    outside.guards.map((use) => [use.name, use.options, use.chain]),
    [
      ['deny', { methods: ['TRACE'], mode: 'enforce' }, 'gateway'],
      ['bodyLimit', 5 * 1024 ** 2, 'gateway'],
    ],
  )
  assert.equal(options(inside.guards, 'bodyLimit'), 1024)
  assert.deepEqual(options(inside.guards, 'allow'), { ip: ['10.0.0.0/8'], mode: 'enforce' })
  // No route: settings of the gateway chain, guards and cors of defaults, nothing else of defaults.
  assert.deepEqual(options(outside.unmatched, 'headers'), { response: { set: { 'X-All': 'all', 'X-Side': 'out' } } })
  assert.deepEqual((options(outside.unmatched, 'cors') as { origins: unknown }).origins, ['https://b.example.com'])
  assert.deepEqual(options(outside.unmatched, 'deny'), { ip: ['192.0.2.1'], mode: 'enforce' })
  assert.equal(options(outside.unmatched, 'securityHeaders'), undefined)
  assert.equal(options(outside.unmatched, 'bodyLimit'), 10 * 1024 ** 2)
  // Different settings of the listeners make two routes of one.
  assert.deepEqual(
    snapshot.routes.map((route) => route.listeners),
    [['outside'], ['inside']],
  )
  assert.deepEqual(
    snapshot.routes.map((route) => options(route.policies, 'headers')),
    [{ response: { set: { 'X-All': 'all', 'X-Side': 'out' } } }, { response: { set: { 'X-All': 'all' } } }],
  )
  assert.equal(options(snapshot.routes[0]?.policies ?? [], 'bodyLimit'), 10 * 1024 ** 2)
})

test('a route on listeners without settings of their own is one route', async () => {
  const snapshot = await load(`
listeners: { a: 8080, b: { port: 8081, global: { allow: [10.0.0.0/8] } }, c: { port: 8082, redirect: a } }
routes: { r: { listener: all, path: /1, respond: ok } }
`)
  assert.deepEqual(
    snapshot.routes.map((route) => route.listeners),
    [['a', 'b']],
  )
  assert.equal(listenerOf(snapshot, 'c').redirect, 'a')
})

test('a bundle counts where it is named, below that place’s own keys, later ones over earlier', async () => {
  const snapshot = await load(`
policies:
  one: { hostHeader: one.example.com, compress: true }
  two: { hostHeader: two.example.com }
  far: { cors: true, hostHeader: far.example.com }
defaults: { policies: far, hostHeader: preserve }
services: { a: 'http://a:1' }
routes:
  both: { path: /1, service: a, policies: [one, two] }
  turned: { path: /2, service: a, policies: [two, one] }
  own: { path: /3, service: a, policies: [one], hostHeader: target }
  plain: { path: /4, service: a }
  off: { path: /5, service: a, policies: none }
`)
  const host = (name: string): unknown => options(routeOf(snapshot, name).policies, 'hostHeader')
  assert.deepEqual(['both', 'turned', 'own', 'plain', 'off'].map(host), [
    'two.example.com',
    'one.example.com',
    'target',
    'preserve',
    'preserve',
  ])
  assert.notEqual(options(routeOf(snapshot, 'both').policies, 'cors'), undefined)
  assert.equal(options(routeOf(snapshot, 'off').policies, 'cors'), undefined)
  assert.notEqual(options(routeOf(snapshot, 'turned').policies, 'compress'), undefined)
})

test('routes that inherit the same share the same uses', async () => {
  const snapshot = await load(`
services: { a: 'http://a:1' }
routes: { x: { path: /1, service: a }, y: { path: /2, service: a } }
`)
  const [x, y] = [routeOf(snapshot, 'x'), routeOf(snapshot, 'y')]
  assert.ok(x.policies.length > 5)
  for (const [index, use] of x.policies.entries()) assert.equal(use, y.policies[index])
})

test('the empty configuration is what §16 spells out, as far as this version goes', async () => {
  const empty = await load('')
  const spelled = await load(`
version: 1
listeners:
  main:
    port: 8080
    protocol: http
    clientIpHeader: X-Forwarded-For
    underscoreHeaders: refuse
    limits: { connections: auto, connectionsPerIp: none, headerSize: 16KB, headers: 100, uri: 8KB, requestsPerConnection: 10000 }
    timeouts: { headers: 10s, body: 30s, keepAlive: 75s, write: 30s }
state: ./.gwanmun
telemetry:
  level: info
  logs: { stdout: { to: stdout, format: json } }
  traces: { incoming: trusted, sample: 10% }
admin: { port: 9901, host: 127.0.0.1, debug: false }
workers: { count: auto, maxBlock: 30s }
drain: { delay: 5s, timeout: 30s }
`)
  assert.equal(spelled.hash, empty.hash)
  assert.deepEqual(spelled.settings, empty.settings)
})

test('writing the built-in policies of §16 changes nothing but their origin', async () => {
  const base = 'services: { a: "http://a:1" }\nroutes: { r: { path: /*, service: a } }\n'
  const empty = await load(base)
  const spelled = await load(`${base}
defaults:
  bodyLimit: 10MB
  forward: all
  hostHeader: target
  encodedSlash: refuse
  timeout: { total: 30s, connect: 5s }
  websocket: { idle: 5m, ping: 30s, maxAge: 24h }
  errors: { services: pass }
  rewriteLocation: true
  log: { sample: 100% }
`)
  assert.equal(spelled.hash, empty.hash)
})
