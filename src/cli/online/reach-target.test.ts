import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { reachTarget } from './reach-target.ts'

const patience = 20_000
const nowhere = (): Promise<{ addresses: readonly string[] }> => Promise.resolve({ addresses: [] })

const listening = async (t: TestContext, where: { port: number; host: string } | { path: string }): Promise<number> => {
  const server = createServer((socket) => void socket.on('error', () => undefined).end())
  await new Promise<void>((resolve) => server.listen(where, resolve))
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('a target that listens is reached: by address, by name, by socket', async (t) => {
  const port = await listening(t, { port: 0, host: '127.0.0.1' })
  assert.equal(await reachTarget(`http://127.0.0.1:${port}/base`, nowhere, patience), undefined)
  const asked: string[] = []
  const find = (name: string): Promise<{ addresses: readonly string[] }> => {
    asked.push(name)
    return Promise.resolve({ addresses: ['127.0.0.1'] })
  }
  assert.equal(await reachTarget(`https://orders.internal:${port}`, find, patience), undefined)
  assert.deepEqual(asked, ['orders.internal'])
  const folder = mkdtempSync(join(tmpdir(), 'gwanmun-reach-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'app.sock')
  await listening(t, { path })
  assert.equal(await reachTarget(`unix:${path}`, nowhere, patience), undefined)
})

test('one address that answers is enough', async (t) => {
  const port = await listening(t, { port: 0, host: '127.0.0.1' })
  const find = (): Promise<{ addresses: readonly string[] }> => Promise.resolve({ addresses: ['::1', '127.0.0.1'] })
  assert.equal(await reachTarget(`http://both.internal:${port}`, find, patience), undefined)
})

test('what is not reached says whether it was the name or the connection', async () => {
  const connection = { what: 'connection', reason: 'nothing listens there' }
  assert.deepEqual(await reachTarget('http://127.0.0.1:1', nowhere, patience), connection)
  const twice = (): Promise<{ addresses: readonly string[] }> =>
    Promise.resolve({ addresses: ['127.0.0.1', '127.0.0.2'] })
  assert.deepEqual(await reachTarget('http://a.internal:1', twice, patience), connection)
  assert.deepEqual(await reachTarget('http://a.internal', nowhere, patience), { what: 'name', reason: 'no such name' })
  const broken = (): Promise<never> => Promise.reject(new Error('queryA ESERVFAIL'))
  assert.deepEqual(await reachTarget('http://a.internal', broken, patience), {
    what: 'name',
    reason: 'queryA ESERVFAIL',
  })
  const absent = { what: 'connection', reason: 'there is no such socket' }
  assert.deepEqual(await reachTarget('unix:/no/such/app.sock', nowhere, patience), absent)
})

test('a name server that does not answer is not waited for', async () => {
  const silent = (): Promise<never> => new Promise(() => undefined)
  assert.deepEqual(await reachTarget('http://a.internal', silent, 100), {
    what: 'name',
    reason: 'no name server answered within 0.1 s',
  })
})
