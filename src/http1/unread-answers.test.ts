import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../e2e/support/raw-connection.ts'
import { Fields } from '../lib/fields.ts'
import { type Asked, TestServer } from './server.fixture.ts'

const none = new Fields()
const size = 50_000
const body = Buffer.alloc(size, 'x')
const answer = ({ connection }: Asked): void => {
  connection.head(200, none, size)
  connection.body(body)
  connection.end()
}
const requests = 600
const mark = 'HTTP/1.1 200'

/** A client that sends many requests and reads nothing before it resumes. */
const start = async (
  t: TestContext,
  reply: (asked: Asked) => void,
): Promise<{ readonly server: TestServer; readonly client: Socket; readonly received: () => number }> => {
  const server = await TestServer.start()
  server.answer = reply
  const client = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
  let received = 0
  let rest = ''
  client.on('data', (chunk: Buffer) => {
    const text = rest + chunk.toString('latin1')
    received += text.split(mark).length - 1
    // A mark may stand across two chunks.
    rest = text.slice(1 - mark.length)
  })
  client.on('error', () => undefined)
  client.pause()
  t.after(() => {
    client.destroy()
    server.close()
  })
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(requests))
  return { server, client, received: () => received }
}
/** Waits until the number of requests that were begun does not grow any more. */
const settled = async (server: TestServer): Promise<number> => {
  for (let before = -1; before !== server.asked.length || before < 1;) {
    before = server.asked.length
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  return server.asked.length
}

for (const [kind, reply] of [
  ['at once', answer],
  ['later', (asked: Asked) => void setImmediate(() => answer(asked))],
] as const) {
  test(`a client that pipelines and reads nothing is not answered without end, when answers come ${kind}`, async (t) => {
    const { server, client, received } = await start(t, reply)
    const begun = await settled(server)
    // Buffers of the kernel on both sides take a few MB.
    assert.ok(begun < requests / 2, `${begun} answers stand in memory`)
    client.resume()
    await eventually(() => received() === requests, 'every answer')
    assert.equal(server.asked.length, requests)
  })

  test(`what a client pipelined before it ended its side is answered when it reads, when answers come ${kind}`, async (t) => {
    const { server, client, received } = await start(t, reply)
    client.end()
    const begun = await settled(server)
    assert.ok(begun < requests, `${begun} answers stand in memory`)
    client.resume()
    await eventually(() => received() === requests, 'every answer')
    assert.deepEqual(server.refusals, [])
  })
}

test('a client that pipelines and never reads is cut when timeouts.write is over', async (t) => {
  const { server } = await start(t, answer)
  await settled(server)
  server.pass(server.timeouts.write * 2 + 200)
  await eventually(() => server.connections.size === 0, 'the end of the connection')
})
