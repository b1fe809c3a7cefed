/**
 * Open loop: requests are due at fixed moments, whether or not earlier ones were answered, and latency counts from the
 * moment a request was due; what stalls is seen in full. A program of its own (one JSON argument, one JSON line out).
 * Unless told to sleep it turns all the time, since timers are 1 ms coarse, and so takes one core.
 */
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { AnswerReader } from './answer-reader.ts'
import { Histogram } from './histogram.ts'
import type { OpenLoop, OpenResult } from './open-loop.ts'

interface Connection {
  socket: Socket
  reader: AnswerReader
  /** When the request under way was due; negative while idle. */
  due: number
}

const loop = JSON.parse(process.argv[2] ?? '{}') as OpenLoop
const requests = loop.paths.map(
  (path) =>
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${loop.port}\r\nUser-Agent: gwanmun-bench\r\nAccept: application/json\r\n\r\n`,
)
const buffer = Buffer.allocUnsafeSlow(256 * 1024)
const latency = new Histogram()
const lag = new Histogram()
const idle: Connection[] = []
const waiting: number[] = []
let waitingFrom = 0
const faults = new Map<string, number>()
const samples = new Float64Array(loop.samples === undefined ? 0 : 2 * Math.ceil(loop.rate * loop.seconds))
let sampled = 0
let sent = 0
let answered = 0
let closed = 0
let bytes = 0
let begun = 0
let finishing = false

function fail(cause: string): void {
  faults.set(cause, (faults.get(cause) ?? 0) + 1)
}

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = { reader: new AnswerReader(), due: -1 } as Connection
    const { port } = loop
    connection.socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer, callback: (size) => receive(connection, size) },
    })
    connection.socket.once('connect', () => {
      idle.push(connection)
      resolve()
    })
    connection.socket.once('error', (error) => {
      connection.socket.destroy()
      reject(error)
    })
    connection.socket.once('close', () => leave(connection))
  })
}

function leave(connection: Connection): void {
  if (finishing) return
  closed++
  if (connection.due >= 0) fail('connection closed')
  const at = idle.indexOf(connection)
  if (at >= 0) idle.splice(at, 1)
  open().catch(() => fail('connection refused'))
}

function receive(connection: Connection, size: number): boolean {
  const { reader } = connection
  bytes += size
  const done = reader.push(buffer.subarray(0, size))
  if (reader.fault !== undefined || done > (connection.due < 0 ? 0 : 1)) {
    fail(reader.fault ?? 'answer without a request')
    connection.due = -1
    connection.socket.destroy()
  } else if (done === 1) {
    const took = (performance.now() - connection.due) * 1000
    if (reader.status < 200 || reader.status > 299) fail(`status ${reader.status}`)
    if (connection.due >= begun) {
      answered++
      latency.record(took)
      if (sampled < samples.length) {
        samples[sampled++] = performance.timeOrigin + connection.due
        samples[sampled++] = took
      }
    }
    connection.due = -1
    idle.push(connection)
    if (waitingFrom < waiting.length) send(performance.now())
  }
  return true
}

function send(now: number): void {
  while (waitingFrom < waiting.length && idle.length > 0) {
    const connection = idle.shift()
    if (connection === undefined) return
    connection.due = waiting[waitingFrom++] ?? now
    connection.socket.write(requests[sent++ % requests.length] ?? '', 'latin1')
  }
  if (waitingFrom > 10_000) {
    waiting.splice(0, waitingFrom)
    waitingFrom = 0
  }
}

await Promise.all(Array.from({ length: loop.connections }, open))
const start = performance.now() + 50
begun = start + loop.warm * 1000
const end = begun + loop.seconds * 1000
let next = start
console.log(JSON.stringify({ begun: performance.timeOrigin + begun }))

function turn(): void {
  const now = performance.now()
  while (next <= now && next < end) {
    waiting.push(next)
    if (next >= begun && idle.length > 0) lag.record((now - next) * 1000)
    next += 1000 / loop.rate
  }
  send(now)
  const owing = waitingFrom < waiting.length || idle.length < loop.connections
  if (next >= end && !(owing && now < end + 5000)) finish()
  else if (loop.wait === 'turn') setImmediate(turn)
  else setTimeout(turn, next < end ? Math.max(0, next - now) : 5)
}

function finish(): void {
  finishing = true
  const missing = waiting.length - waitingFrom + Math.max(0, loop.connections - idle.length)
  if (missing > 0) faults.set('no answer', missing)
  if (loop.samples !== undefined) writeFileSync(loop.samples, samples.subarray(0, sampled))
  const result: OpenResult = {
    requests: answered,
    bytes,
    duration: loop.seconds * 1e6,
    p50: latency.percentile(0.5),
    p99: latency.percentile(0.99),
    max: latency.max,
    failures: [...faults.values()].reduce((sum, count) => sum + count, 0),
    detail: [...faults].map(([cause, count]) => `${cause} ${count}`).join(', '),
    closed,
    lag: lag.percentile(0.99),
  }
  console.log(JSON.stringify(result))
  process.exit(0)
}

turn()
