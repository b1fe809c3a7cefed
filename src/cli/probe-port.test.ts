import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { describeTaken, probePort } from './probe-port.ts'

test('a port that another process has is told with its name and pid', async (t) => {
  const code = `const s = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(text.toString())
  assert.equal(await probePort(port, '127.0.0.1'), 'EADDRINUSE')
  const by = existsSync('/proc/net/tcp') ? `node (pid ${child.pid})` : 'another process'
  assert.equal(await describeTaken(port), `port ${port} is used by ${by}`)
})

test('a free port can be bound', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  assert.equal(await probePort(port, '127.0.0.1'), undefined)
})
