import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { get, message, post } from '../support/message.ts'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { Rig } from '../support/rig.ts'
import { answerWith } from '../support/target.ts'

const hour = 3_600_000

/** Runs with the wall clock of this process moved by `jump` ms; the monotonic clock goes on. */
const withClockMoved = async (jump: number, run: () => Promise<void>): Promise<void> => {
  const { now } = Date
  Date.now = () => now() + jump
  try {
    await run()
  } finally {
    Date.now = now
  }
}

describe('a machine that misbehaves', () => {
  test('11.10 a jump of the wall clock ends nothing early, delays nothing, and is followed by Date', async () => {
    const rig = await Rig.start({
      listeners: { main: { port: 0, host: '127.0.0.1', timeouts: { keepAlive: '60s', headers: '60s', body: '60s' } } },
      routes: {
        all: { path: '/*', service: 'target' },
        short: { path: '/short', service: 'target', timeout: { total: '500ms' } },
      },
    })
    try {
      for (const jump of [hour, -hour, 24 * hour]) {
        rig.target.calm()
        const kept = await RawConnection.open(rig.port)
        kept.write(get())
        await kept.response()
        rig.target.answer = (request) =>
          void setTimeout(
            () => answerWith(200, [], 'late')(request),
            request.target === '/short' ? 60_000 : 300,
          ).unref()
        const slow = await RawConnection.open(rig.port)
        slow.write(get())
        const body = await RawConnection.open(rig.port)
        body.write(post(['Content-Length: 5'], 'he'))
        const short = await RawConnection.open(rig.port)
        short.write(message(['GET /short HTTP/1.1', 'Host: a.test']))
        await rig.target.until((t) => t.requests.length >= 4)
        await withClockMoved(jump, async () => {
          assert.equal((await slow.response()).text, 'late')
          body.write('llo')
          assert.equal((await body.response()).status, 200)
          const limited = await short.response()
          assert.equal(limited.status, 504, 'a limit is reached in its own time')
          await pause(1100)
          kept.write(get())
          const after = await kept.response(1)
          assert.equal(after.status, 200, 'an idle connection stays')
          const date = Date.parse(after.header('date') ?? '')
          assert.ok(Math.abs(date - Date.now()) < 5000, `Date follows: ${after.header('date')}`)
        })
        for (const connection of [kept, slow, body, short]) connection.destroy()
      }
      await rig.canary()
    } finally {
      await rig.close()
    }
  })

  test('11.11 a log that cannot be written holds up no request, and what is lost is counted', async () => {
    const rig = await Rig.startProcess({
      workers: 1,
      admin: { port: 0 },
      telemetry: { logs: { stdout: 'none', full: { to: 'file', path: '/dev/full' } } },
    })
    try {
      for (let i = 0; i < 300; i++) assert.equal((await rig.ask(get(`User-Agent: ${'x'.repeat(900)}`))).status, 200)
      const dropped = async (): Promise<number> => {
        const admin = await RawConnection.open(rig.gateway.adminPort as number)
        admin.write(message(['GET /metrics HTTP/1.1', 'Host: localhost']))
        const text = (await admin.response()).text
        admin.destroy()
        return Number(/^gateway_log_sink_dropped_total\{[^}]*full[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0)
      }
      const deadline = performance.now() + 8000
      while ((await dropped()) === 0) {
        assert.ok(performance.now() < deadline, 'nothing is counted as dropped')
        await pause(100)
      }
      for (let i = 0; i < 50; i++) await rig.ask(get())
      await eventually(() => rig.gateway.ended === undefined, 'alive')
      await rig.canary()
    } finally {
      await rig.close()
    }
  })
})
