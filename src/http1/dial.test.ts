import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { test } from 'node:test'
import type { ConnectionEvents } from '../contract/connection.ts'
import type { Target } from '../contract/plan.ts'
import { dialHttp1 } from './dial.ts'

const events: ConnectionEvents = { onIdle: () => undefined, onClosed: () => undefined, onStale: () => undefined }
const targetAt = (port: number, over: Partial<Target> = {}): Target => ({
  url: '',
  slot: 0,
  scheme: 'http',
  host: '127.0.0.1',
  port,
  authority: 'a',
  prefix: '',
  weight: 1,
  ...over,
})

test('dialing nobody is refused; giving a dial up tells nothing', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const target = targetAt(port)
  const cause = await new Promise((resolve) =>
    dialHttp1(target, '127.0.0.1', 5_000, events, (_connection, why) => resolve(why)),
  )
  assert.equal(cause, 'refused')
  let told = false
  dialHttp1(target, '127.0.0.1', 5_000, events, () => {
    told = true
  }).cancel()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(told, false)
  const place = targetAt(port, { scheme: 'unix', host: '/nonexistent/socket' })
  const socketless = await new Promise((resolve) =>
    dialHttp1(place, '', 5_000, events, (_connection, why) => resolve(why)),
  )
  assert.equal(socketless, 'refused')
})

test('no limit for connecting, and one that no timer can hold, are not over at once', async (t) => {
  const sockets: Socket[] = []
  // Takes connections and says nothing, so that the handshake of TLS never ends.
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const target = targetAt((server.address() as AddressInfo).port, { scheme: 'https' })
  for (const timeout of [Infinity, 2 ** 31 - 1 + 2 ** -20, 2 ** 40]) {
    let told = false
    const dialed = dialHttp1(target, '127.0.0.1', timeout, events, () => {
      told = true
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    dialed.cancel()
    assert.equal(told, false, `${timeout} ms`)
  }
})
