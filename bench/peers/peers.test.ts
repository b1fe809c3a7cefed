import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '../ask.ts'
import { Session } from '../session.ts'
import type { Target } from '../target.ts'
import { caddy } from './caddy.ts'
import { gwanmun } from './gwanmun.ts'
import { haproxy } from './haproxy.ts'
import { nginx, nginx64k } from './nginx.ts'

/** What everybody must send on, or the comparison is not one. */
const forwarded = [
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'via',
  'traceparent',
]
/** What every access record of the gateway, nginx and HAProxy holds. */
const logged = [
  'time',
  'id',
  'status',
  'method',
  'host',
  'path',
  'listener',
  'route',
  'service',
  'target',
  'client',
  'source',
  'ms',
  'serviceMs',
  'bytesIn',
  'bytesOut',
  'attempts',
  'traceId',
  'userAgent',
  'protocol',
]

const heads: string[] = []
const connections = new Set<Socket>()
let accepted = 0
const recorder = createServer((socket) => {
  accepted++
  connections.add(socket)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => connections.delete(socket))
  socket.on('data', (chunk: Buffer) => {
    heads.push(chunk.toString('latin1').toLowerCase())
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok', 'latin1')
  })
})
let session: Session
let target: Target

before(async () => {
  session = new Session()
  await once(recorder.listen(0, '127.0.0.1'), 'listening')
  const address = recorder.address()
  assert.ok(typeof address === 'object' && address !== null)
  target = { small: address.port, answers: address.port, big: address.port, sink: address.port }
})
after(async () => {
  await session.end()
  for (const socket of connections) socket.destroy()
  recorder.close()
})

for (const kind of [gwanmun, nginx, nginx64k, haproxy, caddy]) {
  test(
    `${kind.name} sends on what the gateway sends on, keeps its connection, and logs the same`,
    { timeout: 60_000 },
    async () => {
      const peer = await kind.start({ session, target, routes: 50, workers: 1, label: `${kind.name}-test` })
      heads.length = 0
      accepted = 0
      for (let i = 0; i < 3; i++)
        assert.deepEqual(await ask(peer.port, '/r07/items/42?view=full'), { status: 200, body: 'ok' })
      assert.equal(heads.length, 3)
      assert.equal(accepted, 1, 'one kept connection')
      for (const head of heads) {
        const [line = '', ...fields] = head.split('\r\n')
        assert.equal(line, 'get /r07/items/42?view=full http/1.1')
        const names = fields.map((field) => field.split(':', 1)[0] ?? '')
        for (const name of forwarded) assert.ok(names.includes(name), `${name} in ${head}`)
      }
      assert.equal(new Set(heads.map((head) => /\r\nx-request-id: *(\S+)/.exec(head)?.[1])).size, 3, 'ids differ')
      for (const path of ['/answers/1', '/download/1', '/upload/1'])
        assert.equal((await ask(peer.port, path)).status, 200)
      assert.equal((await ask(peer.port, '/nowhere')).status, 404)
      const { log } = peer
      if (log !== undefined) {
        let text = ''
        for (let waited = 0; waited < 5000 && !text.includes('\n'); waited += 50) {
          await sleep(50)
          // The gateway makes the file with its first record, which may be after this.
          if (existsSync(log)) text = readFileSync(log, 'utf8')
        }
        const record = JSON.parse(text.slice(0, text.indexOf('\n'))) as Record<string, unknown>
        if (kind !== caddy) for (const name of logged) assert.ok(name in record, `${name} in ${JSON.stringify(record)}`)
      }
      await peer.end()
    },
  )
}
