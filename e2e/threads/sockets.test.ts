import assert from 'node:assert/strict'
import { existsSync, linkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { StartError } from '../../src/threads/supervision.ts'
import { prepareGateway, startGateway } from './gateway.ts'

const askPath = (socketPath: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get({ socketPath, path: '/orders', agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    }).on('error', reject)
  })
let count = 0
const socketPath = (): string => join(tmpdir(), `gwanmun-test-${process.pid}-${++count}.sock`)

test('a unix socket is served by one worker, and a planned replacement loses no request on it', async (t) => {
  const socket = socketPath()
  const gateway = await startGateway(t, { listeners: { main: {}, local: { socket } }, routes: ['orders'] })
  const failures: unknown[] = []
  const life = { stopped: false }
  let answered = 0
  const load = (async () => {
    while (!life.stopped) {
      await askPath(socket).then(
        (status) => (status === 200 ? answered++ : failures.push(status)),
        (error: unknown) => failures.push(error),
      )
    }
  })()
  for (let round = 0; round < 3; round++) await gateway.supervisor.replace(undefined, 'test')
  life.stopped = true
  await load
  assert.deepEqual(failures, [])
  assert.ok(answered > 0)
})

test('a unix socket is removed when the gateway ends, and one left behind by a dead process is taken over', async (t) => {
  const socket = socketPath()
  const dead = createServer()
  await new Promise<void>((resolve) => dead.listen(`${socket}.dead`, resolve))
  linkSync(`${socket}.dead`, socket)
  await new Promise((resolve) => dead.close(resolve))
  assert.ok(existsSync(socket))
  const gateway = await startGateway(t, { listeners: { local: { socket } }, routes: ['orders'] })
  assert.equal(await askPath(socket), 200)
  await gateway.supervisor.stop('test', { delay: 0, timeout: 100 }).done
  assert.ok(!existsSync(socket))
})

test('a path that another process listens on, or that is no socket, is GW6001', async (t) => {
  const socket = socketPath()
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(socket, resolve))
  t.after(() => holder.close())
  const first = await prepareGateway(t, { listeners: { local: { socket } }, routes: [] })
  await assert.rejects(first.supervisor.start(), (error) => error instanceof StartError && error.exitCode === 6)
  assert.equal((await first.event('failed')).code, 'GW6001')
  const second = await prepareGateway(t, { listeners: { local: { socket: join(first.folder, 'file') } }, routes: [] })
  await writeFile(join(first.folder, 'file'), '')
  await assert.rejects(second.supervisor.start(), /no socket/)
})
