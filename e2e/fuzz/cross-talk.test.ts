import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, pause, RawConnection } from '../support/raw-connection.ts'
import { Rig } from '../support/rig.ts'
import type { TargetRequest } from '../support/target.ts'

const clients = 24
const rounds = 8
const pipelined = 5

/** A sequence of numbers that looks random and is the same each time. */
const numbers = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What the answer to a request must hold: its own path, method and body, as the target got them. */
const echo = (request: TargetRequest): string =>
  `${request.method} ${request.target} ${request.body.length} ${request.body.subarray(0, 20).toString('latin1')}`

test('hundreds of pipelined requests of many clients over a small pool, with targets that are slow, cut and close: every answer is its own', async () => {
  const random = numbers(42)
  const rig = await Rig.start((url) => ({
    services: { target: { targets: [url], pool: { max: 6, wait: '30s' }, healthCheck: { passive: 'none' } } },
  }))
  try {
    let cuts = 0
    const answer = (request: TargetRequest): void => {
      const { connection } = request
      const text = echo(request)
      const chance = random()
      if (chance < 0.04) {
        cuts++
        connection.reset()
      } else if (chance < 0.08) {
        // Half of an answer, and no more.
        cuts++
        connection.end(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text.slice(0, 5)}`)
      } else if (chance < 0.2) connection.end(`HTTP/1.1 200 OK\r\n\r\n${text}`)
      else if (chance < 0.6)
        connection.write(
          `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
        )
      else connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
    }
    rig.target.answer = (request) => {
      const wait = Math.floor(random() * 4)
      if (wait === 0) answer(request)
      else setTimeout(answer, wait, request)
    }
    const right: number[] = []
    const failed: number[] = []
    const one = async (client: number): Promise<void> => {
      const own = numbers(client + 1)
      let connection = await RawConnection.open(rig.port)
      for (let round = 0; round < rounds; round++) {
        const asked: string[] = []
        let bytes = ''
        for (let i = 0; i < pipelined; i++) {
          const path = `/${client}/${round}/${i}`
          const body = own() < 0.5 ? '' : String.fromCharCode(97 + (client % 26)).repeat(Math.floor(own() * 40_000))
          const method = body === '' ? 'GET' : 'PUT'
          asked.push(`${method} ${path} ${body.length} ${body.slice(0, 20)}`)
          bytes +=
            body === '' || own() < 0.5
              ? `${method} ${path} HTTP/1.1\r\nHost: a.test\r\n${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`
              : `${method} ${path} HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
        }
        const from = connection.responses.length
        for (let at = 0; at < bytes.length;) {
          const to = at + 1 + Math.floor(own() * 30_000)
          connection.write(bytes.slice(at, to))
          at = to
          if (own() < 0.3) await pause(1)
        }
        await connection.until(
          () => connection.reader.complete >= from + pipelined || connection.standing !== 'open',
          20_000,
          'answers',
        )
        assert.equal(
          connection.reader.violation === undefined || connection.standing !== 'open',
          true,
          connection.describe(),
        )
        for (const [index, response] of connection.responses.slice(from).entries()) {
          if (!response.complete) failed.push(0)
          else if (response.status === 200) {
            assert.equal(response.text, asked[index], `client ${client}`)
            right.push(client)
          } else {
            assert.equal(response.status, 502)
            failed.push(response.status)
          }
        }
        if (connection.standing === 'open') continue
        connection.destroy()
        connection = await RawConnection.open(rig.port)
      }
      connection.destroy()
    }
    await Promise.all(Array.from({ length: clients }, (_, client) => one(client)))
    assert.ok(
      right.length > (clients * rounds * pipelined) / 2,
      `${right.length} right, ${failed.length} failed, ${cuts} cuts`,
    )
    assert.ok(failed.length <= cuts, `${failed.length} failed, ${cuts} cuts`)
    assert.deepEqual(rig.target.violations, [])
    const { counters } = rig.gateway.recorded
    await eventually(
      () => counters.get('connections') === 0 && counters.get('requests_in_flight') === 0,
      'gauges come back to zero',
    )
    assert.equal(counters.get('tunnels') ?? 0, 0)
    assert.ok((counters.get('service_connections') ?? 0) <= 6, 'no more connections than the pool may have')
  } finally {
    await rig.close()
  }
})
