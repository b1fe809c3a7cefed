import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { echoService, startGateway } from '../../e2e/cli/command.ts'

const file = new URL('gateway.yaml', import.meta.url).pathname

const openSocket = (url: string, origin: string): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { origin })
    socket.once('open', () => resolve(socket))
    socket.once('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))))
    socket.once('error', reject)
  })

test('sockets pass for the origin that is listed, and events arrive one by one', async (t) => {
  const app = await echoService(t, 'app')
  let sendSecond: () => void = () => undefined
  const live = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    sendSecond = () => response.end('data: 2\n\n')
  })
  const sockets = new WebSocketServer({ server: live })
  sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(`echo ${data.toString()}`)))
  await new Promise<void>((resolve) => live.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    sockets.close()
    live.closeAllConnections()
    live.close()
  })
  const { url, port } = await startGateway(t, file, {
    env: { APP_URL: app.url, LIVE_URL: `http://127.0.0.1:${(live.address() as AddressInfo).port}` },
  })

  const socket = await openSocket(`ws://127.0.0.1:${port}/socket/1`, 'https://app.example.com')
  const answer = new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())))
  socket.send('hello')
  assert.equal(await answer, 'echo hello')
  socket.terminate()
  await assert.rejects(openSocket(`ws://127.0.0.1:${port}/socket/1`, 'https://evil.example.com'), /403/)
  await assert.rejects(openSocket(`ws://127.0.0.1:${port}/plain`, 'https://app.example.com'), /426/)

  const events = await fetch(`${url}/events/1`)
  const reader = (events.body as ReadableStream<Uint8Array>).getReader()
  const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value)
  // The first event is here while the second has not been sent: nothing was held back.
  assert.equal(await next(), 'data: 1\n\n')
  sendSecond()
  assert.equal(await next(), 'data: 2\n\n')
})
