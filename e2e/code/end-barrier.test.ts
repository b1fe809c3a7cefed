import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { test } from 'node:test'
import { createGateway } from '../../src/gateway.ts'
import { definePolicy } from '../../src/lib/define.ts'

/** A gateway whose route keeps something before its answers are whole, in front of a service that answers `kept`. */
const keeping = async (
  t: { after(end: () => Promise<void>): void },
  beforeEnd: () => Promise<void>,
  onEnd: () => void = () => undefined,
): Promise<number> => {
  const service = createServer((request, response) => {
    if (request.url === '/none') response.writeHead(204).end()
    else if (request.url === '/chunks') response.writeHead(200).write('one', () => response.end('two'))
    else response.end('kept')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => {
    service.once('listening', resolve)
  })
  const policy = definePolicy({ name: 'keeper', stage: 'log', create: () => ({ beforeEnd, onEnd }) })
  const gateway = await createGateway({
    config: {
      listeners: { main: { port: 0, host: '127.0.0.1' } },
      services: { kept: `http://127.0.0.1:${(service.address() as AddressInfo).port}` },
      routes: {
        all: { path: '/*', service: 'kept', use: [{ policy }] },
        own: { path: '/own', respond: 'own', use: [{ policy }] },
      },
    },
  })
  await gateway.listen()
  t.after(async () => {
    await gateway.close(0)
    service.close()
    service.closeAllConnections()
  })
  return gateway.address().port
}

/** Everything a client has got when the barrier is reached, and after it was passed. */
const around = async (t: Parameters<typeof keeping>[0], path: string): Promise<{ before: string; after: string }> => {
  let reached: () => void = () => undefined
  let pass: () => void = () => undefined
  const atBarrier = new Promise<void>((resolve) => {
    reached = resolve
  })
  const passed = new Promise<void>((resolve) => {
    pass = resolve
  })
  const events: string[] = []
  const port = await keeping(
    t,
    () => {
      events.push('keep')
      reached()
      return passed.then(() => void events.push('kept'))
    },
    () => events.push('end'),
  )
  let text = ''
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n`),
  )
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  await atBarrier
  await new Promise((resolve) => {
    setTimeout(resolve, 50)
  })
  const before = text
  pass()
  await new Promise((resolve) => {
    socket.once('close', resolve)
  })
  assert.deepEqual(events, ['keep', 'kept', 'end'])
  return { before, after: text }
}

test('the last byte of an answer waits for what must be kept, whatever the framing; the end is told after it', async (t) => {
  const sized = await around(t, '/sized')
  assert.deepEqual([sized.before.includes('kept'), sized.after.endsWith('\r\n\r\nkept')], [false, true])
  const chunks = await around(t, '/chunks')
  assert.ok(!chunks.before.includes('0\r\n\r\n') && !chunks.before.includes('two'), chunks.before)
  assert.ok(chunks.after.endsWith('0\r\n\r\n') && chunks.after.includes('two'))
  const none = await around(t, '/none')
  assert.deepEqual([none.before, none.after.startsWith('HTTP/1.1 204 ')], ['', true])
  const own = await around(t, '/own')
  assert.deepEqual([own.before.includes('own'), own.after.endsWith('own')], [false, true])
})

test('what could not be kept makes an answer of which nothing left a 500, and any other a cut one', async (t) => {
  const port = await keeping(t, () => Promise.reject(new Error('the ledger is full')))
  const failed = await fetch(`http://127.0.0.1:${port}/none`)
  assert.equal(failed.status, 500)
  assert.equal(((await failed.json()) as { code: string }).code, 'GW5001')
  const cut = fetch(`http://127.0.0.1:${port}/chunks`).then((response) => response.text())
  await assert.rejects(cut)
})
