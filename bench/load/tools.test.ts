import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Session } from '../session.ts'
import { holdIdle } from './idle-connections.ts'
import { refuseFailures } from './load.ts'
import { runOpenLoop } from './open-loop.ts'
import { runTransfer } from './transfer.ts'
import { runWrk } from './wrk.ts'

let session: Session
let answer: (request: IncomingMessage, response: ServerResponse) => void
let server: Server
let port = 0
const fine = (_: IncomingMessage, response: ServerResponse): void => void response.end('fine')

before(async () => {
  session = new Session()
  server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => answer(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  port = address.port
})
after(async () => {
  await session.end()
  server.closeAllConnections()
  server.close()
})

test('a stall is seen by all requests that were due meanwhile, not only by those under way', async () => {
  let begun = 0
  answer = (_, response) => {
    begun ||= performance.now()
    const since = performance.now() - begun
    const stalled = since > 500 && since < 1100
    setTimeout(() => response.end('ok'), stalled ? 1100 - since : 0)
  }
  const samples = join(session.folder, 'samples')
  const found = await runOpenLoop(session, {
    port,
    paths: ['/a', '/b'],
    rate: 400,
    seconds: 2,
    warm: 0.2,
    connections: 8,
    wait: 'turn',
    samples,
  })
  assert.equal(found.failures, 0, found.detail)
  assert.equal(found.requests, 800)
  // Eight connections: a closed loop would have seen eight slow answers of 800, the 99th percentile none.
  assert.ok(found.p99 > 300_000, `${found.p99} µs`)
  const bytes = readFileSync(samples)
  const pairs = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)
  assert.equal(pairs.length, 1600)
  const slow = pairs.filter((value, index) => index % 2 === 1 && value > 100_000).length
  assert.ok(slow > 100, `${slow} slow requests`)
})

test('answers that are not 2xx and connections that are closed are counted', async () => {
  let count = 0
  answer = (_, response) => {
    count++
    if (count % 100 === 50) response.socket?.destroy()
    else response.writeHead(count % 100 === 0 ? 503 : 200).end('x')
  }
  const found = await runOpenLoop(session, {
    port,
    paths: ['/'],
    rate: 500,
    seconds: 1,
    warm: 0,
    connections: 4,
    wait: 'sleep',
  })
  assert.equal(found.closed, 5)
  assert.match(found.detail, /status 503 5/)
  assert.match(found.detail, /connection closed 5/)
  assert.throws(() => refuseFailures(found, 'server'), /10 of 495 requests failed/)
})

test('the closed loop goes round its paths and counts answers above 399 as failures', async () => {
  const seen = new Map<string, number>()
  answer = (request, response) => {
    const what = `${request.method} ${request.url} ${String(request.headers['x-extra'])} ${request.headers['content-length']}`
    seen.set(what, (seen.get(what) ?? 0) + 1)
    request.resume().once('end', () => response.writeHead(request.url === '/bad' ? 404 : 200).end('fine'))
  }
  const good = await runWrk(session, {
    port,
    paths: ['/a', '/b'],
    method: 'POST',
    body: 1024,
    headers: { 'X-Extra': 'yes' },
    seconds: 1,
    connections: 4,
  })
  assert.equal(good.failures, 0)
  assert.deepEqual([...seen.keys()].sort(), ['POST /a yes 1024', 'POST /b yes 1024'])
  assert.ok(good.requests > 0 && good.p99 >= good.p50 && good.p50 > 0)
  const bad = await runWrk(session, { port, paths: ['/bad'], seconds: 1, connections: 2 })
  assert.equal(bad.failures, bad.requests)
  assert.throws(() => refuseFailures(bad, 'server'), /requests failed/)
})

test('transfers are checked for length both ways', async () => {
  const size = 3_000_000
  let received = 0
  answer = (request, response) => {
    request.on('data', (chunk: Buffer) => (received += chunk.length))
    request.once('end', () =>
      response.end(request.method === 'GET' ? Buffer.alloc(request.url === '/short' ? size - 1 : size) : 'ok'),
    )
  }
  const base = { port, size, connections: 2, seconds: 0.3 }
  const down = await runTransfer(session, { ...base, path: '/down', mode: 'download' })
  assert.equal(down.failures, 0, down.detail)
  assert.ok(down.requests >= 2 && down.bytes >= down.requests * size)
  const up = await runTransfer(session, { ...base, path: '/up', mode: 'upload' })
  assert.equal(up.failures, 0, up.detail)
  assert.equal(received, up.requests * size)
  const short = await runTransfer(session, { ...base, path: '/short', mode: 'download' })
  assert.equal(short.failures, 2)
  assert.match(short.detail, /2999999 bytes/)
})

test('idle connections are held until they are let go, and those that were closed are counted', async () => {
  answer = fine
  const held = await holdIdle(session, { port, path: '/', connections: 300 })
  assert.equal(held.closed(), 0)
  const count = await new Promise<number>((resolve, reject) =>
    server.getConnections((error, found) => (error === null ? resolve(found) : reject(error))),
  )
  assert.ok(count >= 300, `${count}`)
  server.closeIdleConnections()
  for (let i = 0; i < 100 && held.closed() < 300; i++) await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(held.closed(), 300)
  await held.child.end()
})
