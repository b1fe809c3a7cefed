import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { closeOf, echo, rawOf, released, roundTrip, SocketRig } from '../support/socket-rig.ts'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { handshake } from '../support/websocket.ts'

const routes = {
  all: { path: '/*', service: 'live', websocket: { ping: 'none' } },
  idle: { path: '/idle', service: 'live', websocket: { idle: '400ms', ping: 'none' } },
  aged: { path: '/aged', service: 'live', websocket: { maxAge: '600ms', ping: '100ms' } },
  both: { path: '/both', service: 'live', websocket: { idle: 'none', maxAge: '400ms', ping: 'none' } },
}

describe('ends of a tunnel', () => {
  let rig: SocketRig
  before(async () => {
    rig = await SocketRig.start(routes)
  })
  after(() => rig.close())

  test('8.8 where nothing flows for idle, both ends are told 1001', async () => {
    const { client, service } = await rig.open('/idle')
    const closed = Promise.all([closeOf(client), closeOf(service)])
    assert.deepEqual(
      (await closed).map(({ code }) => code),
      [1001, 1001],
    )
    await released(rig)
  })

  for (const [side, other] of [
    ['client', 'service'],
    ['service', 'client'],
  ] as const) {
    test(`8.8 bytes of the ${side} alone keep a tunnel alive`, async () => {
      const pair = await rig.open('/idle')
      let closed = false
      pair.client.on('close', () => (closed = true))
      let got = 0
      pair[other].on('message', () => got++)
      for (let i = 1; i <= 20; i++) {
        pair[side].send('x')
        await eventually(() => got === i || closed, 'message')
        assert.equal(closed, false, `after ${i} messages`)
        await pause(50)
      }
      pair.client.terminate()
    })
  }

  test('8.9 at maxAge both ends are told 1001, however busy they are', async () => {
    const { client, service } = await rig.open('/aged')
    echo(service)
    let answers = 0
    client.on('message', () => {
      answers++
      if (client.readyState === client.OPEN) client.send('again')
    })
    client.send('first')
    const closed = await Promise.all([closeOf(client), closeOf(service)])
    assert.deepEqual(
      closed.map(({ code }) => code),
      [1001, 1001],
    )
    assert.ok(answers > 10)
    await released(rig)
  })

  test('8.9 in the middle of a frame the end waits for its end, in both directions', async () => {
    const { client, service } = await rig.open('/both')
    const [fromClient, fromService]: [string[], string[]] = [[], []]
    service.on('message', (data: Buffer) => fromClient.push(data.toString()))
    client.on('message', (data: Buffer) => fromService.push(data.toString()))
    const closed = Promise.all([closeOf(client), closeOf(service)])
    rawOf(service).write(Buffer.concat([Buffer.of(0x81, 10), Buffer.from('hello')]))
    rawOf(client).write(Buffer.concat([Buffer.of(0x81, 0x8a, 0, 0, 0, 0), Buffer.from('HELLO')]))
    // Later than the age at which it ends, earlier than the moment at which a frame is no longer waited for.
    await pause(700)
    rawOf(service).write('world')
    rawOf(client).write('WORLD')
    assert.deepEqual(
      (await closed).map(({ code }) => code),
      [1001, 1001],
    )
    assert.deepEqual([fromClient, fromService], [['HELLOWORLD'], ['helloworld']])
    await released(rig)
  })

  test('8.9 a frame that never ends is cut', async () => {
    const { client, service } = await rig.open('/both')
    const closed = Promise.all([closeOf(client), closeOf(service)])
    rawOf(service).write(Buffer.concat([Buffer.of(0x81, 10), Buffer.from('hello')]))
    assert.deepEqual(
      (await closed).map(({ code }) => code),
      [1006, 1001],
    )
    await released(rig)
  })

  test('8.9 bytes that are no frames are passed on, and cut without a word of the gateway', async () => {
    const { client, service } = await rig.open('/both')
    const got: Buffer[] = []
    const raw = rawOf(client)
    client.removeAllListeners('message')
    raw.removeAllListeners('data')
    raw.on('data', (chunk: Buffer) => got.push(chunk)).resume()
    const gone = new Promise((resolve) => raw.once('close', resolve))
    rawOf(service).write('no frame at all')
    await gone
    assert.equal(Buffer.concat(got).toString(), 'no frame at all')
  })

  test('8.8 one who only stops sending is still told', async () => {
    const { client, service } = await rig.open()
    // ws ends its own side when the peer ends; here the end alone is looked at.
    const raw = rawOf(service)
    raw.removeAllListeners('end')
    let ended = false
    raw.on('end', () => (ended = true))
    const messages: string[] = []
    const rawClient = rawOf(client)
    rawClient.removeAllListeners('end')
    client.on('message', (data: Buffer) => messages.push(data.toString()))
    rawClient.end()
    await eventually(() => ended, 'half-close at the service')
    for (const text of ['one', 'two']) {
      raw.write(Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]))
      await eventually(() => messages.at(-1) === text, text)
      await pause(100)
    }
    raw.end()
    await released(rig)
  })

  test('8.8 a client that ends without a word is not kept by a service that does not notice', async () => {
    const { client, service } = await rig.open()
    const raw = rawOf(service)
    raw.removeAllListeners('end')
    const closed = closeOf(client)
    rawOf(client).end()
    // It can still be told, and is.
    assert.equal((await closed).code, 1001)
    // The service's socket has heard the end and reads no more; that its connection is gone shows when it writes.
    await eventually(() => !raw.write('x') || raw.destroyed, 'the service is let go')
    await released(rig)
  })

  test('8.8 a client is still heard after its service stopped sending', async () => {
    const accepted = rig.accepted('raw')
    const client = await RawConnection.open(rig.port)
    client.write(handshake('/', { 'X-Pair': 'raw' }))
    const { service } = await accepted
    const messages: string[] = []
    service.on('message', (data: Buffer) => messages.push(data.toString()))
    const raw = rawOf(service)
    raw.removeAllListeners('end')
    raw.end()
    assert.equal(await client.closed(), 'end')
    for (const text of ['one', 'two']) {
      client.write(Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), Buffer.from(text)]))
      await eventually(() => messages.at(-1) === text, text)
      await pause(100)
    }
    client.end()
    await eventually(() => raw.destroyed, 'both sides are over')
    client.destroy()
  })
})

