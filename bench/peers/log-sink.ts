/**
 * Where HAProxy sends its log: a UDP socket. A program of its own: prints its port on stdout, then the first record, and
 * from then on sleeps for good without reading, so that the kernel drops what comes. Reading 40,000 records a second
 * would take a third of a core from everybody; dropping them costs the sender less than delivering, in HAProxy's favour.
 */
import { createSocket } from 'node:dgram'
import { writeSync } from 'node:fs'

const socket = createSocket('udp4')
socket.bind(0, '127.0.0.1', () => writeSync(1, `${socket.address().port}\n`))
socket.once('message', (message) => {
  writeSync(1, `${message.toString('utf8').trim()}\n`)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
