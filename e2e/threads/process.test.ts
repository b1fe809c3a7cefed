import assert from 'node:assert/strict'
import { get } from 'node:http'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, startLoad } from './gateway.ts'
import { configOf, startProcess } from './process.ts'

const json = (port: number, path: string): Promise<{ status: number; body: Record<string, unknown> }> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += String(chunk)))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }),
      )
    }).on('error', reject)
  })

test('start prints one ready line with listeners, routes, hash and time, and nothing that is not JSON', async (t) => {
  const gateway = await startProcess(t, configOf(['one', 'two']))
  const ready = await gateway.line('ready')
  assert.equal(ready['routes'], 2)
  assert.match(String(ready['configHash']), /^[0-9a-f]{12}$/)
  assert.equal(typeof ready['ms'], 'number')
  assert.equal((await ask(await gateway.port('main'), '/one')).body, 'one')
  assert.equal((await json(await gateway.port('admin'), '/readyz')).status, 200)
  assert.equal(gateway.lines.filter(({ msg }) => msg === 'ready').length, 1)
})

test('11.7 SIGTERM under load: not ready and still serving for the delay, then it finishes what runs and exits 0', async (t) => {
  const gateway = await startProcess(t, configOf(['one']).replace('delay: 300ms', 'delay: 1h'))
  const [main, admin] = [await gateway.port('main'), await gateway.port('admin')]
  const load = startLoad(() => main, '/one', 4, true)
  gateway.child.kill('SIGTERM')
  await gateway.line('draining')
  assert.equal((await json(admin, '/readyz')).status, 503)
  const { failures, answered } = await load.stop()
  assert.deepEqual(failures, [])
  assert.ok(answered > 0)
  // A second signal ends the delay, however long it is.
  gateway.child.kill('SIGTERM')
  assert.equal(await gateway.exited, 0)
  await assert.rejects(ask(main, '/one'), /ECONNREFUSED/)
})

test('11.22 a second SIGTERM ends the delay, and SIGHUP during the drain is ignored', async (t) => {
  const gateway = await startProcess(t, configOf(['one']).replace('delay: 300ms', 'delay: 1h'))
  await gateway.line('ready')
  gateway.child.kill('SIGTERM')
  await gateway.line('draining')
  gateway.child.kill('SIGHUP')
  gateway.child.kill('SIGHUP')
  assert.equal((await ask(await gateway.port('main'), '/one')).status, 200)
  gateway.child.kill('SIGTERM')
  assert.equal(await gateway.exited, 0)
  assert.ok(!gateway.lines.some(({ msg }) => msg === 'reloaded' || msg === 'unchanged'))
})

test('SIGHUP reads the configuration again; one with errors is refused, told with its place, and makes readyz stale', async (t) => {
  const gateway = await startProcess(t, configOf(['one']))
  const [main, admin] = [await gateway.port('main'), await gateway.port('admin')]
  await gateway.write(configOf(['one', 'two']))
  gateway.child.kill('SIGHUP')
  await gateway.line('reloaded')
  assert.equal((await ask(main, '/two')).status, 200)
  await gateway.write(configOf(['one'], '  broken: { path: /x, servce: nowhere }'))
  gateway.child.kill('SIGHUP')
  await gateway.line('reload refused, the running configuration stays')
  assert.ok(
    gateway.lines.some(({ level, code, line }) => level === 'error' && code === 'GW1101' && typeof line === 'number'),
  )
  assert.equal((await ask(main, '/two')).status, 200)
  const ready = await json(admin, '/readyz')
  assert.equal(ready.status, 200)
  assert.equal(ready.body['config'], 'stale')
  await gateway.write(configOf(['one', 'three']))
  gateway.child.kill('SIGHUP')
  await gateway.line('reloaded', gateway.lines.length)
  // Control is told a moment after main has said so.
  let state: unknown
  for (let look = 0; look < 200 && state !== 'current'; look++) {
    state = (await json(admin, '/readyz')).body['config']
    if (state !== 'current') await pause(20)
  }
  assert.equal(state, 'current')
})

