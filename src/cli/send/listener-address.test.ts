import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listenerAddress } from './listener-address.ts'

const main = { name: 'main', host: '', port: 8080 }

test('a listener on every address is reached on loopback, or at the gateway that was asked', () => {
  assert.deepEqual(listenerAddress('main', [main], undefined).to, { host: '127.0.0.1', port: 8080 })
  assert.deepEqual(listenerAddress('main', [main], '127.0.0.1').to, { host: '127.0.0.1', port: 8080 })
  assert.deepEqual(listenerAddress('main', [{ ...main, host: '0.0.0.0' }], 'gw.example').to, {
    host: 'gw.example',
    port: 8080,
  })
  assert.deepEqual(listenerAddress('main', [{ ...main, host: '::' }], undefined), {
    url: 'http://[::1]:8080',
    authority: '[::1]:8080',
    to: { host: '::1', port: 8080 },
  })
})

test('a listener with an address of its own is reached there, one with a socket at its path', () => {
  const own = { ...main, host: '192.0.2.7' }
  const socket = { name: 'local', host: '', port: 0, socket: '/run/gw.sock' }
  assert.deepEqual(listenerAddress('main', [socket, own], 'gw.example').to, { host: '192.0.2.7', port: 8080 })
  assert.deepEqual(listenerAddress('local', [own, socket], undefined).to, { socketPath: '/run/gw.sock' })
})

test('a listener of another machine that only it can reach is refused, and so is a port that nobody knows', () => {
  const stop = { name: 'Stop', code: 1 }
  assert.throws(() => listenerAddress('main', [{ ...main, host: '127.0.0.1' }], 'gw.example'), stop)
  assert.throws(() => listenerAddress('a', [{ ...main, name: 'a', socket: '/run/gw.sock' }], '192.0.2.1'), stop)
  assert.throws(() => listenerAddress('main', [{ ...main, port: 0 }], undefined), stop)
  assert.throws(() => listenerAddress('main', [], undefined), stop)
})
