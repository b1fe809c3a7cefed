import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { closeOf, echo, rawOf, released, roundTrip, SocketRig } from '../support/socket-rig.ts'
import { eventually, pause } from '../support/raw-connection.ts'

describe('control frames', () => {
  let rig: SocketRig
  before(async () => {
    rig = await SocketRig.start({
      all: { path: '/*', service: 'live', websocket: { ping: 'none' } },
      pinged: { path: '/pinged', service: 'live', websocket: { ping: '100ms', idle: '1s' } },
    })
  })
  after(() => rig.close())

  test('8.8 pings and pongs go through with their payloads, both ways', async () => {
    const { client, service } = await rig.open()
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      for (const payload of ['', 'x', 'y'.repeat(125)]) {
        const seen = Promise.all([once(to, 'ping'), once(from, 'pong')])
        from.ping(payload)
        const [[ping], [pong]] = (await seen) as [[Buffer], [Buffer]]
        assert.equal(ping.toString(), payload)
        assert.equal(pong.toString(), payload)
      }
    }
    client.terminate()
  })

  test('8.8 close codes and reasons go through, both ways', async () => {
    for (const [code, reason] of [
      [1000, ''],
      [1000, 'bye'],
      [1008, 'no'],
      [1011, 'broken'],
      [3000, 'ä'],
      [4999, 'r'.repeat(123)],
    ] as const) {
      for (const side of ['client', 'service'] as const) {
        const pair = await rig.open()
        const closed = Promise.all([closeOf(pair.client), closeOf(pair.service)])
        pair[side].close(code, reason)
        assert.deepEqual(
          await closed,
          [
            { code, reason },
            { code, reason },
          ],
          `${side} closes with ${code}`,
        )
      }
    }
    const pair = await rig.open()
    const closed = closeOf(pair.service)
    pair.client.close()
    assert.equal((await closed).code, 1005, 'without a code')
  })

  test('8.8 whoever vanishes without a word is seen to have been cut, never to have closed', async () => {
    const cuts = [
      (socket: ReturnType<typeof rawOf>) => socket.resetAndDestroy(),
      (socket: ReturnType<typeof rawOf>) => socket.destroy(),
    ]
    for (const cut of cuts) {
      for (const [from, to] of [
        ['client', 'service'],
        ['service', 'client'],
      ] as const) {
        const pair = await rig.open()
        const closed = closeOf(pair[to])
        cut(rawOf(pair[from]))
        assert.equal((await closed).code, 1006)
      }
    }
    await released(rig)
  })

  test('8.8 a service that vanishes in the middle of a message cuts its client', async () => {
    const { client, service } = await rig.open()
    const messages: Buffer[] = []
    client.on('message', (data: Buffer) => messages.push(data))
    rawOf(service).write(Buffer.concat([Buffer.of(0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0), Buffer.alloc(30_000)]))
    const closed = closeOf(client)
    await eventually(() => rawOf(client).bytesRead > 30_000, 'half of it came')
    rawOf(service).resetAndDestroy()
    assert.equal((await closed).code, 1006)
    assert.deepEqual(messages, [])
  })

  test('the gateway pings a quiet client, and the service sees nothing of it', async () => {
    const { client, service } = await rig.open('/pinged')
    let atService = 0
    service.on('pong', () => atService++).on('ping', () => atService++)
    const before = rawOf(service).bytesRead
    const pings: Buffer[] = []
    client.on('ping', (payload: Buffer) => pings.push(payload))
    await eventually(() => pings.length >= 5, 'five pings')
    assert.ok(pings.every((payload) => payload.length === 8 && payload.equals(pings[0] as Buffer)))
    echo(service)
    assert.equal((await roundTrip(client, 'still here')).toString(), 'still here')
    assert.equal(atService, 0)
    // The message with its header and mask, and not a byte more.
    assert.equal(rawOf(service).bytesRead - before, 2 + 4 + 'still here'.length)
    client.terminate()
  })

  test('a client that answers is not idle, one that does not is closed with 1001', async () => {
    const { client } = await rig.open('/pinged')
    const silent = await rig.open('/pinged', [], { autoPong: false })
    const closed = closeOf(silent.client)
    const serviceClosed = closeOf(silent.service)
    assert.equal((await closed).code, 1001)
    assert.equal((await serviceClosed).code, 1001)
    // Had its pongs not counted, the other would have gone before, as it was opened first.
    await pause(300)
    assert.equal(client.readyState, client.OPEN)
    client.terminate()
  })

  test('pings of the service are answered by the client itself also while the gateway pings', async () => {
    const { client, service } = await rig.open('/pinged')
    let pings = 0
    client.on('ping', () => pings++)
    const answers: string[] = []
    service.on('pong', (payload: Buffer) => answers.push(payload.toString()))
    await eventually(() => pings >= 1, 'a ping of the gateway')
    for (let i = 0; i < 5; i++) {
      // The same size as the gateway's own, so that only the payload tells them apart.
      service.ping(`service${i}`)
      await eventually(() => answers.length === i + 1, `pong ${i}`)
      await pause(60)
    }
    assert.deepEqual(
      answers,
      [0, 1, 2, 3, 4].map((i) => `service${i}`),
    )
    client.terminate()
  })

  test('a ping waits for the end of the frame that is on its way', async () => {
    const { client, service } = await rig.open('/pinged')
    const messages: string[] = []
    let pings = 0
    client.on('message', (data: Buffer) => messages.push(data.toString())).on('ping', () => pings++)
    const raw = rawOf(service)
    const before = rawOf(client).bytesRead
    raw.write(Buffer.concat([Buffer.of(0x81, 126, 8, 0), Buffer.alloc(1024, 'a')]))
    await eventually(() => rawOf(client).bytesRead >= before + 1024, 'half of the frame')
    const earlier = pings
    await pause(350)
    assert.equal(pings, earlier)
    raw.write(Buffer.concat([Buffer.alloc(1024, 'b'), Buffer.of(0x81, 4), Buffer.from('next')]))
    await eventually(() => pings > earlier && messages.length === 2, 'ping and messages')
    assert.deepEqual(messages, ['a'.repeat(1024) + 'b'.repeat(1024), 'next'])
    client.terminate()
  })
})
