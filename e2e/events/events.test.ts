import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createGateway, type Gateway } from '../../src/gateway.ts'
import { eventually, pause } from '../support/raw-connection.ts'

/** A service that streams events, as the test says. */
interface Stream {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Its client has gone. */
  readonly gone: () => boolean
}

/** Resolves when the answer is over, also when by a cut, which is an error too. */
const closeOf = (answer: IncomingMessage): Promise<void> =>
  new Promise((resolve) => answer.once('close', () => resolve()))

describe('event streams through a whole gateway', () => {
  let http: Server
  let gateway: Gateway
  const streams: Stream[] = []
  let type = 'text/event-stream'
  const routes = {
    events: { path: '/events/*', service: 'live', compress: true, timeout: { total: '300ms' } },
    short: { path: '/short', service: 'live', timeout: { idle: '300ms' } },
  }
  const config = (over: object = {}): object => ({
    listeners: { main: { host: '127.0.0.1', port: 0 } },
    services: {
      live: { targets: [`http://127.0.0.1:${(http.address() as AddressInfo).port}`], healthCheck: { passive: 'none' } },
    },
    routes: { ...routes, ...over },
    admin: 'none',
  })
  before(async () => {
    http = createServer((request, response) => {
      let gone = false
      response.on('close', () => (gone = !response.writableFinished))
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' })
      response.flushHeaders()
      streams.push({ request, response, gone: () => gone })
    })
    await once(http.listen(0, '127.0.0.1'), 'listening')
    gateway = await createGateway({ config: config() })
    await gateway.listen()
  })
  after(async () => {
    for (const { response } of streams) response.destroy()
    await gateway.close(0)
    http.closeAllConnections()
    http.close()
  })

  const open = async (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ readonly answer: IncomingMessage; readonly stream: Stream; readonly got: string[] }> => {
    const before = streams.length
    const request = get({
      host: '127.0.0.1',
      port: gateway.address().port,
      path,
      agent: false,
      headers: { accept: 'text/event-stream', 'accept-encoding': 'gzip, br, zstd', ...headers },
    })
    request.on('error', () => undefined)
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    const got: string[] = []
    answer.setEncoding('utf8')
    answer.on('data', (text: string) => got.push(text)).on('error', () => undefined)
    return { answer, stream: streams[before] as Stream, got }
  }

  test('8.11 each event arrives by itself, uncompressed, whatever the letters of its type', async () => {
    for (const written of ['text/event-stream', 'text/event-stream; charset=utf-8', 'Text/Event-Stream']) {
      type = written
      const { answer, stream, got } = await open('/events/a', { 'last-event-id': '41' })
      assert.equal(stream.request.headers['last-event-id'], '41')
      assert.equal(answer.headers['content-encoding'], undefined)
      assert.equal(answer.headers['content-type'], written)
      for (let i = 0; i < 5; i++) {
        // Each is waited for before the next one is written: what is held back for more would never come.
        stream.response.write(`id: ${i}\ndata: ${'x'.repeat(i * 1000)}\n\n`)
        await eventually(
          () => got.join('').endsWith(`${'x'.repeat(i * 1000)}\n\n`) && got.join('').includes(`id: ${i}\n`),
          `event ${i}`,
        )
      }
      answer.destroy()
    }
    type = 'text/event-stream'
  })

  test('8.11 the limit for the whole exchange ends with the head', async () => {
    const { answer, stream, got } = await open('/events/b')
    for (let i = 0; i < 6; i++) {
      await pause(150)
      stream.response.write(`data: ${i}\n\n`)
    }
    await eventually(() => got.join('').includes('data: 5'), 'the last event')
    stream.response.end()
    await once(answer, 'end')
    assert.equal(answer.complete, true)
  })

  test('8.11 a client that leaves ends the stream of the service within a second, however it leaves', async () => {
    for (const leave of ['destroy', 'reset', 'end'] as const) {
      const { answer, stream, got } = await open('/events/c')
      stream.response.write('data: 1\n\n')
      await eventually(() => got.length > 0, 'an event')
      const { socket } = answer
      if (leave === 'reset') socket.resetAndDestroy()
      else if (leave === 'destroy') socket.destroy()
      else socket.end()
      await eventually(stream.gone, leave, 1500)
    }
  })

  test('8.11 also a client that leaves while it reads nothing and its buffers are full', async () => {
    const { answer, stream } = await open('/events/d')
    answer.pause()
    const event = `data: ${'x'.repeat(60_000)}\n\n`
    for (let i = 0; i < 400 && stream.response.write(event); i++) await new Promise(setImmediate)
    answer.socket.destroy()
    await eventually(stream.gone, 'the service is told')
  })

  test('8.11 a service that dies cuts the stream, it does not end it', async () => {
    const { answer, stream, got } = await open('/events/e')
    stream.response.write('data: 1\n\n')
    await eventually(() => got.length > 0, 'an event')
    const closed = closeOf(answer)
    stream.response.destroy()
    await closed
    assert.equal(answer.complete, false)
  })

  test('8.11 silence longer than idle cuts it, events before that keep it', async () => {
    const { answer, stream, got } = await open('/short')
    for (let i = 0; i < 8; i++) {
      stream.response.write(`data: ${i}\n\n`)
      await eventually(() => got.join('').includes(`data: ${i}`), `event ${i}`)
      await pause(50)
    }
    assert.equal(answer.destroyed, false)
    await closeOf(answer)
    assert.equal(answer.complete, false)
    await eventually(stream.gone, 'the service is told')
  })

  test('8.11 a reload does not touch it', async () => {
    const { answer, stream, got } = await open('/events/f')
    await gateway.reload(config({ events: { path: '/events/*', service: 'live', timeout: { idle: '100ms' } } }))
    await pause(300)
    stream.response.write('data: still here\n\n')
    await eventually(() => got.join('').includes('still here'), 'the event')
    stream.response.end()
    await once(answer, 'end')
    assert.equal(answer.complete, true)
    await gateway.reload(config())
  })
})
