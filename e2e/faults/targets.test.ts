import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { get, message, post } from '../support/message.ts'
import { pause, RawConnection } from '../support/raw-connection.ts'
import { assertProblem, Rig } from '../support/rig.ts'
import { startBlockedTarget } from '../support/blocked-target.ts'
import { freePort } from '../support/ports.ts'
import { answerWith, RecordingTarget } from '../support/target.ts'
import type { Config } from '../support/gateway.ts'

const using = async (over: Config | ((url: string) => Config), run: (rig: Rig) => Promise<void>): Promise<void> => {
  const rig = await Rig.start(over)
  try {
    await run(rig)
  } finally {
    await rig.close()
  }
}
const service = (...targets: readonly string[]): Config => ({
  services: { target: { targets, healthCheck: { passive: 'none' } } },
})

describe('targets that fail', () => {
  test('9.1 each way of not reaching a target has its own code and a Proxy-Status', async () => {
    const refused = await freePort()
    const cases: readonly (readonly [name: string, target: string, status: number, code: string])[] = [
      ['refused', `http://127.0.0.1:${refused}`, 502, 'GW5021'],
      ['no such name', 'http://nowhere.invalid', 502, 'GW5025'],
    ]
    for (const [name, target, status, code] of cases)
      await using({ ...service(target), defaults: { timeout: { total: '4s', connect: '1s' } } }, async (rig) => {
        const response = await rig.ask(post(['Content-Length: 0']), { timeout: 8000 })
        const problem = assertProblem(response)
        assert.deepEqual([response.status, problem.code], [status, code], name)
        assert.ok(response.header('proxy-status') !== undefined, `${name}: Proxy-Status`)
      })
  })

  test('9.1 a connect failure is tried at another target, whatever the method', async () => {
    const refused = await freePort()
    await using(
      (url) => service(`http://127.0.0.1:${refused}`, url),
      async (rig) => {
        for (let i = 0; i < 6; i++) {
          rig.target.clear()
          const response = await rig.ask(post(['Content-Length: 5'], 'hello'))
          assert.equal(response.status, 200, `request ${i}`)
          assert.equal(rig.target.only.body.toString(), 'hello')
        }
      },
    )
  })

  test('9.2 a reset before the answer on a fresh connection: no second try for POST', async () => {
    await using({}, async (rig) => {
      rig.target.answer = ({ connection }) => connection.reset()
      const response = await rig.ask(post(['Content-Length: 5'], 'hello'))
      assert.equal(response.status, 502)
      assert.equal(assertProblem(response).code, 'GW5022')
      await pause(50)
      assert.equal(rig.target.requests.length, 1, 'POST is never sent twice')
      await rig.canary()
    })
  })

  test('9.2 a reset before the answer on a reused connection: one more try for GET, none for POST', async () => {
    for (const [method, request] of [
      ['GET', get()],
      ['POST', post(['Content-Length: 5'], 'hello')],
    ] as const)
      for (const how of ['reset', 'end'] as const)
        await using({}, async (rig) => {
          const client = await RawConnection.open(rig.port)
          try {
            client.write(get())
            await client.response()
            const pooled = rig.target.only.connection
            rig.target.clear()
            rig.target.answer = (seen) => (seen.connection === pooled ? pooled[how]() : answerWith(200)(seen))
            client.write(request)
            const response = await client.response(1)
            assert.equal(response.status, method === 'GET' ? 200 : 502, `${method} after ${how}`)
            assert.equal(rig.target.requests.length, method === 'GET' ? 2 : 1, `${method} after ${how}: requests`)
          } finally {
            client.destroy()
          }
          await rig.canary()
        })
  })

  test('9.3 an answer that ends early is cut at the client too, never completed', async () => {
    await using({}, async (rig) => {
      const heads = ['Content-Length: 100', 'Transfer-Encoding: chunked']
      for (const head of heads)
        for (const how of ['end', 'reset'] as const) {
          rig.target.calm()
          rig.target.answer = ({ connection }) => {
            connection.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n5\r\nhello\r\n`)
            setTimeout(() => connection[how](), 30)
          }
          const connection = await rig.send(get(), { until: 'close' })
          const response = connection.responses[0]
          assert.ok(response?.complete !== true || response.status === 502, `${head} ${how}: ${connection.describe()}`)
          assert.notEqual(connection.standing, 'open')
          await rig.canary()
        }
      // A body that ends with the connection cannot be told from a cut one by FIN, but by RST it can.
      rig.target.calm()
      rig.target.answer = ({ connection }) => {
        connection.write('HTTP/1.1 200 OK\r\n\r\nhello')
        setTimeout(() => connection.reset(), 30)
      }
      const connection = await rig.send(get(), { until: 'close' })
      assert.ok(
        connection.responses[0]?.complete !== true || connection.responses[0].status === 502,
        connection.describe(),
      )
      await rig.canary()
    })
  })

  test('9.6 with all targets down the answer is 502 or 503 at once, and their return is noticed', async () => {
    const port = await freePort()
    const another = await freePort()
    await using(
      {
        services: {
          target: {
            targets: [`http://127.0.0.1:${port}`, `http://127.0.0.1:${another}`],
            healthCheck: {
              passive: { failures: 2, window: '10s', ejectFor: '1s', maxEjectFor: '1s', maxEjected: '100%' },
            },
          },
        },
      },
      async (rig) => {
        const from = process.cpuUsage()
        const begun = performance.now()
        for (let i = 0; i < 40; i++) {
          const response = await rig.ask(get())
          assert.ok([502, 503].includes(response.status))
          assertProblem(response)
        }
        assert.ok(performance.now() - begun < 10_000, 'no request waits for a connect timeout')
        const used = process.cpuUsage(from)
        assert.ok(used.user + used.system < 5_000_000, 'no busy loop')
        const target = await RecordingTarget.start(port)
        try {
          const deadline = performance.now() + 8000
          let status = 0
          while (status !== 200 && performance.now() < deadline) {
            status = (await rig.ask(get())).status
            await pause(50)
          }
          assert.equal(status, 200, 'recovered')
        } finally {
          await target.close()
        }
      },
    )
  })

  test('9.10 a service that closes idle connections costs no GET an error', async () => {
    await using({}, async (rig) => {
      let n = 0
      rig.target.answer = (request) => {
        answerWith(200, [], request.target)(request)
        // Closes as the next request is perhaps being written.
        if (++n % 3 === 0) setTimeout(() => request.connection.end(), n % 7)
        else if (n % 11 === 0) setImmediate(() => request.connection.reset())
      }
      const clients = await Promise.all(Array.from({ length: 6 }, () => RawConnection.open(rig.port)))
      const wrong: string[] = []
      await Promise.all(
        clients.map(async (client, c) => {
          for (let i = 0; i < 300; i++) {
            client.write(message([`GET /${c}-${i} HTTP/1.1`, 'Host: a.test']))
            const response = await client.response(i)
            if (response.text !== `/${c}-${i}`) wrong.push(`/${c}-${i}: ${response.status} ${response.text}`)
            if (i % 5 === 0) await pause(i % 4)
          }
          client.destroy()
        }),
      )
      assert.deepEqual(wrong, [])
      // Connections that are still to be closed would have the canary tried twice, as is right.
      await pause(30)
      await rig.canary()
    })
  })

  test('9.10 a keep-alive hint of the service ends the pooled connection in time', async () => {
    await using({}, async (rig) => {
      rig.target.answer = answerWith(200, [['Keep-Alive', 'timeout=1']])
      await rig.ask(get())
      const first = rig.target.only.connection
      await rig.target.until(() => first.standing !== 'open', 'closed before the hint', 4000)
      await rig.canary()
      rig.target.answer = answerWith(200, [['Connection', 'close']])
      await rig.ask(get())
      const second = rig.target.only.connection
      await rig.target.until(() => second.standing !== 'open', 'closed as the service said', 4000)
      await rig.canary()
    })
  })

  test('9.3 a target behind a unix socket is served, and fails, like any other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gwanmun-unix-'))
    const behind = await RecordingTarget.start(join(folder, 'target.sock'))
    try {
      await using({ ...service(`unix:${join(folder, 'target.sock')}`) }, async (rig) => {
        for (let i = 0; i < 3; i++) assert.equal((await rig.ask(post(['Content-Length: 5'], 'hello'))).status, 200)
        assert.equal(behind.requests.at(-1)?.body.toString(), 'hello')
        behind.answer = ({ connection }) => {
          connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello')
          setTimeout(() => connection.socket.destroy(), 20)
        }
        const cutShort = await rig.send(get(), { until: 'close' })
        assert.notEqual(cutShort.responses[0]?.complete, true)
        // A client that leaves cuts the attempt, which on such a socket knows no reset.
        behind.answer = () => {}
        behind.clear()
        const client = await RawConnection.open(rig.port)
        client.write(get())
        await behind.until((t) => t.requests.length === 1)
        client.reset()
        await behind.until((t) => t.requests[0]?.connection.standing !== 'open')
        behind.calm()
        assert.equal((await rig.ask(get())).status, 200)
      })
    } finally {
      await behind.close()
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('9.15 a request that comes back to this gateway is 508', async () => {
    const port = await freePort()
    await using(
      {
        listeners: { main: { port, host: '127.0.0.1' } },
        services: { target: { targets: [`http://127.0.0.1:${port}`], healthCheck: { passive: 'none' } } },
      },
      async (rig) => {
        const response = await rig.ask(get(), { timeout: 10_000 })
        assert.equal(response.status, 508)
        // Made by an inner pass, relayed by the outer ones.
        assert.match(response.text, /GW5081/)
        assert.equal(response.headers('x-request-id').length, 1)
      },
    )
  })

  test('9.15 a Via of other proxies is carried on and is no loop', async () => {
    await using({}, async (rig) => {
      await rig.passes('via', get('Via: 1.1 fred, 1.0 other.test (some/1.0)', 'Via: 1.1 third'), ({ target }) => {
        assert.match(
          target.only.header('via') ?? '',
          /^1\.1 fred, 1\.0 other\.test \(some\/1\.0\), 1\.1 third, 1\.1 \S+$/,
        )
      })
    })
  })

  test('9.1 a target that accepts no connection gives 504 after the connect limit', async () => {
    const blocked = await startBlockedTarget()
    try {
      await using(
        { ...service(blocked.url), defaults: { timeout: { connect: '300ms', total: '3s' } } },
        async (rig) => {
          const from = performance.now()
          const response = await rig.ask(get(), { timeout: 8000 })
          assert.equal(response.status, 504)
          assert.equal(assertProblem(response).code, 'GW5041')
          assert.ok(performance.now() - from > 250, 'it waited')
        },
      )
      // Without a limit for connecting that for the whole request ends the wait.
      await using(
        { ...service(blocked.url), defaults: { timeout: { connect: 'none', total: '300ms' } } },
        async (rig) =>
          assert.equal(assertProblem(await rig.ask(get(), { timeout: 8000 })).code, 'GW5042', 'connect: none'),
      )
      // Another target is tried, even for POST: nothing was sent.
      await using(
        (url) => ({ ...service(blocked.url, url), defaults: { timeout: { connect: '300ms', total: '5s' } } }),
        async (rig) => {
          for (let i = 0; i < 3; i++)
            assert.equal((await rig.ask(post(['Content-Length: 5'], 'hello'), { timeout: 8000 })).status, 200)
        },
      )
    } finally {
      await blocked.close()
    }
  })
})
