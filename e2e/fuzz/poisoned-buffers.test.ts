import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sharedBuffer, Wire } from '../../src/http1/wire.ts'
import { message } from '../support/message.ts'
import { pause, RawConnection } from '../support/raw-connection.ts'
import { Rig } from '../support/rig.ts'
import type { TargetRequest } from '../support/target.ts'

const poison = 0x50
// More than the buffers of the kernel take, so that writes stay pending.
const size = 12 << 20
const identities = ['a', 'b', 'c', 'd'] as const

/** The wire's fields that say which lent memory is dead once a callback has returned. */
interface Lent {
  isPaused: boolean
  /** A write of it was pending when reading went on: the wire gives it up and nobody gets it. */
  pinned: boolean | undefined
  pending: number
}
type Arrived = (this: Wire, buffer: Buffer, length: number) => boolean

/** Bytes that only one identity has, different at each place. */
const patternOf = (identity: string): Buffer => {
  const pattern = Buffer.alloc(size)
  for (let i = 0; i < size; i += 8) pattern.write(`${identity}${(i / 8).toString(36).padStart(7, '_')}`, i, 'latin1')
  return pattern
}
const patterns = new Map<string, Buffer>(identities.map((identity) => [identity, patternOf(identity)]))

describe('lent bytes', () => {
  const prototype = Wire.prototype as unknown as { arrived: Arrived }
  const original = prototype.arrived
  let poisoned = 0
  let rig: Rig
  before(async () => {
    // What was lent is overwritten as soon as its callback has returned, as the next read would do some time later.
    prototype.arrived = function (buffer, length) {
      const goesOn = original.call(this, buffer, length)
      sharedBuffer.fill(poison)
      const { isPaused, pinned, pending } = this as unknown as Lent
      if (!isPaused && pinned !== true && pending === 0) buffer.fill(poison)
      poisoned++
      return goesOn
    }
    rig = await Rig.start({ defaults: { bodyLimit: 'none' } })
    rig.target.keep = size
  })
  after(async () => {
    prototype.arrived = original
    await rig.close()
  })

  /** Answers with the caller's own bytes, in one of several rhythms. */
  const answerOwn = (request: TargetRequest): void => {
    const [, identity = '', rhythm = ''] = request.target.split('/')
    const pattern = patterns.get(identity) as Buffer
    const { connection } = request
    if (rhythm === 'length') {
      connection.write(`HTTP/1.1 200 OK\r\nX-Identity: ${identity}\r\nContent-Length: ${size}\r\n\r\n`)
      connection.write(pattern)
      return
    }
    connection.write(`HTTP/1.1 200 OK\r\nX-Identity: ${identity}\r\nTransfer-Encoding: chunked\r\n\r\n`)
    for (let from = 0, step = 1; from < size; from += step, step = ((step * 5 + 7) % 90_000) + 1) {
      const part = pattern.subarray(from, Math.min(from + step, size))
      connection.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]))
    }
    connection.write('0\r\n\r\n')
  }

  /** Reads an answer in gulps, and tells the first place where it is not the identity's own. */
  const readSlowly = async (client: RawConnection, identity: string): Promise<void> => {
    const pattern = patterns.get(identity) as Buffer
    await client.until(() => client.responses.length > 0)
    const response = client.responses[0] as NonNullable<(typeof client.responses)[0]>
    assert.equal(response.header('x-identity'), identity)
    let at = 0
    const check = (chunk: Buffer): void => {
      const end = at + chunk.length
      if (pattern.compare(chunk, 0, chunk.length, at, Math.min(end, size)) !== 0) {
        let wrong = 0
        while (chunk[wrong] === pattern[at + wrong]) wrong++
        assert.fail(
          `${identity}: foreign byte at ${at + wrong}: ${JSON.stringify(chunk.toString('latin1', wrong, wrong + 40))}`,
        )
      }
      at = end
    }
    const add = response.add.bind(response)
    const failures: unknown[] = []
    check(response.body)
    response.add = (chunk) => {
      try {
        check(chunk)
      } catch (error) {
        failures.push(error)
      }
      add(chunk)
    }
    while (!response.complete && failures.length === 0 && client.standing === 'open') {
      client.socket.pause()
      await pause(3)
      client.socket.resume()
      await pause(1)
    }
    if (failures.length > 0) throw failures[0]
    assert.equal(at, size, client.describe())
  }

  test('no byte of another client or of a dead buffer is ever sent to slow readers of four identities', async () => {
    for (const rhythm of ['length', 'chunked']) {
      rig.target.calm()
      rig.target.answer = answerOwn
      poisoned = 0
      await Promise.all(
        [...identities, ...identities].map(async (identity) => {
          const client = await RawConnection.open(rig.port)
          client.write(message([`GET /${identity}/${rhythm} HTTP/1.1`, `Host: ${identity}.test`]))
          await readSlowly(client, identity)
          client.destroy()
        }),
      )
      assert.ok(poisoned > 100, `${poisoned} callbacks`)
    }
    await rig.canary()
  })

  test('no byte of another client or of a dead buffer reaches a slow service in an upload', async () => {
    for (const framing of ['length', 'chunked']) {
      rig.target.calm()
      rig.target.onHead = ({ connection }) => {
        connection.socket.pause()
        const timer = setInterval(() => {
          if (connection.socket.destroyed) return clearInterval(timer)
          connection.socket.resume()
          setTimeout(() => connection.socket.pause(), 1)
        }, 60)
        timer.unref()
        connection.socket.on('close', () => clearInterval(timer))
      }
      await Promise.all(
        identities.map(async (identity) => {
          const pattern = patterns.get(identity) as Buffer
          const client = await RawConnection.open(rig.port)
          client.write(
            message([
              `POST /${identity} HTTP/1.1`,
              `Host: ${identity}.test`,
              framing === 'length' ? `Content-Length: ${size}` : 'Transfer-Encoding: chunked',
            ]),
          )
          for (let from = 0, step = 1; from < size; from += step, step = ((step * 3 + 11) % 70_000) + 1) {
            const part = pattern.subarray(from, Math.min(from + step, size))
            client.write(
              framing === 'length'
                ? part
                : Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
            )
            if (from % 5 === 0) await new Promise(setImmediate)
          }
          if (framing === 'chunked') client.write('0\r\n\r\n')
          await client.response(0, 20_000)
          client.destroy()
        }),
      )
      for (const request of rig.target.requests) {
        const pattern = patterns.get(request.target.slice(1)) as Buffer
        assert.equal(request.length, size)
        assert.ok(request.body.equals(pattern), `${request.target}: foreign bytes`)
      }
      assert.equal(rig.target.requests.length, identities.length)
      rig.target.dropConnections()
    }
    await rig.canary()
  })

  test('small messages of two identities on kept connections never mix', async () => {
    rig.target.calm()
    rig.target.answer = (request) => {
      const text = `${request.header('cookie')}|${request.body.toString('latin1')}`
      request.connection.write(
        `HTTP/1.1 200 OK\r\nX-Cookie: ${request.header('cookie')}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      )
    }
    await Promise.all(
      ['ada', 'bob', 'cyd', 'dan'].map(async (who, n) => {
        const client = await RawConnection.open(rig.port)
        for (let i = 0; i < 150; i++) {
          const body = `${who}-${i}-`.repeat(1 + ((i * 37 + n) % 200))
          client.write(
            message(
              [`POST /${who} HTTP/1.1`, 'Host: a.test', `Cookie: ${who}=${i}`, `Content-Length: ${body.length}`],
              body,
            ),
          )
          const response = await client.response(i)
          assert.equal(response.header('x-cookie'), `${who}=${i}`)
          assert.equal(response.text, `${who}=${i}|${body}`)
        }
        client.destroy()
      }),
    )
    await rig.canary()
  })
})
