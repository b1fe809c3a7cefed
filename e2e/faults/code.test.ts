import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { get, message } from '../support/message.ts'
import { eventually, pause } from '../support/raw-connection.ts'
import { assertProblem, each, Rig } from '../support/rig.ts'
import type { Config, GatewayProcess } from '../support/gateway.ts'

const faulty = fileURLToPath(new URL('../fixtures/faulty-policy.ts', import.meta.url))
const config = (over: Config = {}): Config => ({
  workers: { count: 2, maxBlock: '1s' },
  routes: {
    all: { path: '/*', service: 'target', use: [faulty], timeout: { total: '1s' } },
    plain: { path: '/plain', service: 'target' },
  },
  ...over,
})

describe('code of users that fails', () => {
  let rig: Rig & { readonly gateway: GatewayProcess }
  before(async () => {
    rig = await Rig.startProcess(config())
  })
  after(() => rig.close())
  const alive = async (): Promise<void> => {
    assert.equal(rig.gateway.ended, undefined, `the gateway ended: ${rig.gateway.stderr}`)
    await rig.canary()
  }

  test('11.6 what throws or rejects in a hook ends its own request with 500 and nothing else', async () => {
    const ways = [
      'throw',
      'throw-text',
      'reject',
      'late',
      'nonsense',
      'bad-status',
      'bad-field',
      'framing-field',
      'wide-field',
    ]
    await each(
      ['request', 'attempt', 'response'].flatMap((hook) => ways.map((way) => ({ name: `${hook}:${way}` }))),
      async ({ name }) => {
        rig.target.calm()
        const response = await rig.ask(get(`X-Fault: ${name}`))
        assert.equal(response.status, 500)
        assert.equal(assertProblem(response).code, 'GW5001')
        assert.ok(!response.text.includes('inner-detail'), 'the error itself stays here')
        if (name.startsWith('request')) assert.equal(rig.target.received, 0, 'a guard that fails lets nothing pass')
        await alive()
      },
    )
  })

  test('11.6 odd values of a hook end its own request with 500 and nothing else, on the connection that others share', async () => {
    const ways = ['null', 'late-null', 'thenable', 'odd-error'].flatMap((way) => [`request:${way}`, `response:${way}`])
    const names = [...ways, 'request:bad-path', 'request:bad-query', 'request:bad-method', 'response:odd-status']
    await each(
      [...names, 'attempt:null', 'attempt:odd-error', 'transform:throw'].map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const response = await rig.ask(get(`X-Fault: ${name}`))
        assert.equal(response.status, 500)
        assert.equal(assertProblem(response).code, 'GW5001')
        if (name.startsWith('request')) assert.equal(rig.target.received, 0, 'nothing is put into a request line')
        await alive()
      },
    )
    assert.ok(!rig.gateway.lines.some((line) => line['msg'] === 'worker replaced'), 'no worker is lost')
  })

  test('11.6 hop-by-hop fields of a reply are dropped', async () => {
    const response = await rig.ask(get('X-Fault: request:hop-field'))
    assert.equal(response.status, 200)
    assert.equal(response.header('proxy-connection'), undefined)
    await alive()
  })

  test('11.6 a transform that throws cuts its own answer visibly and nothing else', async () => {
    for (const way of ['write', 'end']) {
      const connection = await rig.send(get(`X-Fault: transforming:${way}`), { timeout: 8000 })
      assert.equal(connection.responses[0]?.complete, false, connection.describe())
      assert.notEqual(connection.standing, 'open')
      await alive()
    }
    assert.ok(!rig.gateway.lines.some((line) => line['msg'] === 'worker replaced'), 'no worker is lost')
  })

  test('11.6 what throws at the end changes no answer', async () => {
    for (const way of ['throw', 'throw-text']) {
      const response = await rig.ask(get(`X-Fault: end:${way}`))
      assert.equal(response.status, 200)
      await alive()
    }
  })

  test('11.6 a reply with a line break in a field splits no answer', async () => {
    for (const hook of ['request', 'response']) {
      const connection = await rig.send(get(`X-Fault: ${hook}:bad-header`))
      assert.equal(connection.responses[0]?.header('x-injected'), undefined)
      assert.equal(connection.responses[0]?.status, 500, connection.describe())
      await alive()
    }
  })

  test('11.6 a hook that never answers ends at the limit of the route', async () => {
    const response = await rig.ask(get('X-Fault: request:never'), { timeout: 8000 })
    assert.ok([500, 504].includes(response.status), `status ${response.status}`)
    await alive()
  })

  test('11.6 an unhandled rejection or an exception in a timer ends no request, and the gateway goes on', async () => {
    for (const way of ['unhandled', 'uncaught']) {
      const first = await rig.send(get(`X-Fault: request:${way}`), { timeout: 8000 })
      assert.ok(first.responses[0]?.status === 200 || first.standing !== 'open', first.describe())
      // The worker may be replaced; requests after that are served by whoever is there.
      await pause(200)
      let good = 0
      for (let i = 0; i < 20; i++)
        if ((await rig.send(message(['GET /plain HTTP/1.1', 'Host: a.test']))).responses[0]?.status === 200) good++
      assert.equal(good, 20, `after ${way}`)
      await alive()
    }
  })

  test('11.18 a hook that loops for ever is ended with its worker, others serve on, and a new worker comes', async () => {
    const looping = rig.send(get('X-Fault: request:loop'), { until: 'close', timeout: 20_000 })
    await pause(100)
    let served = 0
    let failed = 0
    const until = performance.now() + 12_000
    // Connections that the kernel gave to the blocked worker wait or are reset; the others are served.
    while (performance.now() < until && served < 200) {
      const outcome = await rig.send(message(['GET /plain HTTP/1.1', 'Host: a.test']), { timeout: 300 }).then(
        (c) => c.responses[0]?.status === 200,
        () => false,
      )
      if (outcome) served++
      else failed++
    }
    assert.ok(served >= 200, `${served} served, ${failed} not`)
    const ended = await looping
    assert.notEqual(ended.standing, 'open', 'the looping request is ended')
    await eventually(() => rig.gateway.ended === undefined, 'still there')
    for (let i = 0; i < 40; i++)
      assert.equal((await rig.ask(message(['GET /plain HTTP/1.1', 'Host: a.test']))).status, 200)
    await alive()
    assert.match(JSON.stringify(rig.gateway.lines) + rig.gateway.stderr, /GW6004|GW6005/)
  })
})
