import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ConfigError, createGateway } from './gateway.ts'

const failing = {
  name: 'failing',
  stage: 'transform',
  create: () => ({
    onRequest: () => {
      throw new Error('on purpose')
    },
  }),
}

test('a gateway in a program answers requests of both kinds, and tells records and entries of its log before it is closed', async () => {
  const lines: Record<string, unknown>[] = []
  const gateway = await createGateway({
    config: {
      routes: {
        hello: { path: '/hello/{name}', respond: { body: { hello: '{name}' } } },
        broken: { path: '/broken', respond: 'never', use: [{ policy: failing }] },
      },
    },
    onLog: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
  })
  const answer = await gateway.inject({ method: 'GET', url: '/hello/Ida' })
  assert.deepEqual([answer.status, answer.json()], [200, { hello: 'Ida' }])
  const response = await gateway.fetch(new Request('http://localhost/broken'))
  assert.equal(response.status, 500)
  await gateway.close()
  assert.deepEqual(
    lines.filter((line) => 'status' in line).map(({ route, status }) => [route, status]),
    [
      ['hello', 200],
      ['broken', 500],
    ],
  )
  assert.deepEqual(
    lines.filter((line) => 'msg' in line).map(({ msg, policy }) => [msg, policy]),
    [['policy failed', 'failing']],
  )
})

test('problem documents say what to do with admin.debug, and nothing of it without', async () => {
  for (const debug of [true, false]) {
    const gateway = await createGateway({ config: { admin: { debug }, routes: { a: { path: '/a', respond: 'ok' } } } })
    for (const url of ['/nowhere', '/%5c']) {
      const problem = (await gateway.inject({ method: 'GET', url })).json() as { readonly hint?: string }
      assert.equal(typeof problem.hint, debug ? 'string' : 'undefined')
    }
    await gateway.close()
  }
})

test('a name of a target is resolved before its first request, and that of a reload too', async (t) => {
  const service = createServer((request, response) => response.end(request.url))
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  t.after(() => service.close())
  const { port } = service.address() as AddressInfo
  const config = (host: string): object => ({
    services: { echo: `http://${host}:${port}` },
    routes: { echo: { path: '/*', service: 'echo' } },
  })
  const gateway = await createGateway({ config: config('127.0.0.1') })
  t.after(() => gateway.close())
  assert.equal((await gateway.inject({ method: 'GET', url: '/a' })).text(), '/a')
  await gateway.reload(config('localhost'))
  assert.equal((await gateway.inject({ method: 'GET', url: '/b' })).text(), '/b')
})

test('a configuration with errors is refused with all of them, and what ran goes on', async (t) => {
  const gateway = await createGateway({ config: { routes: { a: { path: '/a', respond: 'one' } } } })
  t.after(() => gateway.close())
  const bad = { routes: { a: { path: 'a', respond: 'two' }, b: { path: '/b', servce: 'x' } } }
  await assert.rejects(gateway.reload(bad), (error) => {
    assert.ok(error instanceof ConfigError)
    const routes = error.diagnostics.map(({ path = '' }) => path.split('.')[1])
    return routes.includes('a') && routes.includes('b')
  })
  assert.equal((await gateway.inject({ method: 'GET', url: '/a' })).text(), 'one')
})

/** A service that answers when it is told to. */
const startHeld = async (
  t: TestContext,
): Promise<{ readonly port: number; readonly asked: Promise<ServerResponse> }> => {
  const service = createServer()
  const asked = new Promise<ServerResponse>((resolve) => service.once('request', (_, response) => resolve(response)))
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    service.closeAllConnections()
    service.close()
  })
  return { port: (service.address() as AddressInfo).port, asked }
}
const heldConfig = (port: number): object => ({
  services: { held: `http://127.0.0.1:${port}` },
  routes: { held: { path: '/*', service: 'held' } },
})

