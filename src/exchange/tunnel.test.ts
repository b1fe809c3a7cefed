import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frameBytes } from '../lib/websocket-frames.fixture.ts'
import { openTunnel, readFrames } from './tunnel.fixture.ts'

const mask = Buffer.of(5, 6, 7, 8)
const fromClient = (text: string): Buffer => frameBytes({ final: true, code: 1, payload: Buffer.from(text), mask })
const fromService = (text: string): Buffer => frameBytes({ final: true, code: 1, payload: Buffer.from(text) })
const pongTo = (ping: Buffer): Buffer => frameBytes({ final: true, code: 10, payload: ping.subarray(2), mask })
const codes = (bytes: Buffer): number[] =>
  readFrames(bytes)
    .frames.filter(({ first }) => first === 0x88)
    .map(({ payload }) => payload.readUInt16BE())
const minute = 60_000

test('a client that says nothing is pinged every 30 s, with the same eight bytes', () => {
  const { rig, atClient, atService } = openTunnel()
  rig.pass(29_000)
  assert.equal(atClient().length, 0)
  rig.pass(2_000)
  const ping = atClient()
  assert.deepEqual([ping[0], ping[1], ping.length], [0x89, 8, 10])
  rig.pass(30_000)
  assert.deepEqual(atClient(), ping)
  assert.equal(atService().length, 0)
})

test('a client that speaks is not pinged; one that only listens is', () => {
  const talking = openTunnel()
  for (let i = 0; i < 12; i++) {
    talking.rig.pass(20_000)
    talking.fromClient(fromClient('x'))
  }
  assert.equal(talking.atClient().length, 0)
  const listening = openTunnel()
  for (let i = 0; i < 12; i++) {
    listening.rig.pass(20_000)
    listening.fromService(fromService('x'))
  }
  const { frames } = readFrames(listening.atClient())
  assert.equal(frames.filter(({ first }) => first === 0x89).length, 8)
  assert.equal(frames.filter(({ first }) => first === 0x81).length, 12)
})

test('pongs are life, are not passed on, and do not hide what stands beside them', () => {
  const { rig, fromClient: send, atClient, atService, client } = openTunnel()
  for (let i = 0; i < 30; i++) {
    rig.pass(31_000)
    const ping = atClient()
    assert.equal(ping.length, 10, `ping ${i}`)
    const around = Buffer.concat([fromClient('before'), pongTo(ping), fromClient('after')])
    send(i % 2 === 0 ? around : pongTo(ping))
    assert.ok(
      atService().equals(i % 2 === 0 ? Buffer.concat([fromClient('before'), fromClient('after')]) : Buffer.alloc(0)),
    )
  }
  assert.equal(client.state, 'head')
})

test('8.8 without a pong and without a byte both ends are told 1001 after five minutes', () => {
  const { rig, atClient, atService, stream, halfCloses, client } = openTunnel()
  rig.pass(5 * minute - 500)
  assert.deepEqual(codes(atClient()), [])
  rig.pass(1000)
  assert.deepEqual(codes(atClient()), [1001])
  const close = atService()
  assert.deepEqual(codes(close), [1001])
  assert.equal((close[1] as number) & 0x80, 0x80, 'masked')
  assert.deepEqual([halfCloses(), stream.ends, stream.aborted, rig.ended.length], [1, 1, false, 0])
  stream.finish()
  assert.deepEqual([client.state, stream.aborted, rig.ended.length, rig.service.settled], ['ended', false, 1, ['ok']])
  assert.deepEqual([rig.ended[0]?.facts.aborted, rig.ended[0]?.exchange.code], [false, undefined])
})

test('a service that does not answer the close is cut a second later', () => {
  const { rig, stream, client } = openTunnel({ ping: 0 })
  rig.pass(5 * minute + 100)
  assert.equal(stream.aborted, false)
  rig.pass(1200)
  assert.deepEqual([stream.aborted, client.state, rig.ended.length], [true, 'ended', 1])
})

