import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../contract/exchange.ts'
import type { ServiceSnapshot } from '../contract/snapshot.ts'
import { FakeHost, FakeSink, serviceOf } from './connection.fixture.ts'
import { Service } from './service.ts'
import { TargetState } from './target-state.ts'

const passive = { failures: 3, window: 10_000, ejectFor: 5_000, maxEjectFor: 12_000, maxEjected: 0.5 }

const make = (
  urls: readonly string[],
  over: Partial<ServiceSnapshot> = {},
): { readonly host: FakeHost; readonly service: Service; readonly targets: readonly TargetState[] } => {
  const host = new FakeHost()
  const snapshot = serviceOf(urls, { passive, ...over })
  const targets = snapshot.targets.map((target, slot) => new TargetState(target, slot, snapshot.pool, host))
  return { host, service: new Service(snapshot, 0, targets, host), targets }
}
type Outcome = Parameters<Service['settle']>[1]
const attempt = (service: Service, target: TargetState, outcome: Outcome, status = 0): void => {
  service.open(target, new FakeSink(), { connectTimeout: 1_000, fresh: true })
  service.settle(target, outcome, status)
}
const picks = (service: Service, count: number): (number | undefined)[] =>
  Array.from({ length: count }, () => service.pick(undefined, undefined)?.slot)

test('a target is out after as many failures in a row as configured, and comes back after its time', () => {
  const { host, service, targets } = make(['http://a', 'http://b'])
  const [a] = targets as [TargetState]
  attempt(service, a, 'reset')
  attempt(service, a, 'connect')
  assert.ok(picks(service, 4).includes(0))
  attempt(service, a, 'status', 503)
  assert.deepEqual([...new Set(picks(service, 10))], [1])
  assert.equal(host.counter('0 ejected'), 1)
  assert.deepEqual(host.logged, ['target ejected'])
  host.pass(5_050)
  assert.ok(picks(service, 4).includes(0))
})

test('a success in between begins the row anew, and so does a window that has passed', () => {
  const { host, service, targets } = make(['http://a', 'http://b'])
  const [a] = targets as [TargetState]
  for (let i = 0; i < 10; i++) {
    attempt(service, a, 'reset')
    attempt(service, a, 'reset')
    attempt(service, a, 'ok', 200)
  }
  for (let i = 0; i < 10; i++) {
    attempt(service, a, 'reset')
    host.pass(6_000)
  }
  assert.ok(!a.isEjected(host.clock))
})

test('each time it stays out longer, up to the longest; one success ends that', () => {
  const { host, service, targets } = make(['http://a', 'http://b'])
  const [a] = targets as [TargetState]
  const fail = (): number => {
    for (let i = 0; i < 3; i++) attempt(service, a, 'reset')
    const time = a.ejectedUntil - host.clock
    host.pass(time + 50)
    return time
  }
  assert.deepEqual([fail(), fail(), fail(), fail()], [5_000, 10_000, 12_000, 12_000])
  attempt(service, a, 'ok', 200)
  assert.equal(host.counter('0 restored'), 1)
  assert.equal(fail(), 5_000)
})

test('never more than the share of the targets is out, one may always be, and none where the share is nothing', () => {
  for (const [count, share, most] of [
    [4, 0.5, 2],
    [3, 0.5, 1],
    [2, 0.1, 1],
    [5, 1, 5],
    [4, 0, 0],
  ] as const) {
    const { host, service, targets } = make(
      Array.from({ length: count }, (_, i) => `http://t${i}`),
      { passive: { ...passive, maxEjected: share } },
    )
    for (const target of targets) for (let i = 0; i < 5; i++) attempt(service, target, 'reset')
    assert.equal(targets.filter((target) => target.isEjected(host.clock)).length, most, `${share} of ${count}`)
  }
})

test('passive.on says what is a failure: kinds and statuses, the usual ones when nothing is said', () => {
  const cases: readonly (readonly [readonly string[] | undefined, Outcome, number, boolean])[] = [
    [undefined, 'connect', 0, true],
    [undefined, 'reset', 0, true],
    [undefined, 'status', 500, true],
    [undefined, 'timeout', 0, false],
    [undefined, 'aborted', 0, false],
    [undefined, 'ok', 404, false],
    [['connect'], 'status', 503, false],
    [['connect'], 'reset', 0, false],
    [['503'], 'status', 503, true],
    [['503'], 'status', 500, false],
    [['timeout'], 'timeout', 0, true],
    [['429'], 'ok', 429, true],
    [['400-499'], 'ok', 404, true],
    [['400-499'], 'ok', 200, false],
  ]
  for (const [on, outcome, status, ejects] of cases) {
    const { host, service, targets } = make(['http://a', 'http://b'], {
      passive: { ...passive, ...(on === undefined ? {} : { on }) },
    })
    for (let i = 0; i < 3; i++) attempt(service, targets[0] as TargetState, outcome, status)
    assert.equal(targets[0]?.isEjected(host.clock), ejects, `${String(on)}: ${outcome} ${status}`)
  }
})

