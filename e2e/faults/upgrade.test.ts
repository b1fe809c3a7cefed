import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { message } from '../support/message.ts'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { assertProblem, each, Rig } from '../support/rig.ts'
import { answerBytes, answerWith } from '../support/target.ts'
import { acceptOf, firstFrame, handshake, key, switching } from '../support/websocket.ts'

describe('upgrades and tunnels', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({
      defaults: { timeout: { total: '2s' } },
      routes: {
        all: { path: '/*', service: 'target' },
        idle: { path: '/idle', service: 'target', websocket: { idle: '400ms' } },
        aged: { path: '/aged', service: 'target', websocket: { maxAge: '500ms' } },
        off: { path: '/none', service: 'target', websocket: 'none' },
        origins: { path: '/origins', service: 'target', websocket: { origins: ['https://app.test'] } },
      },
    })
  })
  after(() => rig.close())

  /** A client whose tunnel is open, with the service's end of it. */
  const open = async (
    path = '/ws',
  ): Promise<{ client: RawConnection; service: (typeof rig.target.connections)[0] }> => {
    rig.target.calm()
    rig.target.answer = answerBytes(switching())
    const client = await RawConnection.open(rig.port)
    client.write(handshake(path))
    await client.until(() => client.responses.length === 1, 5000, '101')
    assert.equal(client.responses[0]?.status, 101)
    return { client, service: rig.target.only.connection }
  }
  const seen = (): Buffer => rig.target.only.body

  test('8.1 a handshake that is not whole is 400 or 426 and does not touch the target', async () => {
    const cases: readonly (readonly [name: string, bytes: string, status: readonly number[]])[] = [
      ['no Connection', handshake('/', { Connection: null }), [400, 426]],
      ['Connection: keep-alive', handshake('/', { Connection: 'keep-alive' }), [400, 426]],
      ['POST', handshake('/', { 'Content-Length': '0' }, 'POST / HTTP/1.1'), [400, 405, 426]],
      ['version 8', handshake('/', { 'Sec-WebSocket-Version': '8' }), [400, 426]],
      ['version 14', handshake('/', { 'Sec-WebSocket-Version': '14' }), [400, 426]],
      ['version abc', handshake('/', { 'Sec-WebSocket-Version': 'abc' }), [400, 426]],
      ['version 13, 8', handshake('/', { 'Sec-WebSocket-Version': '13, 8' }), [400, 426]],
      ['no version', handshake('/', { 'Sec-WebSocket-Version': null }), [400, 426]],
      ['no key', handshake('/', { 'Sec-WebSocket-Key': null }), [400]],
      ['empty key', handshake('/', { 'Sec-WebSocket-Key': '' }), [400]],
      ['short key', handshake('/', { 'Sec-WebSocket-Key': 'abc' }), [400]],
      ['long key', handshake('/', { 'Sec-WebSocket-Key': `${key}${key}` }), [400]],
      ['key of other bytes', handshake('/', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }), [400]],
      ['two keys', handshake('/', { 'sec-websocket-key': key }), [400]],
      ['key named in Connection', handshake('/origins', { Connection: 'Upgrade, Sec-WebSocket-Key' }), [400]],
      [
        'key and version named in Connection',
        handshake('/origins', { Connection: 'Upgrade, Sec-WebSocket-Key, Sec-WebSocket-Version' }),
        [400],
      ],
      ['HTTP/1.0', handshake('/', {}, 'GET / HTTP/1.0'), [400, 426, 505]],
      ['HEAD', handshake('/', {}, 'HEAD / HTTP/1.1'), [400, 405, 426]],
      ['websocket and h2c', handshake('/', { Upgrade: 'websocket, h2c' }), [400]],
    ]
    await each(
      cases.map(([name, bytes, status]) => ({ name, bytes, status })),
      async ({ name, bytes, status }) => {
        rig.target.calm()
        const connection = await rig.send(bytes, { methods: [name] })
        const response = connection.responses[0]
        assert.ok(response !== undefined && status.includes(response.status), connection.describe())
        if (name !== 'HEAD') assertProblem(response)
        if (response.status === 426)
          assert.equal(
            response.header('sec-websocket-version') ?? response.header('upgrade'),
            response.header('sec-websocket-version') === undefined ? 'websocket' : '13',
          )
        assert.equal(rig.target.received, 0)
        await rig.canary()
      },
    )
    rig.target.calm()
    assert.equal((await rig.ask(handshake('/none'))).status, 426)
    assert.equal(rig.target.received, 0)
    await rig.canary()
  })

  test('8.1 a whole handshake opens a tunnel, in any case of letters', async () => {
    for (const over of [
      {},
      { Connection: 'keep-alive, Upgrade' },
      { Connection: 'UPGRADE', Upgrade: 'WebSocket' },
      { 'Sec-WebSocket-Protocol': 'chat', Origin: 'https://x.test' },
    ]) {
      rig.target.calm()
      rig.target.answer = answerBytes(switching())
      const client = await RawConnection.open(rig.port)
      client.write(handshake('/ws', over))
      await client.until(() => client.responses.length === 1)
      assert.equal(client.responses[0]?.status, 101)
      assert.equal(client.responses[0]?.header('sec-websocket-accept'), acceptOf(key))
      assert.equal(client.responses[0]?.header('upgrade')?.toLowerCase(), 'websocket')
      assert.equal(rig.target.only.header('sec-websocket-key'), key)
      assert.match(rig.target.only.header('connection') ?? '', /upgrade/i)
      client.destroy()
    }
    await rig.canary()
  })

  test('8.2 an ordinary answer to an upgrade is relayed, no tunnel opens, and the service connection is closed', async () => {
    await each(
      [200, 204, 302, 400, 403, 426, 500, 503].map((status) => ({ name: String(status), status })),
      async ({ status }) => {
        rig.target.calm()
        rig.target.answer = answerWith(status, [['X-Said', 'no']], status === 204 ? '' : 'not a tunnel')
        const client = await RawConnection.open(rig.port)
        try {
          client.write(handshake('/ws'))
          const response = await client.response()
          assert.equal(response.status, status)
          assert.equal(response.header('x-said'), 'no')
          const service = rig.target.only.connection
          await rig.target.until(() => service.standing !== 'open', 'the service connection is closed')
          // What the client sends now is a request, or nothing: never bytes for the old connection.
          client.write(message(['GET /after HTTP/1.1', 'Host: a.test']))
          await client.until(() => client.standing !== 'open' || client.reader.complete === 2)
          assert.ok(!rig.target.requests[0]?.body.includes('/after'), 'passed on as tunnel bytes')
        } finally {
          client.destroy()
        }
        await rig.canary()
      },
    )
  })

  test('8.3 a wrong 101 is 502', async () => {
    const wrong = [
      switching('wrong'), switching(acceptOf('other')), switching(''), switching().replace(/Sec-WebSocket-Accept.*\r\n/, ''), switching().replace('websocket', 'h2c'), switching().replace('Upgrade: websocket\r\n', ''), switching().replace('Connection: Upgrade\r\n', ''), switching(acceptOf(key), 'Upgrade: h2c'),
      switching(acceptOf(key), `Sec-WebSocket-Accept: ${acceptOf(key)}`), 'HTTP/1.1 101 X\r\n\r\n', 'HTTP/1.0 101 X\r\n\r\n', switching(acceptOf(key), 'Content-Length: 5'), switching(acceptOf(key), 'Transfer-Encoding: chunked'),
    ] // prettier-ignore
    await each(
      wrong.map((bytes) => ({ name: JSON.stringify(bytes), bytes })),
      async ({ bytes }) => {
        rig.target.calm()
        rig.target.answer = answerBytes(bytes)
        const response = await rig.ask(handshake('/ws'))
        assert.equal(response.status, 502)
        assertProblem(response)
        const service = rig.target.only.connection
        await rig.target.until(() => service.standing !== 'open', 'destroyed')
        await rig.canary()
      },
    )
    rig.target.calm()
    rig.target.answer = answerBytes(switching())
    assert.equal((await rig.ask(message(['GET / HTTP/1.1', 'Host: a.test']))).status, 502, 'unsolicited')
    await rig.canary()
  })

  test('8.3 a sub-protocol that was not offered is 502', async () => {
    rig.target.calm()
    rig.target.answer = answerBytes(switching(acceptOf(key), 'Sec-WebSocket-Protocol: other'))
    assert.equal((await rig.ask(handshake('/ws', { 'Sec-WebSocket-Protocol': 'chat, talk' }))).status, 502)
    await rig.canary()
  })

  test('8.4 bytes sent before the 101 reach the service only after it, or the connection is closed', async () => {
    for (const size of [5, 1000, 60_000]) {
      rig.target.calm()
      let atAnswer = -1
      rig.target.answer = (request) =>
        void setTimeout(() => {
          atAnswer = request.length
          answerBytes(switching())(request)
        }, 100)
      const client = await RawConnection.open(rig.port)
      client.write(handshake('/ws') + 'f'.repeat(size))
      await client.until(() => client.responses.length === 1 || client.standing !== 'open')
      if (client.responses[0]?.status === 101) {
        assert.equal(atAnswer, 0, 'bytes before the 101')
        await rig.target.until(() => rig.target.only.length === size)
      }
      client.destroy()
      await rig.canary()
    }
    rig.target.calm()
    rig.target.answer = () => {}
    const client = await RawConnection.open(rig.port)
    client.write(handshake('/ws'))
    // More than the buffers of the kernel take by themselves.
    for (let i = 0; i < 30 && client.standing === 'open'; i++) client.write('f'.repeat(1_000_000))
    await pause(400)
    assert.ok(rig.target.only.length === 0, 'bytes before the 101')
    assert.ok(
      client.socket.writableLength > 10_000_000 || client.standing !== 'open' || client.responses.length > 0,
      '30 MB were neither held back nor refused',
    )
    client.destroy()
    await rig.canary()
  })

  test('8.7 a reader that stalls pauses its peer', async () => {
    for (const side of ['client', 'service'] as const) {
      const { client, service } = await open()
      const [reader, writer] = side === 'client' ? [client.socket, service.socket] : [service.socket, client.socket]
      reader.pause()
      const chunk = Buffer.alloc(1 << 18)
      let written = 0
      while (written < 64 << 20) {
        written += chunk.length
        if (!writer.write(chunk) && writer.writableLength > 24 << 20) break
        if (written % (1 << 20) === 0) await pause(5)
      }
      await pause(100)
      assert.ok(writer.writableLength > 8 << 20, `${side} stalls: only ${writer.writableLength} bytes are held back`)
      client.destroy()
      service.socket.destroy()
      await rig.canary()
    }
  })

  test('8.8 bytes, half-close, end and reset go through both ways', async () => {
    const { client, service } = await open()
    service.write('\x81\x02hi')
    await client.until(() => client.tunnel.length === 4)
    client.write('\x81\x82abcdxx')
    await rig.target.until(() => seen().length === 8)
    assert.equal(seen().toString('latin1'), '\x81\x82abcdxx')
    service.end('\x88\x02\x03\xe8')
    await client.closed()
    assert.equal(client.tunnel.toString('latin1').slice(4), '\x88\x02\x03\xe8', 'close frame of the service')
    client.destroy()

    const second = await open()
    second.client.write('last words').end()
    await rig.target.until(() => second.service.standing !== 'open')
    assert.equal(seen().toString(), 'last words')
    second.client.destroy()

    const third = await open()
    third.client.reset()
    await rig.target.until(() => third.service.standing !== 'open')

    const fourth = await open()
    fourth.service.reset()
    await fourth.client.closed()
    await rig.canary()
  })

  test('8.8 an answer that carries the first frames gives them to the client', async () => {
    rig.target.calm()
    rig.target.answer = answerBytes(`${switching()}\x81\x02hi`)
    const client = await RawConnection.open(rig.port)
    client.write(handshake('/ws'))
    await client.until(() => client.tunnel.length === 4)
    assert.equal(client.tunnel.toString('latin1'), '\x81\x02hi')
    client.destroy()
    await rig.canary()
  })

  test('8.8 an idle tunnel is closed with 1001, a busy one is not', async () => {
    const { client, service } = await open('/idle')
    for (let i = 0; i < 8; i++) {
      service.write('\x81\x01x')
      await pause(100)
    }
    assert.equal(client.standing, 'open')
    const before = client.tunnel.length
    await client.closed(5000)
    const frame = firstFrame(client.tunnel.subarray(before))
    assert.equal(frame?.opcode, 8)
    assert.equal(frame.payload.readUInt16BE(0), 1001)
    await rig.target.until(() => service.standing !== 'open')
    client.destroy()
    await rig.canary()
  })

  test('8.9 a tunnel is closed at its greatest age', async () => {
    const { client } = await open('/aged')
    const deadline = performance.now() + 5000
    while (client.standing === 'open' && performance.now() < deadline) await client.writeSlowly(['x'], 50)
    assert.notEqual(client.standing, 'open')
    client.destroy()
    await rig.canary()
  })

  test('8.10 a foreign Origin is refused where origins are configured', async () => {
    rig.target.calm()
    for (const [origin, status] of [
      ['https://evil.test', 403],
      [null, 403],
      ['https://app.test.evil', 403],
    ] as const)
      assert.equal((await rig.ask(handshake('/origins', { Origin: origin }))).status, status)
    assert.equal(rig.target.received, 0)
    rig.target.answer = answerBytes(switching())
    const client = await RawConnection.open(rig.port)
    client.write(handshake('/origins', { Origin: 'https://app.test' }))
    await client.until(() => client.responses.length === 1)
    assert.equal(client.responses[0]?.status, 101)
    client.destroy()
    await rig.canary()
  })

  test('8.8 tunnels leave nothing behind', async () => {
    for (let i = 0; i < 40; i++) {
      const { client, service } = await open()
      if (i % 2 === 0) client.reset()
      else service.reset()
      await eventually(() => service.standing !== 'open', 'closed')
      client.destroy()
    }
    await rig.canary()
  })
})
