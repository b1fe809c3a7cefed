import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { echo, roundTrip, SocketRig } from '../support/socket-rig.ts'

describe('upgrades that a route does not take', () => {
  let rig: SocketRig
  before(async () => {
    rig = await SocketRig.start({
      all: { path: '/*', service: 'live' },
      off: { path: '/off', service: 'live', websocket: 'none' },
      listed: {
        path: '/listed',
        service: 'live',
        websocket: { origins: ['https://app.test', 'https://*.example.com'] },
      },
      fixed: { path: '/fixed', respond: { status: 200, body: 'hello' } },
    })
  })
  after(() => rig.close())

  test('8.10 an origin that is not listed is 403, a listed one gets its tunnel', async () => {
    for (const origin of ['https://evil.test', 'http://app.test', 'https://app.test.evil.test', 'null'])
      assert.equal(await rig.refused('/listed', { origin }), 403, origin)
    assert.equal(await rig.refused('/listed'), 403, 'no origin')
    assert.equal(rig.held, 0)
    for (const origin of ['https://app.test', 'https://a.example.com']) {
      const { client, service, request } = await rig.open('/listed', [], { origin })
      assert.equal(request.headers.origin, origin)
      echo(service)
      assert.equal((await roundTrip(client, 'hi')).toString(), 'hi')
      client.terminate()
    }
  })

  test('8.1 where upgrades are switched off they are 426', async () => {
    assert.equal(await rig.refused('/off'), 426)
    assert.equal(await rig.refused('/fixed'), 426)
    assert.equal(rig.held, 0)
  })
})
