import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { get, message, post } from '../support/message.ts'
import { pause, RawConnection } from '../support/raw-connection.ts'
import { assertProblem, assertRefusal, Rig } from '../support/rig.ts'
import type { PlaneGateway } from '../support/plane.ts'
import { answerWith } from '../support/target.ts'

const timed = async <T>(run: () => Promise<T>): Promise<readonly [took: number, result: T]> => {
  const from = performance.now()
  const result = await run()
  return [performance.now() - from, result]
}

describe('time limits', () => {
  let rig: Rig & { readonly gateway: PlaneGateway }
  before(async () => {
    rig = await Rig.start({
      listeners: {
        main: { port: 0, host: '127.0.0.1', timeouts: { headers: '1s', body: '1s', keepAlive: '1s', write: '1s' } },
      },
      routes: {
        all: { path: '/*', service: 'target' },
        total: { path: '/total', service: 'target', timeout: { total: '600ms' } },
        attempt: { path: '/attempt', service: 'target', timeout: { attempt: '600ms', total: '5s' } },
        idle: { path: '/idle', service: 'target', timeout: { idle: '600ms' } },
        whole: { path: '/whole', service: 'target', timeout: { whole: '1s', idle: '5s' } },
        long: { path: '/long', service: 'target', timeout: { total: '2500ms' } },
        asked: { path: '/asked', service: 'target', timeout: { header: 'X-Request-Timeout', total: '10s' } },
      },
    })
  })
  after(() => rig.close())
  const ask = (path: string, ...fields: string[]): string =>
    message([`POST ${path} HTTP/1.1`, 'Host: a.test', 'Content-Length: 0', ...fields])
  const cancelled = (): Promise<void> =>
    rig.target.until(
      (t) => t.requests.every((r) => r.connection.standing !== 'open'),
      'the service connection is closed',
    )

  test('9.16 a service that never answers gives 504 at the limit, not before, and its connection is closed', async () => {
    for (const [path, limit] of [
      ['/total', 600],
      ['/attempt', 600],
    ] as const) {
      rig.target.calm()
      rig.target.answer = () => {}
      const [took, response] = await timed(() => rig.ask(ask(path), { timeout: 10_000 }))
      assert.equal(response.status, 504, path)
      assert.equal(assertProblem(response).code, 'GW5042')
      assert.ok(took > limit * 0.8, `${path}: after ${took} ms`)
      assert.ok(took < 4500, `${path}: after ${took} ms`)
      await cancelled()
      await rig.canary()
    }
  })

  test('9.16 a shorter limit ends before a longer one', async () => {
    rig.target.calm()
    rig.target.answer = () => {}
    const order: string[] = []
    await Promise.all(
      ['/long', '/total'].map(async (path) => {
        const response = await rig.ask(ask(path), { timeout: 20_000 })
        assert.equal(response.status, 504)
        order.push(path)
      }),
    )
    assert.deepEqual(order, ['/total', '/long'])
    await cancelled()
    await rig.canary()
  })

  test('9.16 a head that trickles does not renew the limit', async () => {
    rig.target.calm()
    let timer: NodeJS.Timeout | undefined
    rig.target.answer = ({ connection }) => {
      connection.write('HTTP/1.1 200 OK\r\n')
      timer = setInterval(() => connection.write('X-A: b\r\n'), 100)
    }
    try {
      const response = await rig.ask(ask('/total'), { timeout: 10_000 })
      assert.equal(response.status, 504)
      await cancelled()
    } finally {
      clearInterval(timer)
    }
    await rig.canary()
  })

  test('9.16 an answer that stalls in its body is cut; one that flows slowly is not', async () => {
    rig.target.calm()
    rig.target.answer = ({ connection }) => void connection.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')
    const stalled = await rig.send(ask('/idle'), { until: 'close', timeout: 10_000 })
    assert.ok(stalled.responses[0]?.complete !== true)
    await cancelled()
    rig.target.calm()
    rig.target.answer = ({ connection }) =>
      void (async () => {
        connection.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')
        for (const byte of 'helloworld') {
          await pause(150)
          connection.write(byte)
        }
      })()
    const flowing = await rig.ask(ask('/idle'), { timeout: 10_000 })
    assert.equal(flowing.text, 'helloworld', 'longer than the limit in all, but never idle for so long')
    await rig.canary()
  })

  test('9.16 an answer that never ends is cut at the limit for the whole', async () => {
    rig.target.calm()
    let timer: NodeJS.Timeout | undefined
    rig.target.answer = ({ connection }) => {
      connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      timer = setInterval(() => connection.write('1\r\nx\r\n'), 50)
    }
    try {
      const [took, connection] = await timed(() => rig.send(ask('/whole'), { until: 'close', timeout: 10_000 }))
      assert.ok(took > 800, `after ${took} ms`)
      assert.equal(connection.responses[0]?.complete, false)
      await cancelled()
    } finally {
      clearInterval(timer)
    }
    await rig.canary()
  })

  test('9.16 a client may shorten the limit by a field where the route says so', async () => {
    rig.target.calm()
    rig.target.answer = () => {}
    const [took, response] = await timed(() => rig.ask(ask('/asked', 'X-Request-Timeout: 1'), { timeout: 15_000 }))
    assert.equal(response.status, 504)
    assert.ok(took < 8000, `after ${took} ms`)
    await cancelled()
    for (const bad of ['-1', 'x', '1e9', '99999999999999999999', '', '0x1']) {
      rig.target.calm()
      const odd = await rig.ask(ask('/asked', `X-Request-Timeout: ${bad}`))
      assert.ok([200, 400].includes(odd.status), `${bad}: ${odd.status}`)
    }
    await rig.canary()
  })

  test('9.17 a client that leaves before, while or after the service answers cancels the attempt', async () => {
    const stages: readonly (readonly [name: string, answer: string])[] = [
      ['before the head', ''],
      ['after the head', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
      ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'],
      ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe'],
    ]
    for (const [name, answer] of stages)
      for (const leave of ['reset', 'destroy'] as const) {
        rig.target.calm()
        rig.target.answer = ({ connection }) => void connection.write(answer)
        const client = await RawConnection.open(rig.port)
        client.write(get())
        await rig.target.until((t) => t.requests.length === 1)
        if (answer.includes('hel')) await client.until(() => client.received > 0)
        else await pause(20)
        client[leave]()
        await rig.target.until(
          (t) => t.requests[0]?.connection.standing !== 'open',
          `cancelled ${name} (${leave})`,
          1500,
        )
        const record = rig.gateway.recorded.ended.at(-1)
        assert.equal(record?.aborted, true, name)
        if (!answer.includes('200')) assert.equal(record.status, 499, 'logged as 499')
        await rig.canary()
      }
  })

  test('9.17 a client that leaves frees its place in the pool', async () => {
    const tight = await Rig.start((url) => ({
      services: {
        target: { targets: [url], healthCheck: { passive: 'none' }, pool: { max: 2, pending: 2, wait: '2s' } },
      },
    }))
    try {
      tight.target.answer = () => {}
      for (let round = 0; round < 5; round++) {
        const clients = await Promise.all([0, 1, 2].map(() => RawConnection.open(tight.port)))
        for (const client of clients) client.write(get())
        await pause(30)
        for (const client of clients) client.reset()
        await pause(30)
      }
      await tight.canary()
    } finally {
      await tight.close()
    }
  })

  test('9.16 a full pool answers 503 when its queue is full, or the wait was too long', async () => {
    const tight = await Rig.start((url) => ({
      services: {
        target: { targets: [url], healthCheck: { passive: 'none' }, pool: { max: 1, pending: 1, wait: '500ms' } },
      },
    }))
    try {
      tight.target.answer = (request) => void setTimeout(() => answerWith(200)(request), 2500)
      const answers = await Promise.all(
        [0, 1, 2, 3].map(async () => (await tight.ask(post(['Content-Length: 0']), { timeout: 10_000 })).status),
      )
      assert.deepEqual(
        answers.sort((a, b) => a - b),
        [200, 503, 503, 503],
      )
    } finally {
      await tight.close()
    }
  })

  test('11.1 heads, bodies and readers that are slow on purpose are cut while others are served', async () => {
    rig.target.calm()
    const heads = await Promise.all(Array.from({ length: 60 }, () => RawConnection.open(rig.port)))
    const bodies = await Promise.all(Array.from({ length: 40 }, () => RawConnection.open(rig.port)))
    const drip = (connections: readonly RawConnection[], first: string, next: string): (() => void) => {
      for (const connection of connections) connection.write(first)
      const timer = setInterval(() => {
        for (const connection of connections) if (connection.standing === 'open') connection.write(next)
      }, 200)
      return () => clearInterval(timer)
    }
    // A byte now and then does not renew the limit of a head.
    const stop = drip(heads, 'GET / HTTP/1.1\r\nHost: a.test\r\n', 'X-A: b\r\n')
    for (const body of bodies) body.write(post(['Content-Length: 1000'], 'x'))
    let worst = 0
    const until = performance.now() + 2500
    while (performance.now() < until) {
      rig.target.answer = answerWith(200)
      const [took, response] = await timed(() => rig.ask(get()))
      assert.equal(response.status, 200)
      worst = Math.max(worst, took)
      await pause(20)
    }
    assert.ok(worst < 1000, `a normal request took ${worst} ms`)
    for (const connection of [...heads, ...bodies]) {
      await connection.closed(5000)
      assertRefusal(connection, [408])
    }
    stop()
    await rig.canary()
  })

  test('11.1 a reader that takes nothing is cut after the limit for writing', async () => {
    rig.target.calm()
    rig.target.answer = ({ connection }) => {
      connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${1 << 30}\r\n\r\n`)
      const fill = (): void => {
        while (!connection.socket.destroyed && connection.write(Buffer.alloc(1 << 16)));
      }
      connection.socket.on('drain', fill)
      fill()
    }
    const client = await RawConnection.open(rig.port)
    client.write(get())
    await client.until(() => client.received > 0)
    client.socket.pause()
    await rig.target.until((t) => t.requests[0]?.connection.standing !== 'open', 'the attempt is cancelled', 8000)
    client.destroy()
    await rig.canary()
  })
})
