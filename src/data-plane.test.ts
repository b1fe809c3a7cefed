import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { createGateway } from './gateway.ts'

/** A client that collects what comes. */
const dial = async (
  t: TestContext,
  port: number,
): Promise<{ readonly socket: Socket; until(pattern: RegExp): Promise<string>; readonly closed: Promise<string> }> => {
  const socket = connect({ port, host: '127.0.0.1' })
  t.after(() => socket.destroy())
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  socket.on('error', () => {})
  await new Promise((resolve) => socket.once('connect', resolve))
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(text)) await new Promise((resolve) => socket.once('data', resolve))
    return text
  }
  return { socket, until, closed }
}
const listener = { host: '127.0.0.1', port: 0 }
const head = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'

test('a connection amid a head when its listener is taken away gets one answer, and is closed', async (t) => {
  const routes = { all: { path: '/*', listener: 'all', respond: 'old' } }
  const gateway = await createGateway({ config: { listeners: { main: listener, leaving: listener }, routes } })
  t.after(() => gateway.close(0))
  await gateway.listen()
  const client = await dial(t, gateway.address('leaving').port)
  client.socket.write(head)
  await client.until(/old$/)
  client.socket.write(head.slice(0, 20))
  // The gateway has read the half head when it answers what came after it on another connection.
  const other = await dial(t, gateway.address('leaving').port)
  other.socket.write(head)
  await other.until(/old$/)
  await gateway.reload({ listeners: { main: listener }, routes })
  client.socket.write(`${head.slice(20)}${head}${head}`)
  assert.match(await client.until(/(?:old[^]*){2}/), /Connection: close/i)
  assert.equal((await client.closed).match(/HTTP\/1\.1/g)?.length, 2)
})
