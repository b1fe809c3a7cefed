/**
 * Opens many connections, sends one request on each, and then holds them. A program of its own: one JSON argument;
 * prints `{"open":N}` when all have been answered, and `{"closed":N}` whenever one is closed by the other side.
 */
import { connect } from 'node:net'
import { AnswerReader } from './answer-reader.ts'
import type { IdleConnections } from './idle-connections.ts'

const { port, path, connections } = JSON.parse(process.argv[2] ?? '{}') as IdleConnections
const buffer = Buffer.allocUnsafeSlow(64 * 1024)
const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: gwanmun-bench\r\n\r\n`
let opened = 0
let closed = 0

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader()
    const receive = (size: number): boolean => {
      if (reader.push(buffer.subarray(0, size)) === 1) {
        if (reader.status === 200) resolve()
        else reject(new Error(`status ${reader.status}`))
      }
      return true
    }
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback: receive } })
    socket.once('connect', () => socket.write(request, 'latin1'))
    socket.once('error', reject)
    socket.once('close', () => {
      reject(new Error('connection closed'))
      console.log(JSON.stringify({ closed: ++closed }))
    })
  })
}

// A hundred at a time: a flood of new connections is another test.
await Promise.all(
  Array.from({ length: 100 }, async () => {
    while (opened < connections) {
      opened++
      await open()
    }
  }),
)
console.log(JSON.stringify({ open: opened }))
