import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { StartError } from '../../src/threads/supervision.ts'
import { oneListener, prepareGateway, startGateway } from './gateway.ts'

test('it is ready when every worker listens, and says on which port', async (t) => {
  const gateway = await startGateway(t, { listeners: oneListener, routes: ['orders'] })
  const ready = await gateway.event('ready')
  assert.equal(ready.workers, 2)
  assert.equal(ready.routes, 1)
  assert.equal(ready.listeners.length, 1)
  assert.ok((ready.listeners[0]?.port ?? 0) > 0)
  const workers = new Set<string>()
  for (let i = 0; i < 100 && workers.size < 2; i++) workers.add((await gateway.ask('/orders')).worker)
  assert.equal(workers.size, 2)
})

test('a port that another process holds is GW6001 with its owner, not a silent second server', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  t.after(() => holder.close())
  const { port } = holder.address() as { port: number }
  const gateway = await prepareGateway(t, { listeners: { main: { port } }, routes: [] })
  await assert.rejects(gateway.supervisor.start(), (error) => error instanceof StartError && error.exitCode === 6)
  const failed = await gateway.event('failed')
  assert.equal(failed.code, 'GW6001')
  assert.equal(failed.port, port)
})

test('an address that does not exist here is GW6006', async (t) => {
  const gateway = await prepareGateway(t, { listeners: { main: { host: '192.0.2.1', port: 0 } }, routes: [] })
  await assert.rejects(gateway.supervisor.start(), (error) => error instanceof StartError && error.exitCode === 6)
  assert.equal((await gateway.event('failed')).code, 'GW6006')
})

test('a configuration with errors at first start ends with exit code 3', async (t) => {
  const gateway = await prepareGateway(t, { listeners: oneListener, routes: [], code: './missing.ts' })
  await gateway.write({ listeners: oneListener, routes: ['a'], code: './missing.ts' })
  await assert.rejects(gateway.supervisor.start(), (error) => error instanceof StartError && error.exitCode === 3)
  assert.equal((await gateway.event('failed')).diagnostics[0]?.code, 'GW1006')
})

test('all addresses: one dual-stack socket serves IPv4 and, where it exists, IPv6', async (t) => {
  const gateway = await startGateway(t, { listeners: { main: { host: 'all' } }, routes: ['orders'] })
  assert.equal((await gateway.ask('/orders')).status, 200)
})