test('a port that is taken is GW6001 with the owner by name and pid, and exit code 6', async (t) => {
  const first = await startProcess(t, configOf(['one']))
  const port = await first.port('main')
  const second = await startProcess(t, configOf(['one']).replace('port: 0, host', `port: ${port}, host`))
  assert.equal(await second.exited, 6)
  const failed = second.lines.find(({ msg }) => msg === 'not started')
  assert.equal(failed?.['code'], 'GW6001')
  assert.match(String(failed?.['reason']), new RegExp(`port ${port} is used by node \\(pid ${first.child.pid}\\)`))
})

test('a taken admin port is found before a worker listens', async (t) => {
  const first = await startProcess(t, configOf(['one']))
  const port = await first.port('admin')
  const second = await startProcess(t, configOf(['one']).replace('admin: { port: 0 }', `admin: { port: ${port} }`))
  assert.equal(await second.exited, 6)
  assert.equal(second.lines.find(({ msg }) => msg === 'not started')?.['code'], 'GW6001')
})

test('of two gateways that start on one port in the same moment, one serves and the other gives way', async (t) => {
  const probe = await startProcess(t, configOf(['one']))
  const port = await probe.port('main')
  probe.child.kill('SIGKILL')
  await probe.exited
  const yaml = configOf(['one']).replace('port: 0, host', `port: ${port}, host`)
  const both = await Promise.all([startProcess(t, yaml), startProcess(t, yaml)])
  const outcomes = await Promise.all(
    both.map((gateway) =>
      Promise.race([
        gateway.exited,
        gateway.line('ready').then(
          () => 'ready',
          () => gateway.exited,
        ),
      ]),
    ),
  )
  assert.deepEqual(outcomes.map(String).sort(), ['6', 'ready'])
})

test('11.22 a closed stdout ends nothing', async (t) => {
  const gateway = await startProcess(t, configOf(['one']))
  const main = await gateway.port('main')
  gateway.child.stdout?.destroy()
  gateway.child.stderr?.destroy()
  for (let i = 0; i < 20; i++) assert.equal((await ask(main, '/one')).status, 200)
  gateway.child.kill('SIGHUP')
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal((await ask(main, '/one')).status, 200)
  gateway.child.kill('SIGTERM')
  assert.equal(await gateway.exited, 0)
})

test('11.22 a signal while it starts ends it cleanly, whenever it comes', async (t) => {
  await Promise.all(
    [60, 140, 220].map(async (ms) => {
      const gateway = await startProcess(t, configOf(['one']).replace('delay: 300ms', 'delay: 0s'))
      await new Promise((resolve) => setTimeout(resolve, ms))
      gateway.child.kill('SIGTERM')
      // Before main has begun to listen for signals, Node itself ends the process, which gives no code.
      assert.ok([0, null].includes(await gateway.exited))
    }),
  )
})

test('a configuration with errors at first start tells every one of them and exits 3', async (t) => {
  const gateway = await startProcess(
    t,
    configOf(['one'], '  a: { path: /a, servce: x }\n  b: { path: /b, service: none }'),
  )
  assert.equal(await gateway.exited, 3)
  assert.ok(gateway.lines.filter(({ level, code }) => level === 'error' && String(code).startsWith('GW1')).length >= 2)
})

test('Ctrl-C under dev ends at once with exit code 130', async (t) => {
  const gateway = await startProcess(t, configOf(['one']).replace('delay: 300ms', 'delay: 1h'), ['--dev'])
  await gateway.line('ready')
  gateway.child.kill('SIGINT')
  assert.equal(await gateway.exited, 130)
})

test('a reload that takes the tokens of a reachable admin API away makes the first token, as a start would', async (t) => {
  const reachable = (tokens: string): string =>
    configOf(['one']).replace('admin: { port: 0 }', `admin: { port: 0, host: 0.0.0.0${tokens} }`)
  const gateway = await startProcess(
    t,
    reachable(', tokens: { ops: { token: known-to-ops-7f3a91c2e5d4, scopes: [admin] } }'),
  )
  const port = await gateway.port('admin')
  const status = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`http://127.0.0.1:${port}/v1/info`, { headers })).status
  }
  assert.equal(await status('known-to-ops-7f3a91c2e5d4'), 200)
  await gateway.write(reachable(''))
  gateway.child.kill('SIGHUP')
  await gateway.line('reloaded')
  const { token } = await gateway.line('admin token made: keep it, it is not shown again')
  assert.deepEqual([await status(String(token)), await status('known-to-ops-7f3a91c2e5d4')], [200, 401])
})
