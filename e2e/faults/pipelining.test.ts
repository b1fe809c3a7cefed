import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { chunked, get, message, post } from '../support/message.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { assertProblem, assertRefusal, each, Rig } from '../support/rig.ts'
import { answerWith } from '../support/target.ts'

const numbered = (n: number): string => message([`GET /${n} HTTP/1.1`, 'Host: a.test'])
const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

describe('several requests on one connection', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({
      listeners: { main: { port: 0, host: '127.0.0.1', timeouts: { headers: '1s', body: '1s', keepAlive: '2s' } } },
    })
  })
  after(() => rig.close())

  const garbage = [
    'garbage', 'garbage\r\n\r\n', '\x00\x01\x02', 'GET / HTTP/1.1\n\n', 'GET /\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: x\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a.test\r\n folded\r\n\r\n', 'GET / HTTP/9.9\r\nHost: a.test\r\n\r\n',
  ] // prettier-ignore

  test('1.30 a valid request ahead of garbage is answered, then the garbage is 400 and the connection closed', async () => {
    for (const first of [get(), post(['Content-Length: 5'], 'hello'), chunked('5\r\nhello\r\n0\r\n\r\n')])
      await each(
        garbage.map((bytes) => ({ name: JSON.stringify(bytes), bytes })),
        async ({ bytes }) => {
          rig.target.calm()
          // What is no complete line yet may also time out.
          const connection = await rig.send(first + bytes, { until: 'close' })
          assert.equal(connection.reader.violation, undefined, connection.describe())
          assert.deepEqual(connection.responses.map((r) => r.status).slice(0, 1), [200], connection.describe())
          assert.equal(connection.responses.length, 2, connection.describe())
          const refusal = connection.responses[1] as (typeof connection.responses)[0]
          assert.ok([400, 408, 505].includes(refusal.status), connection.describe())
          assertProblem(refusal)
          assert.equal(refusal.header('connection'), 'close')
          assert.equal(connection.standing, 'end')
          assert.equal(rig.target.only.complete, true)
          await rig.canary()
        },
      )
  })

  test('1.30 a slow answer to the valid request comes before the refusal of the garbage', async () => {
    rig.target.calm()
    rig.target.answer = (request) => void setTimeout(() => answerWith(200, [], 'slow')(request), 300)
    const connection = await rig.send(`${get()}garbage\r\n\r\n`, { until: 'close' })
    assert.deepEqual(
      connection.responses.map((r) => r.status),
      [200, 400],
      connection.describe(),
    )
    assert.equal(connection.responses[0]?.text, 'slow')
    await rig.canary()
  })

  test('1.30 three valid requests ahead of garbage are all answered', async () => {
    rig.target.calm()
    const connection = await rig.send(`${numbered(1)}${numbered(2)}${numbered(3)}\x00garbage`, { until: 'close' })
    assert.deepEqual(
      connection.responses.map((r) => r.status),
      [200, 200, 200, 400],
      connection.describe(),
    )
    assert.deepEqual(
      rig.target.requests.map((r) => r.target),
      ['/1', '/2', '/3'],
    )
    await rig.canary()
  })

  test('1.31 a hundred pipelined requests get a hundred answers in order', async () => {
    rig.target.calm()
    rig.target.answer = (request) => answerWith(200, [], request.target)(request)
    const connection = await rig.send(count(100).map(numbered).join(''), { until: 100 })
    assert.deepEqual(
      connection.responses.map((r) => r.text),
      count(100).map((n) => `/${n}`),
    )
    assert.deepEqual(
      rig.target.requests.map((r) => r.target),
      count(100).map((n) => `/${n}`),
    )
    await rig.canary()
  })

  test('1.31 answers stay in order when the first ones are the slowest, whatever bytes come together', async () => {
    for (const size of [1, 7, 61, 4096]) {
      rig.target.calm()
      rig.target.answer = (request) =>
        void setTimeout(() => answerWith(200, [], request.target)(request), request.target === '/0' ? 60 : 0)
      const bytes = count(12)
        .map((n) =>
          n % 3 === 0
            ? message([`POST /${n} HTTP/1.1`, 'Host: a.test', 'Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n\r\n')
            : numbered(n),
        )
        .join('')
      const connection = await RawConnection.open(rig.port)
      for (let at = 0; at < bytes.length; at += size) {
        connection.write(bytes.slice(at, at + size))
        if (size < 4096 && at % (size * 20) === 0) await new Promise(setImmediate)
      }
      await connection.until(() => connection.reader.complete === 12)
      connection.destroy()
      assert.deepEqual(
        connection.responses.map((r) => r.text),
        count(12).map((n) => `/${n}`),
        `pieces of ${size}`,
      )
      await rig.canary()
    }
  })

  test('1.31 a request that asks for close is the last one answered', async () => {
    rig.target.calm()
    const connection = await rig.send(
      numbered(1) + message(['GET /2 HTTP/1.1', 'Host: a.test', 'Connection: close']) + numbered(3),
      { until: 'close' },
    )
    assert.deepEqual(
      connection.responses.map((r) => r.status),
      [200, 200],
    )
    assert.equal(connection.responses[1]?.header('connection'), 'close')
    assert.deepEqual(
      rig.target.requests.map((r) => r.target),
      ['/1', '/2'],
    )
    await rig.canary()
  })

  test('1.31 HTTP/1.0 closes unless it asks to keep alive', async () => {
    rig.target.calm()
    const plain = await rig.send('GET /1 HTTP/1.0\r\nHost: a.test\r\n\r\n', { until: 'close' })
    assert.equal(plain.responses[0]?.status, 200)
    const kept = await rig.send(
      'GET /1 HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\nHost: a.test\r\n\r\n',
      { until: 'close' },
    )
    assert.equal(kept.responses.length, 2, kept.describe())
    assert.equal(kept.responses[0]?.header('connection')?.toLowerCase(), 'keep-alive')
    await rig.canary()
  })

  test('1.31 a connection is closed after requestsPerConnection requests, and says so', async () => {
    const short = await Rig.start({
      listeners: { main: { port: 0, host: '127.0.0.1', limits: { requestsPerConnection: 5 } } },
    })
    try {
      const connection = await short.send(count(8).map(numbered).join(''), { until: 'close' })
      assert.equal(connection.reader.complete, 5, connection.describe())
      assert.deepEqual(
        connection.responses.map((r) => r.header('connection')),
        [undefined, undefined, undefined, undefined, 'close'],
      )
      assert.equal(connection.standing, 'end')
      assert.equal(short.target.requests.length, 5)
    } finally {
      await short.close()
    }
  })

  test('1.35 a body that ends before its length is never completed at the target', async () => {
    await each(
      ['', 'h', 'hell'].map((body) => ({ name: `${body.length} of 5, then FIN`, body })),
      async ({ body }) => {
        rig.target.calm()
        const connection = await rig.send(post(['Content-Length: 5'], body), { until: 'close', end: true })
        if (connection.responses.length > 0) assertRefusal(connection, [400, 408])
        await rig.target.until(
          (t) => t.connections.every((c) => c.standing !== 'open' || c.requests.length === 0),
          'the attempt is cut',
        )
        assert.equal(rig.target.requests.filter((r) => r.complete).length, 0)
        await rig.canary()
      },
    )
  })

  test('1.35 a body that stops before its length is 408, and the attempt is cut', async () => {
    await each(
      ['', 'h', 'hell'].map((body) => ({
        name: `${body.length} of 5, then idle`,
        bytes: post(['Content-Length: 5'], body),
        status: [408],
      })),
      (item) => rig.cuts(item),
    )
  })

  test('1.35 a client that resets in the middle of a body cuts the attempt', async () => {
    rig.target.calm()
    const connection = await RawConnection.open(rig.port)
    connection.write(post(['Content-Length: 500000'], 'x'.repeat(100_000)))
    await rig.target.until((t) => t.requests[0] !== undefined && t.requests[0].length > 50_000, 'the body flows')
    connection.reset()
    await rig.target.until((t) => t.requests[0]?.connection.standing !== 'open', 'the attempt is cut')
    assert.equal(rig.target.only.complete, false)
    await rig.canary()
  })

  test('1.35 a half-closed client still gets its answers', async () => {
    rig.target.calm()
    rig.target.answer = (request) => void setTimeout(() => answerWith(200, [], 'late')(request), 100)
    const connection = await rig.send(numbered(1) + numbered(2), { until: 'close', end: true })
    assert.deepEqual(
      connection.responses.map((r) => r.text),
      ['late', 'late'],
      connection.describe(),
    )
    await rig.canary()
  })

  test('1.35 an idle kept connection is closed without an answer', async () => {
    const connection = await RawConnection.open(rig.port)
    connection.write(get())
    await connection.response()
    await connection.closed(8000)
    assert.equal(connection.responses.length, 1, connection.describe())
    const silent = await RawConnection.open(rig.port)
    await silent.closed(8000)
    assert.ok(silent.responses.length === 0 || silent.responses[0]?.status === 408, silent.describe())
  })
})
