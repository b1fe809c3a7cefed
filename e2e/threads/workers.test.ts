import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneListener, startGateway, startLoad } from './gateway.ts'

const base = { listeners: oneListener, routes: ['orders'] }

test('a planned replacement of every worker loses no request, on new connections and on kept ones', async (t) => {
  const gateway = await startGateway(t, base)
  const before = new Set(gateway.supervisor.workers().map(({ worker }) => worker))
  const fresh = startLoad(gateway.port, '/orders', 8)
  const kept = startLoad(gateway.port, '/orders', 4, true)
  for (let round = 0; round < 3; round++) await gateway.supervisor.replace(undefined, 'test')
  const reports = [await fresh.stop(), await kept.stop()]
  for (const { failures, answered } of reports) {
    assert.deepEqual(failures, [])
    assert.ok(answered > 0)
  }
  assert.equal(gateway.events.filter(({ kind }) => kind === 'worker-replaced').length, 6)
  const serving = gateway.supervisor.workers().filter(({ state }) => state === 'serving')
  assert.equal(serving.length, 2)
  assert.ok(serving.every(({ worker }) => !before.has(worker)))
})

test('11.6 a worker that ends is replaced while the others serve', async (t) => {
  const gateway = await startGateway(t, base)
  await assert.rejects(gateway.ask('/crash'))
  const lost = await gateway.event('worker-lost')
  assert.match(lost.reason, /code 7/)
  const seen = new Set<number>()
  while (!seen.has(2)) {
    await gateway.ask('/orders').catch(() => undefined)
    seen.add(gateway.supervisor.workers().filter(({ state }) => state === 'serving').length)
  }
  const load = startLoad(gateway.port, '/orders', 4)
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.deepEqual((await load.stop()).failures, [])
})

test('11.6 a rejection that code leaves behind is told with its kind, and its worker replaced without a lost request', async (t) => {
  const gateway = await startGateway(t, base, { workers: 1 })
  const load = startLoad(gateway.port, '/orders', 4)
  assert.equal((await gateway.ask('/reject')).body.split(' ')[0], '-')
  const fault = await gateway.event('fault')
  assert.equal(fault.what, 'unhandledRejection')
  assert.equal(fault.message, 'left behind')
  await gateway.event('worker-replaced')
  assert.deepEqual((await load.stop()).failures, [])
})

test(
  '11.18 a loop that stands still is told with what blocks it, and ended after maxBlock',
  { timeout: 20_000 },
  async (t) => {
    const gateway = await startGateway(t, { ...base, settings: { maxBlock: 2_000 } }, { workers: 1 })
    const blocking = assert.rejects(gateway.ask('/block?ms=60000'))
    const told = await gateway.event('worker-blocked')
    assert.equal(told.ended, false)
    assert.match(told.culprit ?? '', /fixtures\/worker\.ts/)
    const ended = await gateway.event('worker-blocked')
    assert.equal(ended.ended, true)
    await blocking
    await gateway.event('worker-lost')
    while ((await gateway.ask('/orders').catch(() => ({ status: 0 }))).status !== 200)
      await new Promise((r) => setTimeout(r, 20))
  },
)

test(
  'a worker that is not prepared in time is replaced by one on the new configuration',
  { timeout: 40_000 },
  async (t) => {
    const gateway = await startGateway(t, base, { workers: 1 })
    const blocking = gateway.ask('/block?ms=4000')
    await gateway.write({ ...base, routes: ['orders', 'fresh'] })
    assert.equal((await gateway.supervisor.reload()).ok, true)
    await gateway.event('worker-replaced')
    assert.equal((await gateway.ask('/fresh')).status, 200)
    await blocking.catch(() => undefined)
  },
)

test(
  'a worker that stands still gives nothing over: it is ended, and its successor listens anew',
  { timeout: 30_000 },
  async (t) => {
    const gateway = await startGateway(t, base, { workers: 1 })
    const blocking = assert.rejects(gateway.ask('/block?ms=60000'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await gateway.supervisor.replace(undefined, 'test')
    await blocking
    assert.equal((await gateway.ask('/orders')).status, 200)
    assert.equal(gateway.supervisor.workers().length, 1)
  },
)

test('replacing again and again while predecessors still drain never runs out of room', async (t) => {
  const gateway = await startGateway(t, { ...base, settings: { drain: { delay: 0, timeout: 60_000 } } }, { workers: 1 })
  const slow = Array.from({ length: 6 }, () => undefined)
  const answers: Promise<unknown>[] = []
  for (const _ of slow) {
    answers.push(gateway.ask('/slow?ms=30000').catch(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, 30))
    await gateway.supervisor.replace(undefined, 'test')
    assert.equal((await gateway.ask('/orders')).status, 200)
  }
  assert.ok(gateway.supervisor.workers().length <= 4)
  await gateway.supervisor.stop('test', { delay: 0, timeout: 0 }).done
  await Promise.all(answers)
})

test('11.7 control that is ended under load fails no request, and comes back', async (t) => {
  const gateway = await startGateway(t, base)
  const load = startLoad(gateway.port, '/orders', 8)
  for (let round = 0; round < 3; round++) {
    await gateway.supervisor.killControl()
    await gateway.event('control-lost')
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const { failures, answered } = await load.stop()
  assert.deepEqual(failures, [])
  assert.ok(answered > 0)
  await gateway.write({ ...base, routes: ['orders', 'after'] })
  assert.equal((await gateway.supervisor.reload()).ok, true)
})
