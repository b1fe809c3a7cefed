import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { ServiceStream } from '../contract/streams.ts'
import { Fields } from '../lib/fields.ts'
import { type FakeConnection, FakeHost, FakeSink, serviceOf, turn } from './connection.fixture.ts'
import type { Pool, PoolOptions } from './pool.ts'
import { TargetState } from './target-state.ts'

const poolOf = (host: FakeHost, over: Partial<PoolOptions> = {}, url = 'http://10.0.0.1:80'): Pool => {
  const service = serviceOf([url])
  return new TargetState({ url, weight: 1, zone: undefined, backup: false }, 0, { ...service.pool, ...over }, host).pool
}
const open = (
  pool: Pool,
  fresh = false,
  connectTimeout = 5_000,
): { readonly sink: FakeSink; readonly stream: ServiceStream } => {
  const sink = new FakeSink()
  const stream = pool.open(sink, { connectTimeout, fresh })
  stream.head('GET', '/', new Fields(), 'none')
  return { sink, stream }
}
/** Opens `count` connections at once and lets them become idle, in order. */
const idle = (host: FakeHost, pool: Pool, count: number, hint = 0): FakeConnection[] => {
  const from = host.dials.length
  for (let i = 0; i < count; i++) open(pool)
  const connections = host.dials.slice(from).map((dial) => dial.succeed())
  for (const connection of connections) connection.finish(hint)
  return connections
}

test('a connection is used again, the newest first', () => {
  const host = new FakeHost()
  const pool = poolOf(host)
  const [oldest, middle, newest] = idle(host, pool, 3)
  assert.equal(open(pool).sink.connection, newest)
  assert.equal(open(pool).sink.connection, middle)
  assert.equal(open(pool).sink.connection, oldest)
  assert.equal(host.dials.length, 3)
  open(pool)
  assert.equal(host.dials.length, 4)
})

test('what may connect for as long as it takes is given no limit, however many addresses are tried', () => {
  const host = new FakeHost()
  host.addresses = { 'a.test': ['10.0.0.1', '10.0.0.2'] }
  const pool = poolOf(host, {}, 'http://a.test:80')
  open(pool, false, Infinity)
  host.pass(1_000)
  host.lastDial.fail('refused')
  assert.deepEqual(
    host.dials.map(({ timeout }) => timeout),
    [Infinity, Infinity],
  )
})

test('the head given while the connection is opened goes out on it, the body after it said so', () => {
  const host = new FakeHost()
  const pool = poolOf(host)
  const { sink, stream } = open(pool)
  assert.equal(stream.ready, false)
  assert.equal(stream.body(Buffer.from('early')), false)
  const connection = host.lastDial.succeed()
  assert.ok(stream.ready)
  assert.deepEqual([connection.asked, connection.chunks, sink.drains], [['GET /'], [], 1])
  stream.body(Buffer.from('now'))
  stream.end()
  assert.deepEqual([connection.chunks, connection.ends], [['now'], 1])
})

test('a request that is whole before its connection is there is ended on it; a pause is passed on', () => {
  const host = new FakeHost()
  const pool = poolOf(host)
  const { stream } = open(pool)
  stream.end()
  stream.pauseResponse()
  const connection = host.lastDial.succeed()
  assert.deepEqual([connection.ends, connection.paused], [1, true])
})

test('an attempt that must be fresh never gets a connection that served before, even where no place is left', async () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 2 })
  const [oldest] = idle(host, pool, 2)
  const { sink } = open(pool, true)
  await turn()
  assert.ok(oldest?.closed, 'the oldest idle one makes room')
  assert.equal(host.dials.length, 3)
  const connection = host.lastDial.succeed()
  assert.equal(sink.connection, connection)
})

test('what waited idle longer than pool.idle is closed, what is newer stays', async () => {
  const host = new FakeHost()
  const pool = poolOf(host, { idle: 1_000 })
  const [first] = idle(host, pool, 1)
  host.pass(600)
  const second = (open(pool, true), host.lastDial.succeed())
  second.finish()
  host.pass(500)
  await turn()
  assert.deepEqual([first?.closed, second.closed], [true, false])
  host.pass(600)
  await turn()
  assert.ok(second.closed)
  assert.equal(pool.connections, 0)
  assert.equal(host.counter('service_connections'), 0)
})

test("9.10 a connection is given up a second before the service's own Keep-Alive timeout, also behind one that may stay longer", async () => {
  const host = new FakeHost()
  const pool = poolOf(host, { idle: 60_000 })
  const [patient] = idle(host, pool, 1)
  const short = (open(pool, true), host.lastDial.succeed())
  short.finish(5)
  host.pass(3_950)
  await turn()
  assert.equal(short.closed, false)
  host.pass(100)
  await turn()
  assert.deepEqual([short.closed, patient?.closed], [true, false])
})