test('8.9 a tunnel of 24 hours is closed with 1001 although it is busy', () => {
  const { rig, fromService: send, atClient, stream } = openTunnel()
  for (let i = 0; i < 24 * 60 - 1; i++) {
    rig.pass(minute)
    send(fromService('tick'))
  }
  assert.deepEqual(codes(atClient()), [])
  rig.pass(minute + 100)
  assert.deepEqual(codes(atClient()), [1001])
  stream.finish()
  assert.equal(rig.counters.get('tunnels'), 0)
})

test('0 is no limit: without ping, idle and maxAge nothing ever happens', () => {
  const { rig, atClient, atService, client } = openTunnel({ ping: 0, idle: 0, maxAge: 0 })
  for (let day = 0; day < 3; day++) {
    rig.now += 86_400_000
    rig.wheel.advance(rig.now)
  }
  assert.deepEqual([atClient().length, atService().length, client.state], [0, 0, 'head'])
})

test('8.9 at shutdown the client is told 1012 and the service 1001, behind the frames that are on their way', () => {
  const { exchange, fromClient: up, fromService: down, atClient, atService, stream } = openTunnel()
  const [long, text] = [fromService('long '.repeat(50)), fromClient('text')]
  down(long.subarray(0, 100))
  up(text.subarray(0, 3))
  exchange.onShutdown()
  exchange.onShutdown()
  assert.deepEqual(
    [atClient(), atService()].map((bytes) => bytes.length),
    [100, 3],
  )
  down(Buffer.concat([long.subarray(100), fromService('too late')]))
  up(Buffer.concat([text.subarray(3), fromClient('too late')]))
  const [atEnd, sent] = [atClient(), atService()]
  assert.ok(atEnd.subarray(0, -4).equals(long.subarray(100)) && atEnd.subarray(-4).equals(Buffer.of(0x88, 2, 3, 0xf4)))
  assert.ok(sent.subarray(0, -8).equals(text.subarray(3)))
  assert.deepEqual(codes(sent.subarray(-8)), [1001])
  stream.finish()
})

test('behind a Close frame of its own nobody is told again', () => {
  const { exchange, fromClient: up, fromService: down, atClient, atService, stream, client } = openTunnel()
  up(frameBytes({ final: true, code: 8, payload: Buffer.of(3, 232), mask }))
  down(frameBytes({ final: true, code: 8, payload: Buffer.of(3, 232) }))
  exchange.onShutdown()
  assert.deepEqual([codes(atClient()), codes(atService())], [[1000], [1000]])
  stream.finish()
  assert.equal(client.state, 'ended')
})

test('what is no WebSocket is never pinged nor told anything', () => {
  for (const side of ['fromClient', 'fromService'] as const) {
    const tunnel = openTunnel()
    tunnel[side](Buffer.from('SSH-2.0-x'))
    tunnel.rig.pass(4 * minute)
    tunnel.exchange.onShutdown()
    const [here, there] = [tunnel.atClient().toString(), tunnel.atService().toString()]
    assert.deepEqual([here, there], side === 'fromClient' ? ['', 'SSH-2.0-x'] : ['SSH-2.0-x', ''])
    assert.deepEqual([tunnel.client.state, tunnel.stream.aborted], ['aborted', true])
  }
})

test('a client that takes nothing, or is not read, is not pinged until it is', () => {
  const full = openTunnel({ idle: 0 })
  full.client.takes = false
  full.fromService(fromService('x'))
  assert.equal(full.stream.paused, true)
  full.atClient()
  full.rig.pass(10 * minute)
  assert.equal(full.atClient().length, 0)
  full.client.takes = true
  full.exchange.onDrain()
  assert.equal(full.stream.paused, false)
  full.rig.pass(minute)
  assert.ok(full.atClient().length > 0)

  const unread = openTunnel({ idle: 0 })
  unread.stream.takes = false
  unread.fromClient(fromClient('x'))
  assert.equal(unread.client.paused, true)
  unread.rig.pass(10 * minute)
  assert.equal(unread.atClient().length, 0)
  unread.stream.takes = true
  unread.stream.drain()
  assert.equal(unread.client.paused, false)
  unread.rig.pass(minute)
  assert.ok(unread.atClient().length > 0)
})

