import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startLoad } from '../support/load.ts'
import { get } from '../support/message.ts'
import { withProcess as using } from '../support/process-rig.ts'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { Rig } from '../support/rig.ts'
import { answerBytes, answerWith } from '../support/target.ts'
import { firstFrame, handshake, switching } from '../support/websocket.ts'

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
      load.turnAway()
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

  test('8.9 a tunnel that outlives the drain is told 1012 and closed at its deadline', async () => {
    await using({ drain: { delay: '100ms', timeout: '1s' } }, async (rig) => {
      rig.target.answer = answerBytes(switching())
      const client = await RawConnection.open(rig.port)
      client.write(handshake('/ws'))
      await client.until(() => client.responses.length === 1)
      const from = performance.now()
      rig.gateway.signal('SIGTERM')
      await pause(500)
      assert.equal(client.standing, 'open', 'it stays while the gateway drains')
      await client.closed(8000)
      assert.ok(performance.now() - from > 800)
      const frame = firstFrame(client.tunnel)
      assert.equal(frame?.opcode, 8)
      assert.equal(frame.payload.readUInt16BE(0), 1012)
      await rig.gateway.exit()
    })
  })
})
