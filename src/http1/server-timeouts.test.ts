import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually, RawConnection } from '../../e2e/support/raw-connection.ts'
import { Fields } from '../lib/fields.ts'
import { type Asked, TestServer } from './server.fixture.ts'

const none = new Fields()
/** Answers with nothing when the request is whole. */
const answerNothing = (asked: Asked): void => {
  asked.onWhole = () => {
    asked.connection.head(200, none, 'none')
    asked.connection.end()
  }
}
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

const start = async (
  t: TestContext,
  answer: (asked: Asked) => void = () => undefined,
): Promise<{ readonly server: TestServer; readonly client: RawConnection }> => {
  const server = await TestServer.start()
  server.answer = answer
  const client = await RawConnection.open(server.port)
  t.after(() => {
    client.destroy()
    server.close()
  })
  return { server, client }
}

test('time limits: a slow head is refused, silence is closed without a word, an idle connection too, a slow body is told', async (t) => {
  const slow = await start(t)
  slow.client.write('GET / HT')
  await eventually(() => [...slow.server.connections].some((connection) => !connection.isQuiet), 'the first bytes')
  slow.server.pass(900)
  assert.equal(slow.server.refusals.length, 0)
  slow.server.pass(150)
  await slow.client.closed()
  assert.deepEqual([slow.server.refusals.map(({ code }) => code), slow.client.responses.length], [['GW4081'], 1])

  const silent = await start(t)
  await eventually(() => silent.server.connections.size === 1, 'the connection')
  silent.server.pass(1_100)
  await silent.client.closed()
  assert.equal(silent.client.received, 0)

  const idle = await start(t, answerNothing)
  idle.client.write(get('/1'))
  await idle.client.response()
  idle.server.pass(2_900)
  idle.client.write(get('/2'))
  await idle.client.response(1)
  idle.server.pass(3_100)
  await idle.client.closed()
  assert.equal(idle.client.responses.length, 2)

  const body = await start(t)
  body.client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab')
  await eventually(() => body.server.asked[0]?.body === 'ab', 'the first bytes')
  body.server.pass(2_100)
  assert.equal(body.server.last.failure, 'timeout')
})

test('a client that reads nothing is cut after the write limit, one that reads slowly is not', async (t) => {
  const { server, client } = await start(t)
  client.socket.pause()
  client.write(get('/1'))
  await eventually(() => server.asked.length === 1, 'the head')
  const { connection } = server.last
  connection.head(200, none, 'stream')
  while (connection.body(Buffer.alloc(65_536, 97)));
  server.pass(3_900)
  assert.equal(server.last.failure, undefined)
  const before = server.last.drains
  client.socket.resume()
  await eventually(() => server.last.drains > before, 'what was written leaves')
  server.pass(4_100)
  assert.equal(server.last.failure, undefined, 'a client that took everything may wait')
  client.socket.pause()
  while (connection.body(Buffer.alloc(65_536, 98)));
  for (let i = 0; i < 4 && server.last.failure === undefined; i++) server.pass(4_100)
  assert.equal(server.last.failure, 'timeout')
  client.socket.resume()
  assert.equal(await client.closed(), 'reset')
})

test('a client that reads nothing is cut after the write limit however steadily it goes on sending', async (t) => {
  const { server, client } = await start(t)
  client.socket.pause()
  client.write('POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  await eventually(() => server.asked.length === 1, 'the head')
  const asked = server.last
  asked.connection.head(200, none, 'stream')
  while (asked.connection.body(Buffer.alloc(65_536, 97)));
  let sent = 0
  while (asked.failure === undefined && sent < 20) {
    client.write('1\r\nx\r\n')
    sent++
    await eventually(() => asked.body.length === sent, 'the byte')
    server.pass(500)
  }
  // What the kernel took after the limit began makes it begin once more.
  assert.deepEqual([asked.failure, sent <= 17], ['timeout', true], `${sent} bytes in`)
})

test('the rest of an answer that closes the connection has the write limit, not the moment that is left for late bytes', async (t) => {
  for (const end of ['asked', 'half-closed'] as const) {
    const { server, client } = await start(t)
    client.socket.pause()
    client.write(`GET /1 HTTP/1.1\r\nHost: a\r\n${end === 'asked' ? 'Connection: close\r\n' : ''}\r\n`)
    await eventually(() => server.asked.length === 1, 'the head')
    if (end === 'half-closed') client.socket.end()
    const { connection } = server.last
    connection.head(200, none, 'stream')
    let written = 0
    do written += 65_536
    while (connection.body(Buffer.alloc(65_536, 97)))
    connection.end()
    await new Promise((resolve) => setTimeout(resolve, 20))
    server.pass(3_000)
    client.socket.resume()
    const response = await client.response()
    assert.ok(response.complete && client.received > written, end)
    await client.closed()

    // Who takes nothing at all is cut all the same.
    const stuck = await start(t)
    stuck.client.socket.pause()
    stuck.client.write(`GET /1 HTTP/1.1\r\nHost: a\r\n${end === 'asked' ? 'Connection: close\r\n' : ''}\r\n`)
    await eventually(() => stuck.server.asked.length === 1, 'the head')
    if (end === 'half-closed') stuck.client.socket.end()
    stuck.server.last.connection.head(200, none, 'stream')
    while (stuck.server.last.connection.body(Buffer.alloc(65_536, 97)));
    stuck.server.last.connection.end()
    await new Promise((resolve) => setTimeout(resolve, 20))
    stuck.server.pass(4_100)
    stuck.server.pass(4_100)
    await eventually(() => stuck.server.connections.size === 0, `the cut, ${end}`)
  }
})
