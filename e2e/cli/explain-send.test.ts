import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { command, echoService, folder, startGateway } from './command.ts'

const file = (service: string, socket: string): string => `listeners:
  main: { port: 0, host: 127.0.0.1 }
  local: { socket: ${socket} }
defaults: { listener: all }
services: { echo: ${service} }
routes:
  echo: { path: /echo/*, service: echo }
  shop: { host: shop.example, path: /only-there, respond: here }
  local: { listener: local, path: /local, respond: by socket }
`

test('explain --send explains, sends the very request, and prints status and times', async (t) => {
  const cwd = folder(t)
  const service = await echoService(t, 'echo')
  writeFileSync(join(cwd, 'gateway.yaml'), file(service.url, join(cwd, 'gw.sock')))
  const gateway = await startGateway(t, join(cwd, 'gateway.yaml'), { cwd })
  const explain = (...args: string[]): ReturnType<typeof command> =>
    command(['explain', ...args, '--send', '--admin', gateway.admin], { cwd })

  const text = await explain('GET', '/echo/1')
  assert.equal(text.code, 0, text.stderr)
  assert.match(text.stdout, /^Route +✔ echo/)
  assert.match(text.stdout, /^Result +asks echo at .* with GET \/echo\/1\.$/m)
  assert.doesNotMatch(text.stdout, /Nothing was sent/)
  assert.match(text.stdout, new RegExp(`^Answer +200 OK from ${gateway.url}$`, 'm'))
  assert.match(text.stdout, /^ +dns \d+ · connect \d+ · wait \d+ · body \d+ ms$/m)

  const json = await explain('POST', '/echo/2?x=1', '-H', 'X-Mine: yes', '-d', '{"a":1}', '--json')
  assert.equal(json.code, 0, json.stderr)
  const { route, state, sent } = JSON.parse(json.stdout) as {
    route: string
    state: string
    sent: { url: string; status: number; bytes: number; complete: boolean; timings: Record<string, number> }
  }
  assert.deepEqual([route, state, sent.url, sent.status, sent.complete], ['echo', 'running', gateway.url, 200, true])
  assert.deepEqual(Object.keys(sent.timings), ['dns', 'connect', 'wait', 'body', 'total'])
  await gateway.seen(/"path":"\/echo\/2/)

  // The host of a URL is what the route is chosen by, not where the request goes.
  assert.match((await explain('GET', 'http://shop.example/only-there')).stdout, /^Answer +200 OK/m)
  assert.match((await explain('GET', '/nowhere')).stdout, /^Answer +404 Not Found GW4041 No route takes/m)
  const socket = await explain('GET', '/local', '--listener', 'local')
  assert.match(socket.stdout, /^Answer +200 OK from unix:.*gw\.sock$/m, socket.stderr)
})

test('explain --send without a gateway explains and then says that none answers', async (t) => {
  const text = 'listeners: { main: { port: 1, host: 127.0.0.1 } }\nroutes: { a: { path: /a, respond: hi } }\n'
  const cwd = folder(t, { 'gateway.yaml': text })
  const result = await command(['explain', 'GET', '/a', '--send', '-c', 'gateway.yaml'], { cwd })
  assert.equal(result.code, 1)
  assert.match(result.stdout, /^Route +✔ a/)
  assert.match(result.stderr, /error: the gateway gave no answer at http:\/\/127\.0\.0\.1:1: nothing listens there\n/)
  assert.match(result.stderr, /gwanmun start/)
  const json = await command(['explain', 'GET', '/a', '--send', '--json', '-c', 'gateway.yaml'], { cwd })
  assert.equal(json.code, 1)
  assert.deepEqual((JSON.parse(json.stdout) as { sent: unknown }).sent, {
    url: 'http://127.0.0.1:1',
    error: 'nothing listens there',
  })
})

test('explain --send asks the listener of the file that is named, with a running gateway behind it', async (t) => {
  const cwd = folder(t, { 'running.yaml': 'routes: { a: { path: /a, respond: hi } }\n' })
  const gateway = await startGateway(t, join(cwd, 'running.yaml'), { cwd })
  const listeners = `listeners: { main: { port: ${gateway.port}, host: 127.0.0.1 } }\n`
  writeFileSync(join(cwd, 'gateway.yaml'), `${listeners}routes: { a: { path: /a, respond: hi } }\n`)
  const result = await command(['explain', '/a', '--send', '-c', 'gateway.yaml', '--json'], { cwd })
  assert.equal(result.code, 0, result.stderr)
  assert.equal((JSON.parse(result.stdout) as { sent: { status: number } }).sent.status, 200)
})

test('explain --send with --from is wrong usage', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': 'routes: { a: { path: /a, respond: hi } }\n' })
  const result = await command(['explain', '/a', '--send', '--from', '192.0.2.1'], { cwd })
  assert.equal(result.code, 2)
  assert.match(result.stderr, /--from pretends an address/)
})
