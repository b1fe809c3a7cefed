import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import { get, message, post } from '../support/message.ts'
import { pause, RawConnection } from '../support/raw-connection.ts'
import { assertProblem, Rig } from '../support/rig.ts'
import type { GatewayProcess } from '../support/gateway.ts'
import { RecordingTarget } from '../support/target.ts'

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))

/** A TLS server that hands over what it reads. */
class Reader {
  onChunk: (chunk: Buffer, socket: tls.TLSSocket) => void = () => undefined
  private readonly sockets = new Set<tls.TLSSocket>()
  private readonly server: tls.Server

  private constructor(key: Buffer, cert: Buffer) {
    this.server = tls.createServer({ key, cert }, (socket) => {
      this.sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('data', (chunk: Buffer) => this.onChunk(chunk, socket))
    })
  }
  static async start(name: string): Promise<Reader> {
    const reader = new Reader(await readFile(file(`${name}.key`)), await readFile(file(`${name}.pem`)))
    await new Promise<void>((resolve) => reader.server.listen(0, '127.0.0.1', resolve))
    return reader
  }
  get port(): number {
    return (this.server.address() as net.AddressInfo).port
  }
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
  }
}

/** A TLS end in front of a plain server. */
interface Front {
  readonly port: number
  close(): Promise<void>
}
const startFront = async (name: string, plain: number, options: tls.TlsOptions = {}): Promise<Front> => {
  const server = tls.createServer(
    { key: await readFile(file(`${name}.key`)), cert: await readFile(file(`${name}.pem`)), ...options },
    (socket) => {
      const inner = net.connect(plain, '127.0.0.1')
      socket.on('error', () => inner.destroy())
      inner.on('error', () => socket.destroy())
      socket.pipe(inner).pipe(socket)
    },
  )
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

describe('targets behind TLS', () => {
  let target: RecordingTarget
  let silent: net.Server
  let slow: Reader
  const silentSockets: net.Socket[] = []
  let fronts: Readonly<Record<'good' | 'old' | 'other' | 'weak', Front>>
  let rig: Rig & { readonly gateway: GatewayProcess }
  before(async () => {
    target = await RecordingTarget.start()
    silent = net.createServer((socket) => {
      socket.on('error', () => {})
      silentSockets.push(socket)
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    slow = await Reader.start('good')
    fronts = {
      good: await startFront('good', target.port),
      old: await startFront('old', target.port),
      other: await startFront('other', target.port),
      weak: await startFront('good', target.port, {
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
    }
    const silentPort = (silent.address() as net.AddressInfo).port
    const urls: Readonly<Record<string, string>> = {
      good: `https://localhost:${fronts.good.port}`,
      address: `https://127.0.0.1:${fronts.good.port}`,
      old: `https://127.0.0.1:${fronts.old.port}`,
      other: `https://127.0.0.1:${fronts.other.port}`,
      weak: `https://127.0.0.1:${fronts.weak.port}`,
      plain: target.url.replace('http:', 'https:'),
      silent: `https://127.0.0.1:${silentPort}`,
      slow: `https://127.0.0.1:${slow.port}`,
    }
    rig = await Rig.startProcess(
      {
        workers: 1,
        defaults: { timeout: { connect: '1s', total: '5s' }, bodyLimit: 'none' },
        services: Object.fromEntries(
          Object.entries(urls).map(([name, url]) => [name, { targets: [url], healthCheck: { passive: 'none' } }]),
        ),
        routes: {
          ...Object.fromEntries(Object.keys(urls).map((name) => [name, { path: `/${name}`, service: name }])),
          slow: { path: '/slow', service: 'slow', timeout: { total: '60s' } },
        },
      },
      { env: { NODE_EXTRA_CA_CERTS: file('ca.pem') } },
    )
  })
  after(async () => {
    await rig.close()
    await Promise.all([...Object.values(fronts), slow].map((one) => one.close()))
    for (const socket of silentSockets) socket.destroy()
    await new Promise<void>((resolve) => silent.close(() => resolve()))
    await target.close()
  })
  const ask = async (path: string): Promise<readonly [status: number, code: string]> => {
    const response = await rig.ask(message([`GET ${path} HTTP/1.1`, 'Host: a.test']), { timeout: 8000 })
    if (response.status === 200) return [200, '']
    assert.ok(response.header('proxy-status') !== undefined, 'Proxy-Status')
    return [response.status, assertProblem(response).code]
  }

  test('9.1 a target with a good certificate is spoken to through TLS, and its connections are kept', async () => {
    target.calm()
    assert.deepEqual(await ask('/good'), [200, ''])
    assert.deepEqual(await ask('/good'), [200, ''])
    assert.deepEqual(await ask('/address'), [200, ''])
    assert.deepEqual(target.violations, [])
    assert.equal(new Set(target.requests.slice(0, 2).map(({ connection }) => connection)).size, 1)
  })

  test('9.1 an expired certificate, one for another name, an old protocol and no TLS at all are 502, and nothing is sent', async () => {
    for (const path of ['/old', '/other', '/weak', '/plain']) {
      target.calm()
      assert.deepEqual(await ask(path), [502, 'GW5027'], path)
      assert.deepEqual(target.requests, [])
    }
  })

  test('9.1 a certificate of an unknown authority is 502', async () => {
    const strict = await Rig.start({
      services: { target: { targets: [`https://127.0.0.1:${fronts.good.port}`], healthCheck: { passive: 'none' } } },
    })
    try {
      target.calm()
      const response = await strict.ask(get())
      assert.deepEqual([response.status, assertProblem(response).code], [502, 'GW5027'])
      assert.deepEqual(target.requests, [])
    } finally {
      await strict.close()
    }
  })

  test('9.1 a handshake that stalls is 504 at the limit for connecting', async () => {
    const from = performance.now()
    assert.deepEqual(await ask('/silent'), [504, 'GW5041'])
    assert.ok(performance.now() - from > 800)
  })

  test('8.12 large bodies go whole through TLS both ways', async () => {
    target.calm()
    const body = 'x'.repeat(3_000_000)
    target.answer = ({ connection }) => {
      connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    }
    const response = await rig.ask(post([`Content-Length: ${body.length}`], body).replace('POST /', 'POST /good'))
    assert.equal(response.length, body.length)
    assert.equal(target.only.length, body.length)
  })
  test('8.12 an upload in pieces reaches a target that reads slowly behind TLS word for word', async () => {
    // More than the buffers of the kernel take, so that what is written waits in the gateway.
    const size = 12 << 20
    const sent = Buffer.alloc(size)
    for (let i = 0; i < size; i += 4) sent.writeUInt32LE(i, i)
    const received: Buffer[] = []
    slow.onChunk = (chunk, socket) => {
      received.push(chunk)
      socket.pause()
      setTimeout(() => socket.resume(), 3)
      const length = received.reduce((sum, one) => sum + one.length, 0)
      if (length > size && length === Buffer.concat(received).indexOf('\r\n\r\n') + 4 + size)
        socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    }
    const client = await RawConnection.open(rig.port)
    // Long pieces behind short ones: then a long one can wait in the gateway without filling it.
    client.write(message(['POST /slow HTTP/1.1', 'Host: a.test', `Content-Length: ${size}`]))
    for (
      let from = 0, piece = 1_000;
      from < size;
      from += piece, piece = piece > 4_000 ? 1_000 : piece < 4_000 ? piece + 1_000 : 40_000
    ) {
      client.write(sent.subarray(from, Math.min(from + piece, size)))
      await pause(1)
    }
    const response = await client.response(0, 30_000)
    assert.equal(response.status, 204)
    const got = Buffer.concat(received).subarray(-size)
    let wrong = 0
    for (let i = 0; i < size; i += 4) if (got.readUInt32LE(i) !== i) wrong++
    assert.equal(wrong, 0, 'words of the body that are not what the client sent')
    client.destroy()
  })
})
