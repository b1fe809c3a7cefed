import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { closeOf, echo, roundTrip, SocketRig } from '../support/socket-rig.ts'
import { eventually, pause } from '../support/raw-connection.ts'

const untouched = { path: '/untouched', service: 'live' }
const before = {
  untouched,
  changed: { path: '/changed', service: 'live' },
  removed: { path: '/removed', service: 'live' },
}
const later = { untouched, changed: { path: '/changed', service: 'live', websocket: { idle: '200ms', ping: 'none' } } }

describe('a reload', () => {
  test('8.9 keeps tunnels of untouched, changed and removed routes, each under the routes it was opened with', async () => {
    const rig = await SocketRig.start(before)
    try {
      const pairs = [await rig.open('/untouched'), await rig.open('/changed'), await rig.open('/removed')]
      for (const { client, service } of pairs) {
        echo(service)
        client.on('close', (code: number) => assert.fail(`closed with ${code}`))
      }
      await rig.reload(later)
      await Promise.all(
        [...pairs].map(async ({ client }, index) =>
          assert.equal((await roundTrip(client, `${index}`)).toString(), `${index}`),
        ),
      )
      // A new tunnel of the changed route lives by its new limits; the old one has been silent for as long and longer.
      const fresh = await rig.open('/changed')
      assert.equal((await closeOf(fresh.client)).code, 1001)
      await pause(100)
      for (const { client } of pairs) assert.equal((await roundTrip(client, 'alive')).toString(), 'alive')
      assert.equal(await rig.refused('/removed'), 404)
      for (const { client } of pairs) client.removeAllListeners('close')
    } finally {
      await rig.close()
    }
  })

  test('8.9 happening again and again under traffic loses no message and closes nothing', async () => {
    const rig = await SocketRig.start(before)
    try {
      const pairs = await Promise.all(
        Array.from({ length: 8 }, (_, i) => rig.open(i % 2 === 0 ? '/untouched' : '/changed')),
      )
      const traffic = { flows: true }
      const counts = pairs.map(async ({ client, service }) => {
        echo(service)
        let count = 0
        while (traffic.flows) {
          assert.equal((await roundTrip(client, `${count}`)).toString(), `${count}`)
          count++
        }
        return count
      })
      for (let i = 0; i < 12; i++) await rig.reload(i % 2 === 0 ? later : before)
      traffic.flows = false
      for (const count of await Promise.all(counts)) assert.ok(count > 0)
    } finally {
      await rig.close()
    }
  })

  test('8.9 that takes the listener away leaves its tunnels open, and the end of the gateway is told to them too', async () => {
    const rig = await SocketRig.start(before)
    try {
      const { client, service } = await rig.open('/untouched')
      echo(service)
      await rig.reload(before, 'other')
      assert.equal((await roundTrip(client, 'alive')).toString(), 'alive')
      const closed = Promise.all([closeOf(client), closeOf(service)])
      const ended = rig.gateway.close(200)
      assert.equal((await roundTrip(client, 'while draining')).toString(), 'while draining')
      assert.deepEqual(
        (await closed).map(({ code }) => code),
        [1012, 1001],
      )
      await ended
    } finally {
      await rig.close()
    }
  })

  test('the access log has one line for a tunnel, when it ends', async () => {
    const rig = await SocketRig.start(before)
    try {
      const { client, service } = await rig.open('/changed')
      echo(service)
      await rig.reload(later)
      await roundTrip(client, 'x'.repeat(1000))
      assert.deepEqual(
        rig.lines.filter(({ status }) => status === 101),
        [],
      )
      client.close(1000)
      await eventually(() => rig.lines.some(({ status }) => status === 101), 'the line')
      const [line] = rig.lines.filter(({ status }) => status === 101)
      assert.equal(line?.['route'], 'changed')
      assert.equal(line['code'], undefined)
    } finally {
      await rig.close()
    }
  })
})
