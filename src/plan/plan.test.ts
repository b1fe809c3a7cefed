import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from '../checker.ts'
import type { PolicyDefinition } from '../contract/policy.ts'
import type { ServicePlan } from '../contract/plan.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import { policyDefinitions } from '../policies/definitions.ts'
import { ServiceRegistry } from '../services/registry.ts'
import { FakeHost } from '../services/connection.fixture.ts'
import { createMemoryCounters, createMemoryRecords } from '../store/memory.ts'
import { codeOf, type LoadedCode } from './code.ts'
import { type CompiledPlan, compilePlan } from './compile.ts'
import { slotsOf } from './slots.ts'

const host = new FakeHost()
const now = (): number => 0

const snapshotOf = async (config: object): Promise<Snapshot> => {
  const { snapshot, diagnostics } = await checkConfig({ cwd: process.cwd(), object: config, mode: 'library' })
  assert.ok(snapshot !== undefined, JSON.stringify(diagnostics))
  return snapshot
}
const codeFor = async (
  snapshot: Snapshot,
  own: Readonly<Record<string, PolicyDefinition<never>>> = {},
): Promise<LoadedCode> => {
  const definitions = new Map<string, PolicyDefinition<never>>()
  const wanted = codeOf(snapshot)
  for (const name of wanted.policies)
    definitions.set(name, (await policyDefinitions[name]?.()) as PolicyDefinition<never>)
  const made = [...wanted.own.keys()].map((key, index) => [key, Object.values(own)[index]] as const)
  return { definitions, own: new Map(made as never), handlers: new Map() }
}

interface Compiled {
  readonly plan: CompiledPlan
  readonly yields: number
}
const compile = async (
  snapshot: Snapshot,
  previous?: CompiledPlan,
  services?: ReadonlyMap<string, ServicePlan>,
  own?: Readonly<Record<string, PolicyDefinition<never>>>,
): Promise<Compiled> => {
  const slots = slotsOf(snapshot)
  const steps = compilePlan({
    snapshot,
    slots,
    services: services ?? new ServiceRegistry(host).build(snapshot, slots),
    code: await codeFor(snapshot, own),
    ports: {
      source: { node: 'test', version: '0', time: now, now },
      telemetry: host.telemetry,
      counters: createMemoryCounters(now),
      records: createMemoryRecords(now),
      random: () => 0,
    },
    portOf: () => undefined,
    previous,
    made: [],
  })
  for (let yields = 0; ; yields++) {
    const step = steps.next()
    if (step.done === true) return { plan: step.value, yields }
  }
}
const routeOf = (
  plan: CompiledPlan,
  name: string,
): NonNullable<ReturnType<NonNullable<ReturnType<CompiledPlan['routes']['get']>>['get']>> => {
  for (const routes of plan.routes.values()) for (const route of routes.values()) if (route.name === name) return route
  throw new Error(`no route ${name}`)
}

/** Every policy of this version, in an order that means nothing. */
const everything = {
  compress: true,
  securityHeaders: true,
  cookies: { secure: true },
  rewriteLocation: true,
  errors: 'problem',
  headers: { request: { set: { 'X-A': '1' } }, response: { set: { 'X-B': '2' } } },
  forward: { headers: ['X-A'] },
  query: { remove: 'q' },
  rewrite: '/new',
  bodyLimit: '1KB',
  cors: true,
  allow: '10.0.0.0/8',
  deny: '10.1.0.0/16',
}

test('steps run in the order of the stages, whatever the order in the file; what concerns answers runs in that of respond', async () => {
  const snapshot = await snapshotOf({
    services: { a: 'http://127.0.0.1:1' },
    routes: { r: { path: '/*', service: 'a', ...everything } },
  })
  const { plan } = await compile(snapshot)
  const { steps } = routeOf(plan, 'r')
  const order = ['deny', 'allow', 'cors', 'bodyLimit', 'rewrite', 'query', 'forward', 'headers']
  assert.deepEqual(
    steps.request.map(({ name }) => name).filter((name) => order.includes(name)),
    order,
  )
  const answers = ['errors', 'rewriteLocation', 'cookies', 'headers', 'securityHeaders', 'cors', 'compress']
  const found = steps.response.map(({ step }) => step.name).filter((name) => answers.includes(name))
  assert.deepEqual(
    found,
    answers.filter((name) => found.includes(name)),
  )
  assert.ok(found.length >= 5, found.join(' '))
  assert.ok(
    steps.response.every(({ after }) => after === 0),
    'fields of an answer are set on every answer',
  )
  assert.deepEqual(
    steps.all.map(({ index }) => index),
    [...steps.all.keys()],
  )
})

