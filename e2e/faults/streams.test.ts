import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { get, message, post } from '../support/message.ts'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { Rig } from '../support/rig.ts'

const eventHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
const events = message([
  'GET /events HTTP/1.1',
  'Host: a.test',
  'Accept: text/event-stream',
  'Accept-Encoding: gzip, br, zstd',
  'Last-Event-ID: 41',
])
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

describe('streams', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({
      routes: { all: { path: '/*', service: 'target', compress: true } },
      defaults: { bodyLimit: 'none', timeout: { total: '2s' } },
    })
  })
  after(() => rig.close())

  test('8.11 events arrive one by one, neither held back nor compressed, at little more than the direct delay', async () => {
    const delays = async (port: number): Promise<number[]> => {
      rig.target.calm()
      const sentAt: number[] = []
      rig.target.answer = ({ connection }) =>
        void (async () => {
          connection.write(eventHead)
          for (let i = 0; i < 25; i++) {
            await pause(8)
            sentAt.push(performance.now())
            connection.write(chunk(`id: ${i}\ndata: x\n\n`))
          }
          connection.write('0\r\n\r\n')
        })()
      const client = await RawConnection.open(port)
      client.write(events)
      const response = await client.response()
      assert.equal(response.header('content-encoding'), undefined)
      assert.equal(rig.target.only.header('last-event-id'), '41')
      assert.ok(response.pieces.length >= 20, `${response.pieces.length} pieces`)
      client.destroy()
      return sentAt.map((sent, i) => (response.pieces[i] ?? Infinity) - sent)
    }
    const direct = median(await delays(rig.target.port))
    const through = median(await delays(rig.port))
    assert.ok(through - direct < 50, `${through} ms through the gateway, ${direct} ms directly`)
    await rig.canary()
  })

  test('8.11 the head of an event stream arrives before its first event', async () => {
    rig.target.calm()
    rig.target.answer = ({ connection }) => void connection.write(eventHead)
    const client = await RawConnection.open(rig.port)
    client.write(events)
    await client.until(() => client.responses.length === 1, 2000, 'head')
    // The head was in time; the stream itself outlives the limit for the whole of an ordinary answer.
    await pause(2500)
    assert.equal(client.standing, 'open')
    rig.target.only.connection.write(chunk('data: 1\n\n'))
    await client.until(() => (client.responses[0]?.length ?? 0) > 0)
    client.reset()
    await rig.canary()
  })

  test('8.11 a client that leaves ends the attempt, a service that dies cuts the stream', async () => {
    rig.target.calm()
    rig.target.answer = ({ connection }) => void connection.write(eventHead + chunk('data: 1\n\n'))
    for (const leave of ['reset', 'destroy'] as const) {
      rig.target.clear()
      const client = await RawConnection.open(rig.port)
      client.write(events)
      await client.until(() => (client.responses[0]?.length ?? 0) > 0)
      const service = rig.target.only.connection
      client[leave]()
      await rig.target.until(() => service.standing !== 'open', 'the attempt is cancelled', 1500)
    }
    rig.target.clear()
    const client = await RawConnection.open(rig.port)
    client.write(events)
    await client.until(() => (client.responses[0]?.length ?? 0) > 0)
    rig.target.only.connection.reset()
    await client.closed()
    assert.equal(client.responses[0]?.complete, false)
    await rig.canary()
  })

  test('8.12 slow readers of a large answer hold back the service, and memory stays flat', async () => {
    rig.target.calm()
    const piece = Buffer.alloc(1 << 16, 'x')
    let written = 0
    rig.target.answer = ({ connection }) => {
      connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${10 * 2 ** 30}\r\n\r\n`)
      const fill = (): void => {
        while (!connection.socket.destroyed && connection.socket.writableLength < 1 << 17) {
          connection.write(piece)
          written += piece.length
        }
      }
      connection.socket.on('drain', fill)
      fill()
    }
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawConnection.open(rig.port)))
    for (const client of clients) {
      client.write(get())
      client.socket.pause()
    }
    await eventually(() => rig.target.requests.length === clients.length, 'all asked')
    // Once all buffers on the way are full nothing more is taken.
    let settled = -1
    for (let i = 0; i < 20 && written - settled >= 1 << 18; i++) {
      settled = written
      await pause(400)
    }
    assert.ok(written - settled < 1 << 18, `the service is held back: ${written}`)
    // 256 KiB of gateway memory for each, and what the kernel's socket buffers take (up to 6 MiB a pair by default).
    assert.ok(settled < clients.length * 16 * 2 ** 20, `${settled} bytes were taken from the service`)
    // A reader that reads on gets on.
    const first = clients[0] as RawConnection
    first.socket.resume()
    const before = first.received
    await first.until(() => first.received > before + 32 * 2 ** 20, 10_000, 'more bytes')
    for (const client of clients) client.reset()
    await rig.target.until(
      (target) => target.requests.every((request) => request.connection.standing !== 'open'),
      'all attempts are cancelled',
    )
    await rig.canary()
  })

  test('8.13 a slow service holds back a large upload', async () => {
    rig.target.calm()
    rig.target.onHead = ({ connection }) => void connection.socket.pause()
    const clients = await Promise.all(Array.from({ length: 10 }, () => RawConnection.open(rig.port)))
    const piece = Buffer.alloc(1 << 18)
    let taken = 0
    for (const client of clients) {
      client.write(post([`Content-Length: ${10 * 2 ** 30}`]))
      for (let i = 0; i < 96; i++) client.write(piece)
    }
    await pause(700)
    for (const client of clients) taken += 24 * 2 ** 20 - client.socket.writableLength
    assert.ok(taken < clients.length * 16 * 2 ** 20, `${taken} bytes were taken from the clients`)
    rig.target.requests[0]?.connection.socket.resume()
    await rig.target.until((target) => (target.requests[0]?.length ?? 0) > 20 * 2 ** 20, 'it goes on', 10_000)
    for (const client of clients) client.reset()
    for (const connection of rig.target.connections) connection.socket.resume()
    await rig.target.until(
      (target) => target.requests.every((request) => request.connection.standing !== 'open'),
      'all attempts are cancelled',
    )
    await rig.canary()
  })

  test('8.12 a large answer and a large upload arrive byte for byte', async () => {
    const body = Buffer.alloc(24 << 20)
    for (let i = 0; i < body.length; i += 4) body.writeUInt32LE(i, i)
    for (const framing of ['length', 'chunked'] as const) {
      rig.target.calm()
      let at = 0
      let equal = true
      const check = (chunk: Buffer): void => {
        equal &&= body.compare(chunk, 0, chunk.length, at, at + chunk.length) === 0
        at += chunk.length
      }
      rig.target.answer = ({ connection }) => {
        if (framing === 'length') {
          connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
          connection.write(body)
          return
        }
        connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        for (let from = 0, size = 1; from < body.length; from += size, size = ((size * 7 + 13) % 300_000) + 1) {
          const part = body.subarray(from, from + size)
          connection.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]))
        }
        connection.write('0\r\n\r\n')
      }
      const client = await RawConnection.open(rig.port)
      client.write(get())
      await client.until(() => client.responses.length === 1)
      const response = client.responses[0] as NonNullable<(typeof client.responses)[0]>
      const add = response.add.bind(response)
      check(response.body)
      response.add = (chunk) => {
        check(chunk)
        add(chunk)
      }
      await client.response(0, 20_000)
      client.destroy()
      assert.ok(equal && at === body.length, `${framing}: ${at} bytes, equal: ${equal}`)
    }
    await rig.canary()
  })
})
