import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import { get, message, post } from '../support/message.ts'
import { assertProblem, Rig } from '../support/rig.ts'
import type { GatewayProcess } from '../support/gateway.ts'
import { RecordingTarget } from '../support/target.ts'

const file = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))

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
    }
    rig = await Rig.startProcess(
      {
        workers: 1,
        defaults: { timeout: { connect: '1s', total: '5s' } },
        services: Object.fromEntries(
          Object.entries(urls).map(([name, url]) => [name, { targets: [url], healthCheck: { passive: 'none' } }]),
        ),
        routes: Object.fromEntries(Object.keys(urls).map((name) => [name, { path: `/${name}`, service: name }])),
      },
      { env: { NODE_EXTRA_CA_CERTS: file('ca.pem') } },
    )
  })
  after(async () => {
    await rig.close()
    await Promise.all(Object.values(fronts).map((front) => front.close()))
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
})