describe('a gateway that shuts down', () => {
  test('8.9 says 1012 to clients and 1001 to services when the drain is over, not before', async () => {
    const rig = await SocketRig.start(routes)
    try {
      const pairs = [await rig.open(), await rig.open('/idle'), await rig.open('/aged')]
      const [first] = pairs as [(typeof pairs)[0]]
      const open = await Promise.all(Array.from({ length: 20 }, () => rig.open()))
      echo(first.service)
      const codes = Promise.all(open.map(({ client, service }) => Promise.all([closeOf(client), closeOf(service)])))
      const closed = rig.gateway.close(300)
      assert.equal((await roundTrip(first.client, 'while draining')).toString(), 'while draining')
      for (const [client, service] of await codes) assert.deepEqual([client.code, service.code], [1012, 1001])
      await closed
      assert.equal(rig.held, 0)
    } finally {
      await rig.close()
    }
  })

  test('8.9 cuts a client that is in the middle of a frame, and ends', async () => {
    const rig = await SocketRig.start(routes)
    try {
      const { client, service } = await rig.open()
      rawOf(service).write(Buffer.concat([Buffer.of(0x82, 100), Buffer.alloc(50)]))
      const before = rawOf(client).bytesRead
      await eventually(() => rawOf(client).bytesRead > before || before > 200, 'half a frame')
      const closed = closeOf(client)
      await rig.gateway.close(50)
      assert.equal((await closed).code, 1006)
    } finally {
      await rig.close()
    }
  })
})
