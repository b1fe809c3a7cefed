import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { rawOf, roundTrip, echo, SocketRig, type Pair } from '../support/socket-rig.ts'
import { eventually, pause } from '../support/raw-connection.ts'

const frameSize = 65_000
const mib = 2 ** 20
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const body = Buffer.alloc(frameSize - 4)
/**
 * The beginning of a frame with its number; `body` follows. What a client sends is masked with zeros. All frames
 * share one body, so that the memory that grows is not the test's own.
 */
const beginning = (number: number, masked: boolean): Buffer => {
  const head = [0x82, 126 | (masked ? 0x80 : 0), frameSize >> 8, frameSize & 0xff, ...(masked ? [0, 0, 0, 0] : [])]
  const bytes = Buffer.from([...head, 0, 0, 0, 0])
  bytes.writeUInt32BE(number, head.length)
  return bytes
}
/** Writes frames for as long as the socket takes them. Tells how many bytes it has taken. */
const pump = (socket: Socket, masked: boolean, count: number): { readonly taken: () => number } => {
  let number = 0
  const fill = (): void => {
    while (number < count) {
      socket.cork()
      socket.write(beginning(number++, masked))
      const open = socket.write(body)
      socket.uncork()
      if (!open) return
    }
  }
  socket.on('drain', fill)
  fill()
  return { taken: () => number * frameSize - socket.writableLength }
}
/** Resident memory of this process, gateway included, without what is only waiting to be collected. */
const resident = (): number => {
  collect()
  return process.memoryUsage().rss
}

describe('back-pressure through a tunnel', () => {
  let rig: SocketRig
  beforeEach(async () => {
    rig = await SocketRig.start({ all: { path: '/*', service: 'live', websocket: { ping: '100ms' } } })
  })
  afterEach(() => rig.close())

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
        const start = resident()
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
        assert.ok(last < (all * 3) / 4, `${Math.round(last / mib)} of ${Math.round(all / mib)} MiB were taken`)
        const growth = resident() - start
        // What is full are the kernel's buffers.
        assert.ok(growth < 32 * mib, `${Math.round(growth / mib)} MiB more memory for ${Math.round(last / mib)} taken`)
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