test('a policy of the operator’s own runs after the built-in ones of its stage, and answers in reverse to its own request', async () => {
  const own = (name: string, stage: PolicyDefinition['stage']): PolicyDefinition<never> => ({
    name,
    stage,
    rank: 0,
    dry: 'pure',
    create: () => ({ onRequest: () => undefined, onResponse: () => undefined }),
  })
  const policies = { a: own('mine-lists', 'lists'), b: own('mine-limit', 'limit'), c: own('mine-respond', 'respond') }
  const use = Object.values(policies).map((policy) => ({ policy }))
  const snapshot = await snapshotOf({
    services: { a: 'http://127.0.0.1:1' },
    routes: { r: { path: '/*', service: 'a', use, ...everything } },
  })
  const { plan } = await compile(snapshot, undefined, undefined, policies)
  const { request, response } = routeOf(plan, 'r').steps
  const names = request.map(({ name }) => name)
  assert.ok(names.indexOf('allow') < names.indexOf('mine-lists') && names.indexOf('mine-lists') < names.indexOf('cors'))
  assert.ok(
    names.indexOf('bodyLimit') < names.indexOf('mine-limit') && names.indexOf('mine-limit') < names.indexOf('rewrite'),
  )
  const answering = response.map(({ step }) => step.name)
  assert.ok(answering.indexOf('mine-limit') < answering.indexOf('mine-lists'), 'mirrored')
  assert.ok(answering.indexOf('mine-lists') < answering.indexOf('headers'))
  assert.equal(answering.at(-1), 'mine-respond')
  assert.equal(response.find(({ step }) => step.name === 'mine-limit')?.after, names.indexOf('mine-limit') + 1)
})

const two = (over: object = {}, top: object = {}): object => ({
  services: { a: 'http://127.0.0.1:1', b: 'http://127.0.0.1:2' },
  routes: {
    first: { path: '/first', service: 'a', headers: { request: { set: { 'X-A': '1' } } } },
    second: { path: '/second', service: 'b', ...over },
  },
  ...top,
})

test('what did not change is taken over: the same route of the snapshot gives the same plan, a changed one a new one', async () => {
  const before = await snapshotOf(two())
  const registry = new ServiceRegistry(host)
  const services = registry.build(before, slotsOf(before))
  const first = (await compile(before, undefined, services)).plan
  const changed = await snapshotOf(two({ bodyLimit: '1KB' }))
  // As the loader does: what reads the same is the same object.
  const next: Snapshot = {
    ...before,
    hash: 'next',
    routes: before.routes.map((route) =>
      route.name === 'second' ? (changed.routes.find(({ name }) => name === 'second') ?? route) : route,
    ),
  }
  const second = (await compile(next, first, services)).plan
  assert.equal(routeOf(second, 'first'), routeOf(first, 'first'))
  assert.notEqual(routeOf(second, 'second'), routeOf(first, 'second'))
})

test('nothing is taken over that depends on something that changed: guards, the code, the service', async () => {
  const before = await snapshotOf(two())
  const registry = new ServiceRegistry(host)
  const services = registry.build(before, slotsOf(before))
  const first = (await compile(before, undefined, services)).plan
  const guarded = await snapshotOf(two({}, { global: { deny: '192.0.2.1' } }))
  const [listener] = before.listeners
  assert.ok(listener !== undefined)
  const withGuards: Snapshot = { ...before, listeners: [{ ...listener, guards: guarded.listeners[0]?.guards ?? [] }] }
  assert.notEqual(routeOf((await compile(withGuards, first, services)).plan, 'first'), routeOf(first, 'first'))
  assert.notEqual(
    routeOf((await compile({ ...before, generation: before.generation + 1 }, first, services)).plan, 'first'),
    routeOf(first, 'first'),
  )
  const rebuilt = new Map(services)
  rebuilt.set('a', new ServiceRegistry(host).build(before, slotsOf(before)).get('a') as never)
  const third = (await compile(before, first, rebuilt)).plan
  assert.notEqual(routeOf(third, 'first'), routeOf(first, 'first'))
  assert.equal(routeOf(third, 'second'), routeOf(first, 'second'))
})

test('many routes are built in many slices, so that requests are answered between them', async () => {
  const routes = Object.fromEntries(
    Array.from({ length: 800 }, (_, i) => [`r${i}`, { path: `/r${i}/*`, service: 'a' }]),
  )
  const snapshot = await snapshotOf({ services: { a: 'http://127.0.0.1:1' }, routes })
  const { plan, yields } = await compile(snapshot)
  assert.ok(yields >= 50, `${yields} slices`)
  assert.equal(routeOf(plan, 'r799').name, 'r799')
  const listener = [...plan.listeners.values()][0]
  assert.ok(listener !== undefined)
})

test('a plan that cannot be built throws and leaves the running one as it is', async () => {
  const snapshot = await snapshotOf(two())
  const { plan } = await compile(snapshot)
  const broken: Snapshot = {
    ...snapshot,
    routes: snapshot.routes.map((route) => ({ ...route, action: { kind: 'service', service: 'gone' } })),
  }
  await assert.rejects(compile(broken, plan, plan.services), /gone/)
  assert.equal(routeOf(plan, 'first').action.kind, 'service')
})