test('a timeout proves nothing, so it does not end a row of failures either', () => {
  const { host, service, targets } = make(['http://a', 'http://b'])
  const [a] = targets as [TargetState]
  attempt(service, a, 'reset')
  attempt(service, a, 'reset')
  attempt(service, a, 'timeout')
  attempt(service, a, 'aborted')
  attempt(service, a, 'reset')
  assert.ok(a.isEjected(host.clock))
})

test('when all are out they are tried all the same, or refused, as configured', () => {
  for (const whenNoneHealthy of ['try-all', 'refuse'] as const) {
    const { service, targets } = make(['http://a', 'http://b'], {
      whenNoneHealthy,
      passive: { ...passive, maxEjected: 1 },
    })
    for (const target of targets) for (let i = 0; i < 3; i++) attempt(service, target, 'reset')
    assert.equal(service.pick(undefined, undefined) !== undefined, whenNoneHealthy === 'try-all')
  }
})

test('with health switched off nothing is ever out', () => {
  const { service, targets } = make(['http://a', 'http://b'], { passive: undefined })
  for (let i = 0; i < 50; i++) attempt(service, targets[0] as TargetState, 'reset')
  assert.ok(picks(service, 4).includes(0))
})

test('the next try goes to another target where there is one, and to the same where there is none', () => {
  const { service } = make(['http://a', 'http://b', 'http://c'])
  for (let i = 0; i < 20; i++) {
    const first = service.pick(undefined, undefined)
    assert.notEqual(service.pick(undefined, first), first)
  }
  const alone = make(['http://a'])
  const first = alone.service.pick(undefined, undefined)
  assert.equal(alone.service.pick(undefined, first), first)
})

test('a target of weight 0 gets nothing new, even when it is the only one', () => {
  const host = new FakeHost()
  const snapshot = serviceOf([['http://a', 0]])
  const target = new TargetState({ url: 'http://a', weight: 0, zone: undefined, backup: false }, 0, snapshot.pool, host)
  assert.equal(new Service(snapshot, 0, [target], host).pick(undefined, undefined), undefined)
})

test('an explanation takes nobody’s turn', () => {
  const { service } = make(['http://a', 'http://b', 'http://c'])
  const dry = { dry: true } as Exchange
  for (let i = 0; i < 12; i++) {
    const told = service.pick(dry, undefined)
    assert.equal(service.pick(dry, undefined), told)
    assert.equal(service.pick(undefined, undefined), told)
  }
})

test('requests in flight are counted for each target and come back to zero however they end', () => {
  const { service, targets } = make(['http://a', 'http://b'])
  const [a] = targets as [TargetState]
  for (const outcome of ['ok', 'connect', 'reset', 'timeout', 'status', 'aborted'] as const) {
    service.open(a, new FakeSink(), { connectTimeout: 1, fresh: true })
    assert.equal(a.inFlight, 1)
    service.settle(a, outcome, outcome === 'status' ? 500 : 200)
    assert.equal(a.inFlight, 0)
  }
})

test('a target is read from its URL: port, prefix, IPv6 and unix socket; credentials are never shown', () => {
  const host = new FakeHost()
  const { pool } = serviceOf([])
  const read = (url: string): TargetState =>
    new TargetState({ url, weight: 1, zone: undefined, backup: false }, 0, pool, host)
  const plain = read('http://orders:4001/v2/')
  assert.deepEqual(
    [plain.host, plain.port, plain.authority, plain.prefix, plain.url],
    ['orders', 4001, 'orders:4001', '/v2', 'http://orders:4001/v2'],
  )
  const v6 = read('http://[2001:db8::1]')
  assert.deepEqual([v6.host, v6.port, v6.authority], ['2001:db8::1', 80, '[2001:db8::1]'])
  const unix = read('unix:/run/orders.sock')
  assert.deepEqual([unix.scheme, unix.host, unix.prefix], ['unix', '/run/orders.sock', ''])
  assert.doesNotMatch(read('http://user:secret@orders').url, /secret/)
})
