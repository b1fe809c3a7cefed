import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { checkConfig } from '../../src/checker.ts'
import { createDataPlane } from '../../src/data-plane.ts'
import { dialHttp1 } from '../../src/http1/dial.ts'
import { DirectWire } from '../../src/http1/direct-wire.ts'
import { ServiceConnection } from '../../src/http1/service-connection.ts'
import { sharedBuffer } from '../../src/http1/wire.ts'
import { slotsOf } from '../../src/plan/slots.ts'
import { createMemory } from '../../src/telemetry/memory.ts'
import { RingReader } from '../../src/telemetry/ring.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'

/**
 * Cost of one exchange without the kernel: the whole data path between two sockets whose handle takes writes and does
 * nothing. What this prints is what our own code adds to the two reads and two writes that any proxy pays.
 */
const request = Buffer.from(
  'GET /api/orders/1?limit=10 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: application/json, text/plain, */*\r\nAccept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: session=0123456789abcdef\r\n\r\n',
)
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Fri, 20 Nov 2026 15:40:11 GMT\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: keep-alive\r\n\r\n${'x'.repeat(100)}`,
)

class FakeHandle {
  reading = true
  readonly writeQueueSize = 0
  written = 0
  last: string | Uint8Array = ''
  writeLatin1String(_request: null, text: string): number {
    // Reading a character flattens the text, as handing it to the kernel would.
    this.written += text.length + (text.charCodeAt(text.length >> 1) & 1)
    this.last = text
    return 0
  }
  writeBuffer(_request: null, bytes: Uint8Array): number {
    this.written += bytes.length
    return 0
  }
  readStart(): number {
    return 0
  }
  readStop(): number {
    return 0
  }
}
class FakeSocket extends EventEmitter {
  readonly _handle = new FakeHandle()
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 40000
  readonly writableLength = 0
  destroy(): void {}
  end(): void {}
  resetAndDestroy(): void {}
}

const { snapshot, diagnostics } = await checkConfig({
  cwd: process.cwd(),
  mode: 'library',
  object: {
    listeners: { main: { port: 8080, limits: { requestsPerConnection: 1000000000 } } },
    services: { orders: { targets: 'http://127.0.0.1:9', pool: { maxRequests: 1000000000 } } },
    routes: Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`r${i}`, { path: i === 25 ? '/api/*' : `/r${i}/{id}`, service: 'orders' }]),
    ),
  },
})
if (snapshot === undefined) throw new Error(JSON.stringify(diagnostics))
const handles = createMemory({ workers: 1 })
const telemetry = createTelemetry(handles, 0, { batch: true })
const reader = new RingReader((handles.rings[0] as (typeof handles.rings)[number]).lines)
const plane = createDataPlane({ telemetry, worker: 0, node: 'n', version: '0', start: 'abcd' })
void dialHttp1
const services: FakeSocket[] = []
const wires: DirectWire[] = []
const probe = plane as unknown as {
  registry: { host: { dial: unknown } }
  doors: Map<string, { connectLent(socket: Socket): { enter(length: number): boolean } }>
}
probe.registry.host.dial = (
  target: never,
  _address: string,
  _timeout: number,
  events: never,
  done: (connection: ServiceConnection, cause: string) => void,
) => {
  const socket = new FakeSocket()
  const wire = new DirectWire(socket as unknown as Socket)
  const connection = new ServiceConnection(wire, target, events)
  services.push(socket)
  wires.push(wire)
  queueMicrotask(() => done(connection, 'reset'))
  return { cancel: (): void => {} }
}
await plane.prepare(snapshot, slotsOf(snapshot), { addresses: {} })
plane.commit()
const door = probe.doors.get('main')
if (door === undefined) throw new Error('no listener')
const clients = Array.from({ length: 64 }, () => door.connectLent(new FakeSocket() as unknown as Socket))

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
const turn = async (): Promise<void> => {
  for (const client of clients) {
    request.copy(sharedBuffer, 0)
    client.enter(request.length)
  }
  await nextTurn()
  for (const wire of wires) {
    answer.copy(sharedBuffer, 0)
    wire.enter(answer.length)
  }
}
for (const client of clients) {
  request.copy(sharedBuffer, 0)
  client.enter(request.length)
}
await new Promise((resolve) => setTimeout(resolve, 20))
for (const wire of wires) {
  answer.copy(sharedBuffer, 0)
  wire.enter(answer.length)
}
const rounds = Number(process.argv[2] ?? 3000)
for (let run = 0; run < 8; run++) {
  const before = process.cpuUsage()
  for (let i = 0; i < rounds; i++) {
    await turn()
    if (i % 50 === 0) reader.read()
    // One turn of the loop for each round, as between two waits for the kernel.
    await nextTurn()
  }
  const used = process.cpuUsage(before)
  console.log(
    `${((used.user + used.system) / (rounds * clients.length)).toFixed(2)} µs per exchange, ${wires.length} service connections`,
  )
}
process.exit(0)