test('9.10 a hint of a second or less means that the connection is not kept at all', async () => {
  const host = new FakeHost()
  const pool = poolOf(host)
  const [connection] = idle(host, pool, 1, 1)
  await turn()
  assert.ok(connection?.closed)
})

test('a connection whose time is over is not given out, even before the timers have noticed', () => {
  const host = new FakeHost()
  const pool = poolOf(host, { idle: 1_000 })
  const [connection] = idle(host, pool, 1)
  host.clock += 1_001
  const { sink } = open(pool)
  assert.equal(sink.connection, undefined)
  assert.ok(connection?.closed)
  assert.equal(host.dials.length, 2)
})

test('a connection is closed after maxRequests', async () => {
  const host = new FakeHost()
  const pool = poolOf(host, { maxRequests: 3 })
  const [connection] = idle(host, pool, 1)
  for (let i = 0; i < 2; i++) {
    assert.equal(open(pool).sink.connection, connection)
    connection?.finish()
  }
  await turn()
  assert.ok(connection?.closed)
  open(pool)
  assert.equal(host.dials.length, 2)
})

test('no more connections than pool.max; who comes later waits in order and gets what becomes free', () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 1 })
  const first = open(pool)
  const [second, third] = [open(pool), open(pool)]
  assert.equal(host.dials.length, 1)
  const connection = host.lastDial.succeed()
  assert.equal(first.sink.connection, connection)
  connection.finish()
  assert.equal(second.sink.connection, connection)
  assert.equal(third.sink.connection, undefined)
  connection.finish()
  assert.equal(third.sink.connection, connection)
  assert.deepEqual(connection.asked, ['GET /', 'GET /', 'GET /'])
})

test('who waits gets a new connection when a busy one is gone, and the time its own caller allows for it', () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 1 })
  open(pool)
  const waiting = open(pool, false, 1_234)
  host.lastDial.succeed().vanish()
  assert.equal(host.dials.length, 2)
  assert.equal(host.lastDial.timeout, 1_234)
  const connection = host.lastDial.succeed()
  assert.equal(waiting.sink.connection, connection)
})

test('more than pool.pending may not wait; nobody waits longer than pool.wait', async () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 1, pending: 1, wait: 2_000 })
  open(pool)
  const waiting = open(pool)
  const refused = open(pool)
  assert.equal(refused.sink.failure, undefined, 'never before open() has returned')
  await turn()
  assert.deepEqual([refused.sink.failure, refused.sink.nothingSent], ['pool', true])
  host.pass(1_950)
  assert.equal(waiting.sink.failure, undefined)
  host.pass(150)
  assert.deepEqual([waiting.sink.failure, waiting.sink.nothingSent], ['pool', true])
})

test('who gives up while waiting is forgotten, and its place in the queue is free', async () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 1, pending: 1 })
  open(pool)
  const left = open(pool)
  left.stream.abort()
  const waiting = open(pool)
  await turn()
  assert.deepEqual([left.sink.failure, waiting.sink.failure], [undefined, undefined])
  host.lastDial.succeed().finish()
  assert.ok(waiting.sink.connection !== undefined)
  assert.equal(left.sink.connection, undefined)
})

test('who gives up while its connection is opened cancels it, and the next gets the place', () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 1 })
  const first = open(pool)
  const second = open(pool)
  first.stream.abort()
  assert.ok(host.dials[0]?.cancelled)
  assert.equal(host.dials.length, 2)
  const connection = host.lastDial.succeed()
  assert.equal(second.sink.connection, connection)
  assert.equal(first.sink.failure, undefined)
})

test('a dial that fails fails its own stream, with nothing sent, and the next who waits has a try of his own', () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 1 })
  const [first, second] = [open(pool), open(pool)]
  host.lastDial.fail('refused')
  assert.deepEqual([first.sink.failure, first.sink.nothingSent, second.sink.failure], ['refused', true, undefined])
  host.lastDial.fail('connect-timeout')
  assert.equal(second.sink.failure, 'connect-timeout')
})

test('a name without addresses fails all who ask, those who wait too; several addresses take turns', async () => {
  const host = new FakeHost()
  host.addresses = { 'a.test': [] }
  const pool = poolOf(host, { max: 1 }, 'http://a.test')
  const asked = [open(pool), open(pool)]
  await turn()
  assert.deepEqual(
    asked.map(({ sink }) => sink.failure),
    ['name', 'name'],
  )
  host.addresses = { 'a.test': ['10.0.0.1', '10.0.0.2'] }
  const many = poolOf(host, {}, 'http://a.test')
  for (let i = 0; i < 4; i++) open(many)
  assert.deepEqual(
    host.dials.map(({ address }) => address),
    ['10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.2'],
  )
})

