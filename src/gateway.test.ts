import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
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
