import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startLoad } from '../support/load.ts'
import { get, message } from '../support/message.ts'
import { freePort } from '../support/ports.ts'
import {
  fixedListeners as fixed,
  marked,
  reloadUntil,
  replaceFile as replace,
  sameListeners,
  versionOf as version,
  withProcess as using,
} from '../support/process-rig.ts'
import { eventually, RawConnection } from '../support/raw-connection.ts'
import { reloadUnderLoad } from '../support/reload-run.ts'
import { baseConfig } from '../support/rig.ts'
import { answerWith } from '../support/target.ts'

describe('reloads', () => {
  test('11.8 ten reloads under load fail no request, and keep tunnels and event streams', async () => {
    assert.ok((await reloadUnderLoad(10)) > 200)
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
      await replace(rig, { listeners: sameListeners(rig), ...marked('better') })
      await reloadUntil(rig, 'better')
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
