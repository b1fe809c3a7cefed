import assert from 'node:assert/strict'
import { rename, writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { get, message } from '../support/message.ts'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { baseConfig, Rig } from '../support/rig.ts'
import { startLoad } from '../support/load.ts'
import { freePort } from '../support/ports.ts'
import { answerBytes, answerWith } from '../support/target.ts'
import { handshake, switching } from '../support/websocket.ts'
import type { Config, GatewayProcess } from '../support/gateway.ts'

type ProcessRig = Rig & { readonly gateway: GatewayProcess }
const using = async (over: Config, run: (rig: ProcessRig) => Promise<void>): Promise<void> => {
  const rig = await Rig.startProcess({ drain: { delay: '300ms', timeout: '5s' }, workers: 2, ...over })
  try {
    await run(rig)
  } finally {
    await rig.close()
  }
}
/** Replaces the file of a running gateway at once. */
const replace = async (rig: ProcessRig, over: Config | string): Promise<void> => {
  const text =
    typeof over === 'string'
      ? over
      : JSON.stringify(baseConfig(rig.target.url, { drain: { delay: '300ms', timeout: '5s' }, workers: 2, ...over }))
  await writeFile(`${rig.gateway.file}.new`, text)
  await rename(`${rig.gateway.file}.new`, rig.gateway.file)
}
const fixed = async (): Promise<Config> => ({ main: { port: await freePort(), host: '127.0.0.1' } })
const marked = (version: string): Config => ({
  routes: { all: { path: '/*', service: 'target', headers: { response: { set: { 'X-Version': version } } } } },
})
const version = async (rig: ProcessRig): Promise<string | undefined> => (await rig.ask(get())).header('x-version')

describe('the life of the process', () => {
  test('11.7 SIGTERM under load fails no request and ends with 0', async () => {
    await using({}, async (rig) => {
      rig.target.answer = (request) => void setTimeout(() => answerWith(200)(request), 5)
      const load = startLoad(rig.port, { connections: 16 })
      await eventually(() => load.done > 300, 'load runs')
      rig.gateway.signal('SIGTERM')
      await pause(100)
      // While it is not ready but still serving, new connections are served too.
      assert.equal((await rig.ask(get())).status, 200)
      const { code } = await rig.gateway.exit()
      const { failed, done } = await load.stop()
      assert.deepEqual(failed, [], `of ${done}`)
      assert.equal(code, 0, rig.gateway.stderr)
    })
  })

  test('11.7 a request that is under way at SIGTERM is answered, with Connection: close', async () => {
    await using({}, async (rig) => {
      rig.target.answer = (request) => void setTimeout(() => answerWith(200, [], 'late')(request), 1200)
      const client = await RawConnection.open(rig.port)
      client.write(get())
      await rig.target.until((t) => t.requests.length === 1)
      rig.gateway.signal('SIGTERM')
      const response = await client.response(0, 8000)
      assert.equal(response.text, 'late')
      await client.closed()
      assert.equal((await rig.gateway.exit()).code, 0)
    })
  })

  test('11.7 idle connections are closed, and the drain ends by force after its limit', async () => {
    await using({ drain: { delay: '100ms', timeout: '1s' } }, async (rig) => {
      const idle = await RawConnection.open(rig.port)
      idle.write(get())
      await idle.response()
      rig.target.answer = () => {}
      const stuck = await RawConnection.open(rig.port)
      stuck.write(get())
      await rig.target.until((t) => t.requests.length === 2)
      const from = performance.now()
      rig.gateway.signal('SIGTERM')
      await idle.closed()
      await stuck.closed(8000)
      const { signal } = await rig.gateway.exit()
      assert.equal(signal, null)
      assert.ok(performance.now() - from > 800, 'it waited for the request')
    })
  })

  test('11.7 SIGINT ends too', async () => {
    await using({}, async (rig) => {
      rig.gateway.signal('SIGINT')
      const { code, signal } = await rig.gateway.exit()
      assert.equal(signal, null)
      assert.ok(code === 0 || code === 130, `code ${code}`)
    })
  })

  test('11.22 a second signal ends at once, and neither it nor SIGHUP while draining crashes', async () => {
    for (const second of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      await using({ drain: { delay: '200ms', timeout: '2s' } }, async (rig) => {
        rig.target.answer = (request) => void setTimeout(() => answerWith(200)(request), 1000)
        const client = await RawConnection.open(rig.port)
        client.write(get())
        await rig.target.until((t) => t.requests.length === 1)
        rig.gateway.signal('SIGTERM')
        await pause(50)
        rig.gateway.signal(second)
        if (second === 'SIGHUP') {
          rig.gateway.signal('SIGHUP')
          assert.equal((await client.response(0, 8000)).status, 200)
        }
        const { signal } = await rig.gateway.exit()
        assert.ok(signal === null || signal === second, `ended by ${signal}: ${rig.gateway.stderr}`)
        assert.doesNotMatch(rig.gateway.stderr, /\bat .*:\d+:\d+/)
        client.destroy()
      })
  })

  test('11.22 a closed stdout does not end the gateway', async () => {
    const rig = await Rig.startProcess(
      { workers: 1, telemetry: { logs: { stdout: { to: 'stdout', format: 'json' } } } },
      { closeStdout: true },
    )
    try {
      for (let i = 0; i < 300; i++) assert.equal((await rig.ask(get(`User-Agent: ${'x'.repeat(500)}`))).status, 200)
      await pause(1200)
      for (let i = 0; i < 50; i++) assert.equal((await rig.ask(get())).status, 200)
      assert.equal(rig.gateway.ended, undefined)
      rig.gateway.signal('SIGTERM')
      assert.equal((await rig.gateway.exit()).code, 0)
    } finally {
      await rig.close()
    }
  })

  test('11.8 ten reloads under load fail no request, and keep tunnels and event streams', async () => {
    await using({ listeners: await fixed(), ...marked('0') }, async (rig) => {
      const { listeners } = JSON.parse(
        JSON.stringify({ listeners: { main: { port: rig.port, host: '127.0.0.1' } } }),
      ) as Config
      const events = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
      rig.target.answer = (request) => {
        if (request.target === '/ws') answerBytes(switching())(request)
        else if (request.target === '/events') answerBytes(events)(request)
        else answerWith(200)(request)
      }
      const tunnel = await RawConnection.open(rig.port)
      tunnel.write(handshake('/ws'))
      const stream = await RawConnection.open(rig.port)
      stream.write(message(['GET /events HTTP/1.1', 'Host: a.test']))
      await tunnel.until(() => tunnel.responses.length === 1)
      await stream.until(() => stream.responses.length === 1)
      const [tunnelEnd, streamEnd] = [
        rig.target.requests.find((r) => r.target === '/ws'),
        rig.target.requests.find((r) => r.target === '/events'),
      ]
      const load = startLoad(rig.port, { connections: 8, reopen: 20 })
      for (let n = 1; n <= 10; n++) {
        await replace(rig, { listeners, ...marked(String(n)) })
        if (n % 2 === 0) rig.gateway.signal('SIGHUP')
        else rig.gateway.signal('SIGHUP')
        const deadline = performance.now() + 10_000
        while ((await version(rig)) !== String(n)) assert.ok(performance.now() < deadline, `version ${n} is never live`)
      }
      const { failed, done } = await load.stop()
      assert.deepEqual(failed, [], `of ${done}`)
      assert.ok(done > 200, `${done} requests`)
      tunnelEnd?.connection.write('still here')
      streamEnd?.connection.write('4\r\nhere\r\n')
      await tunnel.until(() => tunnel.tunnel.toString() === 'still here')
      await stream.until(() => stream.responses[0]?.text === 'here')
      tunnel.destroy()
      stream.destroy()
    })
  })

  test('11.8 an invalid, half-written or vanished file changes nothing and is reported', async () => {
    await using({ listeners: await fixed(), ...marked('good') }, async (rig) => {
      const load = startLoad(rig.port, { connections: 4 })
      const bad = [
        '',
        '{',
        '{"routes": {',
        JSON.stringify({ version: 1, nonsense: true }),
        JSON.stringify(baseConfig(rig.target.url, { routes: { all: { path: '/*', service: 'nobody' } } })),
        'null',
        '[]',
        '\0\0\0',
      ]
      for (const text of bad) {
        const before = rig.gateway.lines.length + rig.gateway.stderr.length
        await replace(rig, text)
        rig.gateway.signal('SIGHUP')
        await eventually(
          () => rig.gateway.lines.length + rig.gateway.stderr.length > before,
          `a report of ${JSON.stringify(text.slice(0, 30))}`,
        )
        assert.equal(await version(rig), 'good')
      }
      assert.match(JSON.stringify(rig.gateway.lines) + rig.gateway.stderr, /GW1\d{3}/)
      await replace(rig, { listeners: { main: { port: rig.port, host: '127.0.0.1' } }, ...marked('better') })
      rig.gateway.signal('SIGHUP')
      const deadline = performance.now() + 10_000
      while ((await version(rig)) !== 'better') assert.ok(performance.now() < deadline, 'the mended file is taken')
      assert.deepEqual((await load.stop()).failed, [])
    })
  })

  test('11.8 a request under way keeps its route when a reload removes it', async () => {
    await using({ listeners: await fixed(), ...marked('old') }, async (rig) => {
      rig.target.answer = (request) =>
        void setTimeout(() => answerWith(200, [], 'old route')(request), request.target === '/slow' ? 1500 : 0)
      const client = await RawConnection.open(rig.port)
      client.write(message(['GET /slow HTTP/1.1', 'Host: a.test']))
      await rig.target.until((t) => t.requests.some((r) => r.target === '/slow'))
      await replace(rig, {
        listeners: { main: { port: rig.port, host: '127.0.0.1' } },
        routes: { other: { path: '/other', service: 'target' } },
      })
      rig.gateway.signal('SIGHUP')
      const deadline = performance.now() + 8000
      while ((await rig.ask(get())).status !== 404) assert.ok(performance.now() < deadline, 'the new file is taken')
      const response = await client.response()
      assert.equal(response.text, 'old route')
      assert.equal(response.header('x-version'), 'old')
      client.write(message(['GET /slow HTTP/1.1', 'Host: a.test']))
      assert.equal((await client.response(1)).status, 404, 'the next request on that connection sees the new file')
      client.destroy()
    })
  })

  test('11.8 a listener can move to another port', async () => {
    await using({ listeners: await fixed() }, async (rig) => {
      const port = await freePort()
      await replace(rig, { listeners: { main: { port, host: '127.0.0.1' } } })
      rig.gateway.signal('SIGHUP')
      const open = async (): Promise<boolean> =>
        RawConnection.open(port).then(
          (c) => (c.destroy(), true),
          () => false,
        )
      const deadline = performance.now() + 8000
      while (!(await open())) assert.ok(performance.now() < deadline, 'the new port is open')
      const client = await RawConnection.open(port)
      client.write(get())
      assert.equal((await client.response()).status, 200)
      client.destroy()
    })
  })
})
