import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { getTarget } from '../support/message.ts'
import { assertProblem, Rig } from '../support/rig.ts'
import { answerWith } from '../support/target.ts'

const handler = fileURLToPath(new URL('../fixtures/calling-handler.ts', import.meta.url))

describe('handlers and the calls they make', () => {
  let rig: Awaited<ReturnType<typeof Rig.start>>
  before(async () => {
    rig = await Rig.start({
      routes: { all: { path: '/*', service: 'target' }, made: { path: '/made', handler } },
    })
  })
  after(() => rig.close())

  test('2.9 an inner call carries the facts of the outer request, whatever fields the code sets', async () => {
    rig.target.calm()
    const response = await rig.ask(getTarget('/made?how=forged'))
    assert.equal(response.status, 200)
    assert.deepEqual(rig.target.violations, [])
    const request = rig.target.only
    assert.equal(request.target, '/inner')
    for (const name of ['x-real-ip', 'x-forwarded-for', 'forwarded', 'x-consumer-id', 'host'])
      assert.doesNotMatch(request.header(name) ?? '', /forged/, name)
    assert.equal(request.header('x-forwarded-for'), '127.0.0.1')
    assert.equal(request.header('x-plain'), 'kept')
    assert.equal(request.framing, 'none')
    await rig.canary()
  })

  test('2.9 code cannot split an inner request by field, method or path', async () => {
    for (const how of ['split', 'method', 'path']) {
      rig.target.calm()
      const response = await rig.ask(getTarget(`/made?how=${how}`))
      assert.equal(response.status, 500, how)
      assertProblem(response)
      assert.equal(rig.target.received, 0, how)
      await rig.canary()
    }
  })

  test('a call that failed is told in one line: service, method, path, status, and the line of the code that made it', async () => {
    rig.target.calm()
    rig.target.answer = answerWith(503)
    const { logged } = rig.gateway.recorded
    logged.length = 0
    assert.equal((await rig.ask(getTarget('/made?how=json'))).status, 500)
    assert.equal(logged.length, 1)
    assert.match(
      String(logged[0]?.error),
      /^Error: services\.target GET \/inner: 503 at \/.*\/calling-handler\.ts:\d+:\d+$/,
    )
    await rig.canary()
  })

  test('11.6 a handler that throws, answers nonsense or a split field is 500, and its framing fields count for nothing', async () => {
    for (const how of ['throw', 'nonsense', 'default']) {
      const response = await rig.ask(getTarget(`/made?how=${how}`))
      assert.equal(response.status, 500, how)
      assert.equal(assertProblem(response).code, 'GW5001')
      assert.equal(response.header('x-injected'), undefined)
      assert.ok(!response.text.includes('inner-detail'))
      await rig.canary()
    }
    const framed = await rig.ask(getTarget('/made?how=framing'))
    assert.equal(framed.text, 'whole body')
    assert.equal(framed.header('x-good'), 'yes')
    await rig.canary()
  })
})
