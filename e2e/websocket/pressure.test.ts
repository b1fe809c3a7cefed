import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { rawOf, roundTrip, echo, SocketRig, type Pair } from '../support/socket-rig.ts'
import { eventually, pause } from '../support/raw-connection.ts'

const frameSize = 65_000
const mib = 2 ** 20

/** Frames of one size, numbered in their first bytes; what a client sends is masked with zeros. */
const frame = (number: number, masked: boolean): Buffer => {
  const head = Buffer.of(
    0x82,
    126 | (masked ? 0x80 : 0),
    frameSize >> 8,
    frameSize & 0xff,
    ...(masked ? [0, 0, 0, 0] : []),
  )
  const body = Buffer.alloc(frameSize, number & 0xff)
  body.writeUInt32BE(number)
  return Buffer.concat([head, body])
}
/** Writes frames for as long as the socket takes them. Tells how many it has taken. */
const pump = (socket: Socket, masked: boolean, count: number): { readonly taken: () => number } => {
  let number = 0
  const fill = (): void => {
    while (number < count) if (!socket.write(frame(number++, masked))) return
  }
  socket.on('drain', fill)
  fill()
  return { taken: () => number * frameSize - socket.writableLength }
}

describe('back-pressure through a tunnel', () => {
  let rig: SocketRig
  before(async () => {
    rig = await SocketRig.start({ all: { path: '/*', service: 'live', websocket: { ping: '100ms' } } })
  })
  after(() => rig.close())

  for (const [from, to] of [
    ['client', 'service'],
    ['service', 'client'],
  ] as const) {
    test(
      `8.7 a ${to} that does not read stops its ${from}, memory stays flat, and nothing is lost when it reads on`,
      { timeout: 60_000 },
      async () => {
        const pairs: Pair[] = await Promise.all(Array.from({ length: 12 }, () => rig.open()))
        for (const pair of pairs) rawOf(pair[to]).pause()
        const offered = 1000
        const rssBefore = process.memoryUsage().rss
        const pumps = pairs.map((pair) => pump(rawOf(pair[from]), from === 'client', offered))
        const total = (): number => pumps.reduce((sum, { taken }) => sum + taken(), 0)
        // Nothing moves any more: every buffer on the way is full.
        let last = -1
        await eventually(() => total() > 0, 'a beginning')
        for (let still = 0; still < 5; still = total() === last ? still + 1 : 0) {
          last = total()
          await pause(100)
        }
        const all = pairs.length * offered * frameSize
        assert.ok(last < all / 4, `${Math.round(last / mib)} of ${Math.round(all / mib)} MiB were taken`)
        const growth = process.memoryUsage().rss - rssBefore
        assert.ok(
          growth < all / 4,
          `${Math.round(growth / mib)} MiB more memory for ${Math.round(all / mib)} MiB on offer`,
        )
        const [first] = pairs as [Pair]
        const numbers: number[] = []
        first[to].on('message', (data: Buffer) => numbers.push(data.readUInt32BE()))
        rawOf(first[to]).resume()
        await eventually(() => numbers.length === offered, 'all frames', 30_000)
        assert.deepEqual(
          numbers,
          Array.from({ length: offered }, (_, index) => index),
        )
        // What was full is an ordinary tunnel again.
        rawOf(first[from]).removeAllListeners('drain')
        echo(first.service)
        assert.equal((await roundTrip(first.client, 'and now')).toString(), 'and now')
        for (const pair of pairs) {
          pair.client.terminate()
          // A paused socket would not notice.
          rawOf(pair.service).resume()
        }
        await eventually(() => rig.held === 0, 'all are gone')
      },
    )
  }
})
