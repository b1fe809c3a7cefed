import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseConfig } from '../support/rig.ts'
import { startHere } from '../support/plane.ts'
import { answerBytes, answerWith, RecordingTarget } from '../support/target.ts'
import { ask } from './ask.ts'

for (const errors of ['pass', 'problem'] as const) {
  test(`with errors: ${errors} a target that only answers 503 is ejected, and asked over one connection until then`, async (t) => {
    const good = await RecordingTarget.start()
    const bad = await RecordingTarget.start()
    bad.answer = answerWith(503, [['Content-Type', 'text/html']], 'x'.repeat(2000))
    const gateway = await startHere(
      baseConfig('', {
        services: { target: { targets: [good.url, bad.url] } },
        routes: { all: { path: '/*', service: 'target', errors } },
      }),
    )
    t.after(async () => {
      await gateway.close()
      await good.close()
      await bad.close()
    })
    const statuses: number[] = []
    for (let i = 0; i < 30; i++) statuses.push((await ask(gateway.port(), '/x')).status)
    assert.deepEqual([bad.requests.length, bad.connections.length], [5, 1])
    assert.deepEqual([good.requests.length, good.connections.length], [25, 1])
    assert.equal(statuses.filter((status) => status === 503).length, 5)
    assert.equal(gateway.recorded.logged.filter(({ message }) => message === 'target ejected').length, 1)
  })
}

test('a client never reads a service’s name, its target or the tries, whatever the templates ask for; the log has them', async (t) => {
  const body = { detail: '{error.detail}' }
  const gateway = await startHere({
    listeners: { main: { port: 0, host: '127.0.0.1' } },
    admin: 'none',
    telemetry: { logs: { stdout: 'none' } },
    services: { dead: 'http://nosuchhost.invalid' },
    routes: {
      body: { path: '/body', service: 'dead', errors: { body } },
      text: { path: '/text', service: 'dead', errors: { body: '{error.detail}' } },
      replace: { path: '/replace', service: 'dead', errors: { replace: { '5xx': { status: 503, body } } } },
      field: { path: '/field', service: 'dead', headers: { response: { set: { 'X-Why': '{error.detail}' } } } },
      plain: { path: '/plain', service: 'dead' },
    },
  })
  t.after(() => gateway.close())
  for (const path of ['/body', '/text', '/replace', '/field', '/plain']) {
    const { headers, body: read } = await ask(gateway.port(), path)
    const told = `${JSON.stringify(headers)} ${read.toString()}`
    assert.match(told, /The host name of the target does not resolve\./, path)
    assert.doesNotMatch(told, /nosuchhost|dead|tried/, path)
  }
  for (const { detail } of gateway.recorded.ended)
    assert.match(detail ?? '', /dead: .* http:\/\/nosuchhost\.invalid, tried 2×/)
})

test('a gateway that is closed leaves nothing of a replaced answer running', async (t) => {
  const target = await RecordingTarget.start()
  t.after(() => target.close())
  target.answer = answerBytes('HTTP/1.1 503 Said\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
  const gateway = await startHere(
    baseConfig(target.url, { routes: { all: { path: '/*', service: 'target', errors: 'problem' } } }),
  )
  assert.equal((await ask(gateway.port(), '/x')).status, 503)
  await gateway.close()
  await target.until(({ connections }) => connections[0]?.standing !== 'open', 'its connection is closed')
})