test('close finishes a request that came without a socket', async (t) => {
  const { port, asked } = await startHeld(t)
  const gateway = await createGateway({ config: heldConfig(port) })
  const answer = gateway.inject({ method: 'GET', url: '/' })
  const response = await asked
  const closing = gateway.close()
  await assert.rejects(gateway.inject({ method: 'GET', url: '/' }), /closing/)
  response.end('in time')
  assert.equal((await answer).text(), 'in time')
  await closing
})

test('close cuts a request that came without a socket and whose time is over', async (t) => {
  const { port, asked } = await startHeld(t)
  const gateway = await createGateway({ config: heldConfig(port) })
  const answer = gateway.inject({ method: 'GET', url: '/' })
  const cut = assert.rejects(answer, /cut/)
  await asked
  await gateway.close(20)
  await cut
})

test('a reload opens, moves and closes listeners', async (t) => {
  const config = (listeners: object): object => ({
    listeners,
    routes: { a: { path: '/*', listener: 'all', respond: 'ok' } },
  })
  const local = { host: '127.0.0.1', port: 0 }
  const gateway = await createGateway({ config: config({ main: local, old: local }) })
  t.after(() => gateway.close(0))
  await gateway.listen()
  const ask = async (port: number): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
    return response.text()
  }
  const [main, old] = [gateway.address('main').port, gateway.address('old').port]
  assert.deepEqual(await Promise.all([main, old].map(ask)), ['ok', 'ok'])
  const free = createServer()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const { port } = free.address() as AddressInfo
  const moved = config({ main: { ...local, port }, fresh: local })
  await assert.rejects(gateway.reload(moved), /is used by/)
  assert.deepEqual(await Promise.all([main, old].map(ask)), ['ok', 'ok'], 'what cannot be opened changes nothing')
  assert.throws(() => gateway.address('fresh'), /not open/)
  await new Promise((resolve) => free.close(resolve))
  await gateway.reload(moved)
  assert.equal(gateway.address('main').port, port)
  assert.deepEqual(await Promise.all([port, gateway.address('fresh').port].map(ask)), ['ok', 'ok'])
  assert.throws(() => gateway.address('old'), /not open/)
  await Promise.all([main, old].map((left) => assert.rejects(ask(left))))
})

test('a unix socket opens under its own name, moves and goes with its listener', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gwanmun-library-'))
  t.after(() => rm(folder, { recursive: true }))
  const config = (name: string): object => ({
    listeners: { main: { socket: join(folder, name) } },
    routes: { a: { path: '/*', respond: 'ok' } },
  })
  const gateway = await createGateway({ config: config('a.sock') })
  await gateway.listen()
  assert.deepEqual(await readdir(folder), ['a.sock'])
  await gateway.reload(config('b.sock'))
  assert.deepEqual(await readdir(folder), ['b.sock'])
  await gateway.close(0)
  assert.deepEqual(await readdir(folder), [])
})

test('reloads run one after the other, and none after the end', async () => {
  const gateway = await createGateway({ config: { routes: { a: { path: '/a', respond: 'one' } } } })
  const reloads = ['two', 'three'].map((respond) => gateway.reload({ routes: { a: { path: '/a', respond } } }))
  await Promise.all(reloads)
  assert.equal((await gateway.inject({ method: 'GET', url: '/a' })).text(), 'three')
  await gateway.close(0)
  await assert.rejects(gateway.reload(), /closed/)
  await gateway.close(0)
})

test('the masked names of the configuration hold for what the library tells, also after a reload', async () => {
  const lines: string[] = []
  const config = (redact: string): object => ({
    telemetry: { redact: [redact] },
    routes: { a: { path: '/*', respond: 'ok' } },
  })
  const gateway = await createGateway({ config: config('first'), onLog: (line) => lines.push(line) })
  await gateway.inject({ method: 'GET', url: '/a?first=1&second=2' })
  await gateway.reload(config('second'))
  await gateway.inject({ method: 'GET', url: '/a?first=3&second=4' })
  await gateway.close(0)
  const text = lines.join('\n')
  assert.match(text, /first=\*\*\*&second=2/)
  assert.match(text, /first=3&second=\*\*\*/)
})
