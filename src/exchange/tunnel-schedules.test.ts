import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { frameBytes, frameLists } from '../lib/websocket-frames.fixture.ts'
import { openTunnel, readFrames } from './tunnel.fixture.ts'

type Action =
  | { readonly kind: 'client' | 'service' | 'time'; readonly amount: number }
  | {
      readonly kind:
        | 'answer'
        | 'clientEnds'
        | 'serviceEnds'
        | 'clientReset'
        | 'serviceReset'
        | 'shutdown'
        | 'clientFull'
        | 'clientDrain'
        | 'serviceFull'
        | 'serviceDrain'
    }

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('client' as const, 'service' as const),
      amount: fc.integer({ min: 1, max: 400 }),
    }),
    weight: 12,
  },
  {
    arbitrary: fc.record({ kind: fc.constant('time' as const), amount: fc.constantFrom(50, 1000, 31_000, 200_000) }),
    weight: 5,
  },
  { arbitrary: fc.record({ kind: fc.constant('answer' as const) }), weight: 4 },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'clientFull' as const,
        'clientDrain' as const,
        'serviceFull' as const,
        'serviceDrain' as const,
      ),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'clientEnds' as const,
        'serviceEnds' as const,
        'clientReset' as const,
        'serviceReset' as const,
        'shutdown' as const,
      ),
    }),
    weight: 2,
  },
)
const mask = Buffer.of(9, 9, 1, 2)

/** What came, without the gateway's own frames; these may only stand where a frame begins. */
const withoutOwn = (
  bytes: Buffer,
  isOwn: (first: number, payload: Buffer) => boolean,
  frameSize: (payload: Buffer) => number,
): Buffer => {
  const kept: Buffer[] = []
  let at = 0
  for (const { first, payload } of readFrames(bytes).frames) {
    const size = frameSize(payload)
    if (!isOwn(first, payload)) kept.push(bytes.subarray(at, at + size))
    at += size
  }
  return Buffer.concat([...kept, bytes.subarray(at)])
}
const headSize = (payload: Buffer): number => (payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)

test('however a tunnel goes, both sides get what was sent and no more, own frames stand at boundaries, and it ends once', () => {
  fc.assert(
    fc.property(frameLists(true), frameLists(false), fc.array(action, { maxLength: 60 }), (up, down, actions) => {
      const tunnel = openTunnel({ maxAge: 3_600_000 })
      const { rig, client, stream, exchange } = tunnel
      // Frames whose turn to be sent has not come; answers are put between them.
      const waiting = [...up]
      let upRest: Buffer = Buffer.alloc(0)
      let downRest: Buffer = Buffer.concat(down)
      let lastUp: Buffer = upRest
      const ownPongs = new Set<Buffer>()
      const wanted = { service: [] as Buffer[], client: Buffer.concat(down) }
      let ping: Buffer | undefined
      let [clientOver, serviceOver] = [false, false]
      const seenPings = (): void => {
        const found = readFrames(Buffer.concat(client.chunks)).frames.find(
          ({ first, payload }) => first === 0x89 && payload.length === 8 && !wanted.client.includes(payload),
        )
        ping ??= found?.payload
      }
      for (const step of actions) {
        if (rig.ended.length > 0) break
        switch (step.kind) {
          case 'client': {
            if (clientOver || client.paused) break
            for (let left = step.amount; left > 0 && (upRest.length > 0 || waiting.length > 0);) {
              if (upRest.length === 0) {
                lastUp = upRest = waiting.shift() as Buffer
                if (!ownPongs.has(upRest)) wanted.service.push(upRest)
              }
              const part = upRest.subarray(0, left)
              upRest = upRest.subarray(part.length)
              left -= part.length
              tunnel.fromClient(part)
            }
            break
          }
          case 'service':
            if (serviceOver || stream.paused || downRest.length === 0) break
            tunnel.fromService(downRest.subarray(0, step.amount))
            downRest = downRest.subarray(step.amount)
            break
          case 'time':
            rig.pass(step.amount)
            break
          case 'answer': {
            seenPings()
            if (ping === undefined) break
            const pong = frameBytes({ final: true, code: 10, payload: ping, mask })
            ownPongs.add(pong)
            waiting.unshift(pong)
            break
          }
          case 'clientEnds':
            if (!clientOver) exchange.onEnd()
            clientOver = true
            break
          case 'serviceEnds':
            if (!serviceOver) stream.sink.onEnd()
            serviceOver = true
            break
          case 'clientReset':
            clientOver = true
            exchange.onFailure('reset')
            break
          case 'serviceReset':
            serviceOver = true
            stream.fail('reset')
            break
          case 'shutdown':
            exchange.onShutdown()
            break
          case 'clientFull':
            client.takes = false
            break
          case 'serviceFull':
            stream.takes = false
            break
          case 'clientDrain':
            client.takes = true
            exchange.onDrain()
            break
          case 'serviceDrain':
            stream.takes = true
            stream.drain()
            break
        }
      }
      seenPings()
      rig.pass(3_700_000)
      assert.equal(rig.ended.length, 1)
      assert.deepEqual([rig.counters.get('tunnels'), rig.service.settled.length, rig.wheel.count], [0, 1, 0])
      assert.deepEqual([...client.breaches, ...rig.service.breaches], [])
      const clientGot = withoutOwn(
        tunnel.atClient(),
        (first, payload) =>
          (first === 0x89 && (ping === undefined ? !wanted.client.includes(payload) : payload.equals(ping))) ||
          first === 0x88,
        (payload) => headSize(payload) + payload.length,
      )
      assert.ok(clientGot.equals(wanted.client.subarray(0, clientGot.length)), 'what the client got')
      const serviceGot = withoutOwn(
        tunnel.atService(),
        (first) => first === 0x88,
        (payload) => headSize(payload) + 4 + payload.length,
      )
      // Half an answer is given when the client ends in it.
      const half =
        upRest.length > 0 && ownPongs.has(lastUp) ? lastUp.subarray(0, lastUp.length - upRest.length) : Buffer.alloc(0)
      const sent = Buffer.concat([...wanted.service, half])
      assert.ok(serviceGot.equals(sent.subarray(0, serviceGot.length)), 'what the service got')
    }),
    { numRuns: 400 },
  )
})
