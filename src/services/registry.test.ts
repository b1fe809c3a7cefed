import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceSnapshot, Snapshot } from '../contract/snapshot.ts'
import { Fields } from '../lib/fields.ts'
import { FakeHost, FakeSink, serviceOf, turn } from './connection.fixture.ts'
import { ServiceRegistry } from './registry.ts'
import type { Service } from './service.ts'

const slots = { listeners: {}, routes: {}, services: { orders: 0, stock: 1 }, targets: {} }
const snapshotOf = (...services: ServiceSnapshot[]): Snapshot => ({ services }) as unknown as Snapshot

/** Puts a snapshot in force as a worker does: build, then commit. */
const load = (registry: ServiceRegistry, ...services: ServiceSnapshot[]): Map<string, Service> => {
  const built = registry.build(snapshotOf(...services), slots)
  registry.keepOnly(built.values())
  return built
}
const first = (services: Map<string, Service>, name = 'orders'): Service['targets'][number] =>
  services.get(name)?.targets[0] as Service['targets'][number]
/** Opens a connection to a service's first target and lets it idle. */
const warm = (host: FakeHost, services: Map<string, Service>): ReturnType<FakeHost['lastDial']['succeed']> => {
  const service = services.get('orders') as Service
  service
    .open(first(services), new FakeSink(), { connectTimeout: 1_000, fresh: true })
    .head('GET', '/', new Fields(), 'none')
  const connection = host.lastDial.succeed()
  connection.finish()
  service.settle(first(services), 'ok', 200)
  return connection
}

test('a reload that changes a service in anything but its targets keeps their connections and health', async () => {
  const host = new FakeHost()
  const registry = new ServiceRegistry(host)
  const before = load(registry, serviceOf(['http://a', 'http://b']))
  const connection = warm(host, before)
  first(before).ejectedUntil = host.clock + 10_000
  const after = load(
    registry,
    serviceOf(['http://a', 'http://b'], { algorithm: 'least-requests', whenNoneHealthy: 'refuse' }),
  )
  await turn()
  assert.notEqual(after.get('orders'), before.get('orders'))
  assert.equal(first(after), first(before))
  assert.equal(connection.closed, false)
  assert.ok(first(after).isEjected(host.clock))
})

test('the same snapshot of a service is the same service, so that its routes need not be built again', () => {
  const registry = new ServiceRegistry(new FakeHost())
  const orders = serviceOf(['http://a:80/', 'unix:/run/a'])
  const before = load(registry, orders)
  assert.equal(load(registry, orders).get('orders'), before.get('orders'))
})

test('a target that leaves closes its connections; the others keep theirs', async () => {
  const host = new FakeHost()
  const registry = new ServiceRegistry(host)
  const before = load(registry, serviceOf(['http://a', 'http://b']))
  const connection = warm(host, before)
  load(registry, serviceOf(['http://b']))
  await turn()
  assert.ok(connection.closed)
})

test('a service that left and came back, as the same snapshot, begins anew: nothing of it is retired', async () => {
  const host = new FakeHost()
  const registry = new ServiceRegistry(host)
  const orders = serviceOf(['http://a'])
  const before = load(registry, orders)
  load(registry, serviceOf(['http://b'], { name: 'stock' }))
  const back = load(registry, orders)
  assert.notEqual(first(back), first(before))
  const connection = warm(host, back)
  await turn()
  assert.equal(connection.closed, false, 'its pool is alive')
})

test('weights and pool limits hold from the commit on, not while a plan is prepared that may yet be refused', () => {
  const host = new FakeHost()
  const registry = new ServiceRegistry(host)
  const before = load(registry, serviceOf([['http://a', 1], 'http://b']))
  const next = registry.build(
    snapshotOf(
      serviceOf([['http://a', 9], 'http://b'], { pool: { max: 1, pending: 0, wait: 1, idle: 1, maxRequests: 1 } }),
    ),
    slots,
  )
  assert.deepEqual([first(before).weight, first(before).pool.options.max], [1, 256])
  registry.keepOnly(next.values())
  assert.deepEqual([first(before).weight, first(before).pool.options.max], [9, 1])
})

test('a target made for a load that was refused is made anew, since its slot may be that of another by then', () => {
  const registry = new ServiceRegistry(new FakeHost())
  const orders = serviceOf(['http://a', 'http://b'])
  const slotsOf = (a: number, b: number): typeof slots => ({
    ...slots,
    targets: { 'orders http://a': a, 'orders http://b': b },
  })
  const running = registry.build(snapshotOf(serviceOf(['http://a'])), slotsOf(3, 0))
  registry.keepOnly(running.values())
  registry.build(snapshotOf(orders), slotsOf(3, 4))
  const next = registry.build(snapshotOf(orders), slotsOf(3, 5))
  assert.deepEqual(
    next.get('orders')?.targets.map(({ slot }) => slot),
    [3, 5],
  )
  assert.equal(first(next), first(running), 'what runs is taken over')
})

test('services of the same target do not share its connections', () => {
  const registry = new ServiceRegistry(new FakeHost())
  const services = load(registry, serviceOf(['http://a']), serviceOf(['http://a'], { name: 'stock' }))
  assert.notEqual(first(services), first(services, 'stock'))
})

test('closing fails who waits and closes what idles', async () => {
  const host = new FakeHost()
  const registry = new ServiceRegistry(host)
  const connection = warm(host, load(registry, serviceOf(['http://a'])))
  registry.close()
  await turn()
  assert.ok(connection.closed)
})
