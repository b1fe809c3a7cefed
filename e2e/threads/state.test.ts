import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { lastGoodPath } from '../../src/threads/state-folder.ts'
import { StartError } from '../../src/threads/supervision.ts'
import { oneListener, prepareGateway, startGateway, type TestGateway } from './gateway.ts'

const base = { listeners: oneListener, routes: ['orders'] }
const kept = async (gateway: TestGateway): Promise<void> => {
  while (!existsSync(lastGoodPath(join(gateway.folder, 'state'))))
    await new Promise((resolve) => setTimeout(resolve, 10))
}

test('11.9 with its configuration gone, start serves the last good one and says so', async (t) => {
  const first = await startGateway(t, base)
  await kept(first)
  await first.supervisor.stop('test', { delay: 0, timeout: 0 }).done
  const second = await prepareGateway(t, base, { state: join(first.folder, 'state') })
  await rm(second.file)
  await second.supervisor.start()
  assert.match((await second.event('notice')).message, /last good/)
  assert.equal((await second.ask('/orders')).status, 200)
  await second.write({ ...base, routes: ['orders', 'back'] })
  assert.equal((await second.supervisor.reload()).ok, true)
  assert.equal((await second.ask('/back')).status, 200)
})

test('a configuration with errors is not replaced by the last good one: exit code 3', async (t) => {
  const first = await startGateway(t, base)
  await kept(first)
  await first.supervisor.stop('test', { delay: 0, timeout: 0 }).done
  const second = await prepareGateway(t, base, { state: join(first.folder, 'state') })
  await writeFile(second.file, '{ half')
  await assert.rejects(second.supervisor.start(), (error) => error instanceof StartError && error.exitCode === 3)
})

test('11.9 a last good file that is damaged is not served', async (t) => {
  const gateway = await prepareGateway(t, base)
  await rm(gateway.file)
  await mkdir(join(gateway.folder, 'state'))
  await writeFile(lastGoodPath(join(gateway.folder, 'state')), '{"format":"gwanmun-last-good-1"}\n')
  await assert.rejects(gateway.supervisor.start(), (error) => error instanceof StartError && error.exitCode === 3)
})

test('11.9 a state folder that cannot be written is GW6003, and the gateway serves', async (t) => {
  const gateway = await prepareGateway(t, base, { state: '/proc/nowhere' })
  await gateway.supervisor.start()
  assert.equal((await gateway.event('notice')).code, 'GW6003')
  assert.equal((await gateway.ask('/orders')).status, 200)
})

test('what was never kept is not missed: no configuration and no state is exit code 3', async (t) => {
  const gateway = await prepareGateway(t, base)
  await rm(gateway.file)
  await assert.rejects(gateway.supervisor.start(), (error) => error instanceof StartError && error.exitCode === 3)
})