test('a beginning that could be a pong is given to the service when the client ends', () => {
  const { rig, fromClient: up, exchange, atClient, atService, stream } = openTunnel()
  rig.pass(31_000)
  const pong = pongTo(atClient())
  up(pong.subarray(0, 9))
  assert.equal(atService().length, 0)
  exchange.onEnd()
  assert.ok(atService().equals(pong.subarray(0, 9)))
  assert.equal(stream.ends, 1)
})

test('8.8 each direction ends by itself, and the tunnel with the second', () => {
  for (const first of ['client', 'service'] as const) {
    const {
      rig,
      exchange,
      stream,
      client,
      halfCloses,
      fromClient: up,
      fromService: down,
      atClient,
      atService,
    } = openTunnel()
    const end = { client: () => exchange.onEnd(), service: () => stream.sink.onEnd() }
    end[first]()
    assert.deepEqual([stream.ends, halfCloses(), rig.ended.length], first === 'client' ? [1, 0, 0] : [0, 1, 0])
    if (first === 'client') down(fromService('still'))
    else up(fromClient('still'))
    assert.ok(first === 'client' ? atClient().equals(fromService('still')) : atService().equals(fromClient('still')))
    end[first === 'client' ? 'service' : 'client']()
    assert.deepEqual(
      [client.state, stream.ends, stream.aborted, rig.ended.length, rig.ended[0]?.facts.aborted],
      ['ended', 1, false, 1, false],
    )
    assert.deepEqual([rig.service.settled, rig.counters.get('tunnels'), rig.wheel.count], [['ok'], 0, 0])
  }
})

test('8.8 a side that does not follow when the other has ended is waited for while it speaks, then for 5 s', () => {
  for (const first of ['client', 'service'] as const)
    for (const idle of [300_000, 0]) {
      const {
        rig,
        exchange,
        stream,
        client,
        fromClient: up,
        fromService: down,
        atClient,
      } = openTunnel({ idle, ping: 0 })
      if (first === 'client') exchange.onEnd()
      else stream.sink.onEnd()
      for (let i = 0; i < 10; i++) {
        rig.pass(4_000)
        if (first === 'client') down(fromService('still'))
        else up(fromClient('still'))
      }
      assert.deepEqual([rig.ended.length, codes(atClient())], [0, []])
      rig.pass(6_500)
      // Who can still be told is told; who cannot sees a cut.
      assert.deepEqual(
        [codes(atClient()), client.state, stream.aborted, rig.ended.length],
        first === 'client' ? [[1001], 'ended', true, 1] : [[], 'aborted', false, 1],
        `${first}, idle ${idle}`,
      )
      assert.deepEqual([rig.counters.get('tunnels'), rig.wheel.count], [0, 0])
    }
})

test('8.8 a reset reaches the other side as a cut, but behind a Close frame as an end', () => {
  const close = (masked: boolean): Buffer =>
    frameBytes({ final: true, code: 8, payload: Buffer.of(3, 232), ...(masked ? { mask } : {}) })
  const cutByClient = openTunnel()
  cutByClient.exchange.onFailure('reset')
  assert.deepEqual([cutByClient.stream.aborted, cutByClient.rig.ended[0]?.exchange.code], [true, 'GW4991'])
  const cutByService = openTunnel()
  cutByService.stream.fail('reset')
  assert.deepEqual([cutByService.client.state, cutByService.rig.ended[0]?.exchange.code], ['aborted', 'GW5022'])

  const client = openTunnel()
  client.fromClient(close(true))
  client.exchange.onFailure('reset')
  assert.deepEqual([client.stream.ends, client.stream.aborted], [1, false])
  client.stream.finish()
  assert.deepEqual([client.rig.ended.length, client.rig.ended[0]?.exchange.code], [1, undefined])
  const service = openTunnel()
  service.fromService(close(false))
  service.stream.fail('reset')
  assert.deepEqual(
    [service.client.state, service.rig.ended.length, service.rig.ended[0]?.exchange.code],
    ['ended', 1, undefined],
  )
})