test('an address that refuses is followed by the next one of the same name, within one attempt and its time', () => {
  const host = new FakeHost()
  host.addresses = { 'a.test': ['::1', '127.0.0.1'] }
  const pool = poolOf(host, {}, 'http://a.test')
  const asked = open(pool)
  host.lastDial.fail('refused')
  assert.deepEqual([host.dials.map(({ address }) => address), asked.sink.failure], [['::1', '127.0.0.1'], undefined])
  host.lastDial.fail('refused')
  assert.deepEqual([host.dials.length, asked.sink.failure, asked.sink.nothingSent], [2, 'refused', true])
})

test('a target that left the plan closes what idles, lets what is busy finish, and keeps nothing after it', async () => {
  const host = new FakeHost()
  const pool = poolOf(host)
  const [free] = idle(host, pool, 1)
  const busy = (open(pool, true), host.lastDial.succeed())
  pool.retire()
  await turn()
  assert.deepEqual([free?.closed, busy.closed], [true, false])
  busy.finish()
  await turn()
  assert.ok(busy.closed)
  assert.equal(pool.connections, 0)
})

test('closing fails who waits', () => {
  const host = new FakeHost()
  const pool = poolOf(host, { max: 1 })
  open(pool)
  const waiting = open(pool)
  pool.close('aborted')
  assert.equal(waiting.sink.failure, 'aborted')
})

test('a connection that goes away while idle is forgotten', () => {
  const host = new FakeHost()
  const pool = poolOf(host)
  const [connection] = idle(host, pool, 1)
  connection?.vanish()
  const { sink } = open(pool)
  assert.equal(sink.connection, undefined)
  assert.equal(pool.connections, 0)
})

const event = fc.record({
  kind: fc.constantFrom(
    'open',
    'open',
    'open',
    'fresh',
    'succeed',
    'succeed',
    'refuse',
    'finish',
    'finish',
    'vanish',
    'abort',
    'time',
    'turn',
  ),
  which: fc.nat(5),
  ms: fc.constantFrom(50, 400, 1_200, 6_000),
  hint: fc.constantFrom(0, 0, 1, 3),
})

test('over random events: never above max, one attempt a connection, everyone is served, failed or left, gauges come back to zero', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      fc.array(event, { maxLength: 40 }),
      async (max, pending, events) => {
        const host = new FakeHost()
        const pool = poolOf(host, { max, pending, maxRequests: 3 })
        const asked: { readonly sink: FakeSink; readonly stream: ServiceStream; left: boolean }[] = []
        const connections: FakeConnection[] = []
        const settled = new Set<number>()
        for (const { kind, which, ms, hint } of events) {
          const dialing = host.dials.flatMap((dial, index) => (settled.has(index) || dial.cancelled ? [] : [index]))
          const busy = connections.filter((one) => one.sink !== undefined && !one.closed)
          const alive = connections.filter((one) => !one.gone)
          const at = dialing[which % Math.max(1, dialing.length)]
          if (kind === 'open' || kind === 'fresh') asked.push({ ...open(pool, kind === 'fresh'), left: false })
          else if (kind === 'succeed' && at !== undefined) {
            settled.add(at)
            connections.push(host.dials[at]?.succeed() as FakeConnection)
          } else if (kind === 'refuse' && at !== undefined) {
            settled.add(at)
            host.dials[at]?.fail('refused')
          } else if (kind === 'finish') busy[which % Math.max(1, busy.length)]?.finish(hint)
          else if (kind === 'vanish') alive[which % Math.max(1, alive.length)]?.vanish()
          else if (kind === 'abort') {
            const one = asked.filter(({ sink, left }) => !left && sink.failure === undefined && !sink.ended)[
              which % Math.max(1, asked.length)
            ]
            if (one !== undefined) {
              one.left = true
              one.stream.abort()
            }
          } else if (kind === 'time') host.pass(ms)
          else await turn()
          const openCount = connections.filter((one) => !one.gone).length
          const dials = host.dials.filter((dial, index) => !settled.has(index) && !dial.cancelled).length
          assert.ok(openCount + dials <= max, `${openCount} open and ${dials} dialing of ${max}`)
          assert.equal(pool.connections, openCount)
        }
        // Now all dials succeed and all answers come: nobody is left behind.
        for (let round = 0; round < asked.length + 4; round++) {
          for (const [index, dial] of host.dials.entries()) {
            if (settled.has(index) || dial.cancelled) continue
            settled.add(index)
            connections.push(dial.succeed())
          }
          for (const one of connections) if (one.sink !== undefined && !one.closed) one.finish()
          await turn()
        }
        for (const { sink, left } of asked)
          assert.ok(left || sink.ended || sink.failure !== undefined, 'somebody waits for ever')
        pool.retire()
        await turn()
        assert.equal(pool.connections, 0)
        assert.equal(host.counter('service_connections'), 0)
        assert.equal(host.wheel.count, 0)
      },
    ),
    { numRuns: 400 },
  )
})
