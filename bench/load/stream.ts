/**
 * Moves big bodies through a proxy on a few connections, one after another, until the time is up. A program of its own
 * (one JSON argument, one JSON line out). Every transfer is checked for status and length.
 */
import { connect } from 'node:net'
import { AnswerReader } from './answer-reader.ts'
import { Histogram } from './histogram.ts'
import type { LoadResult } from './load.ts'
import type { Transfer } from './transfer.ts'

const transfer = JSON.parse(process.argv[2] ?? '{}') as Transfer
const { port, path, mode, size, connections, seconds } = transfer
const buffer = Buffer.allocUnsafeSlow(256 * 1024)
const piece = Buffer.alloc(256 * 1024, 'x')
const times = new Histogram()
const faults: string[] = []
let bytes = 0
let done = 0
const start = performance.now()

function head(): string {
  return `${mode === 'upload' ? 'POST' : 'GET'} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: gwanmun-bench\r\n${
    mode === 'upload' ? `Content-Type: application/octet-stream\r\nContent-Length: ${size}\r\n` : ''
  }\r\n`
}

/** One connection's transfers. */
function run(): Promise<void> {
  return new Promise((resolve) => {
    const reader = new AnswerReader()
    let begun = 0
    let left = 0
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: receive } })
    const stop = (fault?: string): void => {
      if (fault !== undefined) faults.push(fault)
      socket.removeAllListeners('close').destroy()
      resolve()
    }
    const pump = (): void => {
      while (left > 0) {
        const part = left < piece.length ? piece.subarray(0, left) : piece
        left -= part.length
        bytes += part.length
        if (!socket.write(part)) return
      }
    }
    const begin = (): void => {
      begun = performance.now()
      socket.write(head(), 'latin1')
      left = mode === 'upload' ? size : 0
      pump()
    }
    function receive(length: number): boolean {
      const ended = reader.push(buffer.subarray(0, length))
      if (mode === 'download') bytes += length
      if (reader.fault !== undefined) stop(reader.fault)
      else if (ended > 1 || (ended === 1 && left > 0)) stop(`answered ${reader.status} before the body had gone`)
      else if (ended === 1) {
        done++
        times.record((performance.now() - begun) * 1000)
        if (reader.status !== 200) stop(`status ${reader.status}`)
        else if (mode === 'download' && reader.bytes !== size) stop(`${reader.bytes} bytes`)
        else if (performance.now() - start > seconds * 1000) stop()
        else begin()
      }
      return true
    }
    socket.once('connect', begin)
    socket.on('drain', pump)
    socket.once('error', (error) => stop(error.message))
    socket.once('close', () => stop('connection closed'))
  })
}

await Promise.all(Array.from({ length: connections }, run))
const result: LoadResult = {
  requests: done,
  bytes,
  duration: (performance.now() - start) * 1000,
  p50: times.percentile(0.5),
  p99: times.percentile(0.99),
  max: times.max,
  failures: faults.length,
  detail: faults.join(', '),
}
console.log(JSON.stringify(result))
