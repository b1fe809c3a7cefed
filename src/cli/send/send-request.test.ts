import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { fieldOf } from './answer.ts'
import { answerJson, answerLines } from './answer-words.ts'
import type { SendAddress } from './listener-address.ts'
import { sendRequest } from './send-request.ts'

const listening = async (t: TestContext, server: Server): Promise<SendAddress> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const authority = `127.0.0.1:${port}`
  return { url: `http://${authority}`, authority, to: { host: '127.0.0.1', port } }
}
const serving = (t: TestContext, answer: RequestListener): Promise<SendAddress> => listening(t, createServer(answer))
const get = { method: 'GET', url: '/', headers: [] }

test('the request arrives as it was written: target, fields in order, body', async (t) => {
  const seen: string[] = []
  const address = await serving(t, (request, response) => {
    seen.push(`${request.method} ${request.url}`, request.rawHeaders.slice(0, 6).join(' '))
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString()))
    request.on('end', () => response.end('ok'))
  })
  const headers = ['X-One', '1', 'x-two', '2']
  const answer = await sendRequest(
    { method: 'POST', url: 'http://shop.example/a//b/%2e?x=%20', headers, body: 'päyload' },
    address,
  )
  assert.deepEqual(seen, ['POST /a//b/%2e?x=%20', 'Host shop.example X-One 1 x-two 2', 'päyload'])
  assert.equal(answer.status, 200)
  assert.equal(answer.bytes, 2)
  assert.equal(answer.complete, true)
})

test('times are parts of the whole, and an address takes none for names', async (t) => {
  const address = await serving(t, (_, response) => {
    response.write('a')
    setTimeout(() => response.end('b'), 20)
  })
  const { timings } = await sendRequest(get, address)
  assert.equal(timings.dns, 0)
  assert.ok(timings.body > 0 && timings.connect > 0 && timings.wait > 0)
  const sum = timings.dns + timings.connect + timings.wait + timings.body
  assert.ok(Math.abs(timings.total - sum) < 1e-6)
})

test('a body that goes on is cut, and says so', async (t) => {
  const address = await serving(t, (_, response) => void response.write('data: 1\n\n'))
  const answer = await sendRequest(get, address, { head: 30_000, body: 50 })
  assert.equal(answer.status, 200)
  assert.equal(answer.complete, false)
  assert.match(answerLines(answer, address.url)[1] ?? '', /cut before its end/)
})

test('a body that breaks off is told from a whole one', async (t) => {
  const address = await serving(t, (_, response) => {
    response.writeHead(200, { 'content-length': 10 })
    response.write('half', () => response.destroy())
  })
  assert.equal((await sendRequest(get, address)).complete, false)
})

test('no answer is an error in words: nobody listens, closed, silent, no such socket', async (t) => {
  const gone = { url: '', authority: '', to: { host: '127.0.0.1', port: 1 } }
  await assert.rejects(sendRequest(get, gone), /nothing listens there/)
  const closing = await listening(
    t,
    createTcpServer((socket) => void socket.once('data', () => socket.destroy())),
  )
  await assert.rejects(sendRequest(get, closing), /closed without an answer/)
  const open = new Set<Socket>()
  t.after(() => open.forEach((socket) => socket.destroy()))
  const silent = await listening(
    t,
    createTcpServer((socket) => void open.add(socket)),
  )
  await assert.rejects(sendRequest(get, silent, { head: 50, body: 50 }), /no answer within 0.05 s/)
  const socketPath = '/no/such/folder/gw.sock'
  await assert.rejects(sendRequest(get, { url: '', authority: '', to: { socketPath } }), /no such socket/)
})

test('an upgrade ends with its head', async (t) => {
  const server = createServer()
  server.on('upgrade', (_, socket) =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  )
  const address = await listening(t, server)
  const headers = ['Connection', 'Upgrade', 'Upgrade', 'websocket']
  const answer = await sendRequest({ ...get, headers }, address)
  assert.equal(answer.status, 101)
  assert.equal(fieldOf(answer, 'upgrade'), 'websocket')
})

test('an answer in words and as JSON; a problem document shows its code', () => {
  const answer = {
    status: 404,
    reason: 'Not Found',
    rawHeaders: ['Content-Type', 'application/problem+json', 'X-Request-Id', 'req_1'],
    bytes: 60,
    complete: true,
    start: Buffer.from('{"code":"GW4041","detail":"No route takes GET /x."}'),
    timings: { dns: 0, connect: 1.04, wait: 9.26, body: 2.4, total: 12.7 },
  }
  assert.deepEqual(answerLines(answer, 'http://127.0.0.1:8080'), [
    '404 Not Found GW4041 No route takes GET /x from http://127.0.0.1:8080',
    '60 bytes of application/problem+json, req_1',
    'dns 0 · connect 1 · wait 9 · body 2 ms',
  ])
  assert.deepEqual(answerJson(answer, 'http://127.0.0.1:8080'), {
    url: 'http://127.0.0.1:8080',
    status: 404,
    reason: 'Not Found',
    headers: answer.rawHeaders,
    bytes: 60,
    complete: true,
    timings: { dns: 0, connect: 1, wait: 9.3, body: 2.4, total: 12.7 },
  })
})
