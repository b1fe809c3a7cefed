import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ask, startLoad } from './gateway.ts'
import { startReal } from './real.ts'

/** A service that answers with its path. */
const startService = async (t: TestContext): Promise<number> => {
  const server = createServer((request, response) => response.end(request.url))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
const yaml = (port: number, more = ''): string => `
listeners: { main: { port: 0, host: 127.0.0.1 } }
admin: { port: 0 }
drain: { delay: 0s, timeout: 2s }
telemetry: { logs: { stdout: none } }
services: { echo: http://127.0.0.1:${port} }
routes:
  echo: { path: /echo/*, service: echo }
  here: { path: /here, respond: { body: here } }
${more}
`

test('requests reach a service by name, through whichever worker takes them', async (t) => {
  const gateway = await startReal(t, yaml(await startService(t)))
  for (let i = 0; i < 10; i++) assert.deepEqual((await ask(gateway.port(), `/echo/${i}`)).body, `/echo/${i}`)
})

test('11.7 workers replaced as planned lose no request on new and on kept connections', async (t) => {
  const gateway = await startReal(t, yaml(await startService(t)))
  const loads = [
    startLoad(gateway.port, '/echo/1', 4),
    startLoad(gateway.port, '/echo/2', 4, true),
    startLoad(gateway.port, '/here', 2, true),
  ]
  for (let round = 0; round < 3; round++) await gateway.supervisor.replace(undefined, 'test')
  const reports = await Promise.all(loads.map((load) => load.stop()))
  for (const { failures, answered } of reports) {
    assert.deepEqual(failures, [])
    assert.ok(answered > 0)
  }
  assert.equal(gateway.events.filter(({ kind }) => kind === 'worker-replaced').length, 6)
})

test('11.7 control ended under load fails no request, and its admin port comes back', async (t) => {
  const gateway = await startReal(
    t,
    yaml(await startService(t)).replace('admin: { port: 0 }', 'admin: { port: 0, host: 127.0.0.1 }'),
  )
  const load = startLoad(gateway.port, '/echo/1', 8)
  await gateway.supervisor.killControl()
  const ready = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${gateway.adminPort()}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await ready())) await new Promise((resolve) => setTimeout(resolve, 20))
  const { failures, answered } = await load.stop()
  assert.deepEqual(failures, [])
  assert.ok(answered > 0)
  assert.ok(gateway.events.some(({ kind }) => kind === 'control-lost'))
})

test('11.8 a reload while control is being started again reaches the new control too', async (t) => {
  const port = await startService(t)
  const gateway = await startReal(t, yaml(port))
  await gateway.supervisor.killControl()
  await gateway.write(yaml(port, '  fresh: { path: /fresh, respond: { body: fresh } }'))
  const { hash } = await gateway.supervisor.reload()
  const shows = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${gateway.adminPort()}/metrics`).then(
      async (response) => (await response.text()).includes(hash),
      () => false,
    )
  while (!(await shows())) await new Promise((resolve) => setTimeout(resolve, 20))
})

test('11.8 reloads under load that add, change and remove routes fail no request on the others', async (t) => {
  const port = await startService(t)
  const gateway = await startReal(t, yaml(port))
  const load = startLoad(gateway.port, '/echo/1', 4, true)
  for (let i = 0; i < 9; i++) {
    await gateway.write(yaml(port, i % 3 === 0 ? '' : `  more${i}: { path: /more, respond: { body: 'more ${i}' } }`))
    const outcome = await gateway.supervisor.reload()
    assert.equal(outcome.ok, true, outcome.reason ?? '')
    assert.equal((await ask(gateway.port(), '/more')).status, i % 3 === 0 ? 404 : 200)
  }
  assert.deepEqual((await load.stop()).failures, [])
})

test('an own policy is imported anew when it changes, and one that throws at import is refused', async (t) => {
  const policy = (word: string): string => `
    import { definePolicy } from 'gwanmun'
    export default definePolicy({
      name: 'stamp', stage: 'transform',
      create: () => ({ onResponse: (exchange) => exchange.response.fields.set('x-stamp', '${word}') }),
    })`
  const config = yaml(await startService(t)).replace(
    'respond: { body: here }',
    'respond: { body: here }, use: ./stamp.ts',
  )
  const gateway = await startReal(t, config, { 'stamp.ts': policy('first') })
  const stamp = async (): Promise<string | null> =>
    (await fetch(`http://127.0.0.1:${gateway.port()}/here`)).headers.get('x-stamp')
  assert.equal(await stamp(), 'first')
  await writeFile(join(gateway.folder, 'stamp.ts'), policy('second'))
  assert.equal((await gateway.supervisor.reload()).ok, true)
  assert.equal(await stamp(), 'second')
  await writeFile(join(gateway.folder, 'stamp.ts'), "throw new Error('no')")
  const outcome = await gateway.supervisor.reload()
  assert.equal(outcome.ok, false)
  assert.match(outcome.diagnostics.map(({ message }) => message).join(), /no/)
  assert.equal(await stamp(), 'second')
})

test('11.18 a policy that blocks its worker is told by its name', async (t) => {
  const policy = `
    import { definePolicy } from 'gwanmun'
    class Slow {
      onRequest() {
        const until = performance.now() + 2_500
        while (performance.now() < until);
      }
    }
    export default definePolicy({ name: 'slow', stage: 'transform', create: () => new Slow() })`
  const config = yaml(await startService(t)).replace(
    'respond: { body: here }',
    'respond: { body: here }, use: ./slow.ts',
  )
  const gateway = await startReal(t, config, { 'slow.ts': policy })
  assert.equal((await ask(gateway.port(), '/here')).body, 'here')
  const told = gateway.events.find((event) => event.kind === 'worker-blocked')
  assert.equal(told?.culprit, 'policy slow')
  assert.equal(told.ended, false)
})

test('shared memory grows with the routes, and a slot that is given to another name begins at zero', async (t) => {
  const port = await startService(t)
  const gateway = await startReal(t, yaml(port))
  const routes = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `  r${from + i}: { path: /r${from + i}, respond: { body: r } }`).join('\n')
  const counted = async (route: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort()}/metrics`)).text()
    const line = text
      .split('\n')
      .find((line) => line.startsWith('gateway_requests_total') && line.includes(`route="${route}"`))
    return Number(line?.split(' ').at(-1) ?? 0)
  }
  await ask(gateway.port(), '/here')
  await gateway.write(yaml(port, routes(0, 700)))
  assert.equal((await gateway.supervisor.reload()).ok, true)
  for (const path of ['/r0', '/r699', '/r699', '/here']) assert.equal((await ask(gateway.port(), path)).status, 200)
  assert.deepEqual([await counted('r0'), await counted('r699'), await counted('here')], [1, 2, 2])
  await gateway.write(yaml(port))
  assert.equal((await gateway.supervisor.reload()).ok, true)
  await gateway.write(yaml(port, routes(1000, 700)))
  assert.equal((await gateway.supervisor.reload()).ok, true)
  await ask(gateway.port(), '/r1699')
  const after = await Promise.all(['r1000', 'r1001', 'r1698', 'r1699', 'here'].map(counted))
  assert.deepEqual(after, [0, 0, 0, 1, 2])
})

test('a dead worker takes none of its counts with it', async (t) => {
  const gateway = await startReal(t, yaml(await startService(t)))
  for (let i = 0; i < 12; i++) await ask(gateway.port(), '/here')
  await gateway.supervisor.replace(undefined, 'test')
  for (let i = 0; i < 5; i++) await ask(gateway.port(), '/here')
  const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort()}/metrics`)).text()
  assert.match(text, /gateway_requests_total\{[^}]*route="here"[^}]*status="200"[^}]*\} 17\n/)
})

test('the admin API reloads, checks, explains and replaces workers', async (t) => {
  const port = await startService(t)
  const gateway = await startReal(t, yaml(port))
  const post = async (
    path: string,
    body: string,
    type = 'application/json',
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`http://127.0.0.1:${gateway.adminPort()}${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  await gateway.write(yaml(port, '  fresh: { path: /fresh, respond: { body: fresh } }'))
  assert.equal((await post('/v1/reload', '{}')).status, 200)
  assert.equal((await ask(gateway.port(), '/fresh')).body, 'fresh')
  await gateway.write('routes: { broken: 1 }')
  const refused = await post('/v1/reload', '{}')
  assert.equal(refused.status, 422)
  assert.equal((await ask(gateway.port(), '/fresh')).body, 'fresh')
  const checked = await post('/v1/config/check', 'routes: { broken: 1 }', 'application/yaml')
  assert.ok((checked.body['diagnostics'] as unknown[]).length > 0)
  const explained = await post('/v1/explain', JSON.stringify({ method: 'GET', url: '/echo/1', headers: [] }))
  assert.equal(explained.body['route'], 'echo', JSON.stringify(explained))
  const before = gateway.supervisor.workers().map(({ worker }) => worker)
  assert.equal((await post('/v1/workers/replace', '{}')).status, 200)
  assert.ok(gateway.supervisor.workers().some(({ worker, state }) => state === 'serving' && !before.includes(worker)))
})

test('a slot is given to another name only when nothing runs any more on the plan that had it', async (t) => {
  const service = createServer()
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    service.closeAllConnections()
    service.close()
  })
  const { port } = service.address() as AddressInfo
  const route = (name: string): string => `  ${name}: { path: /${name}, service: echo }`
  const gateway = await startReal(t, yaml(port, route('old')))
  const asked = new Promise<ServerResponse>((resolve) => service.once('request', (_, response) => resolve(response)))
  const slow = ask(gateway.port(), '/old')
  const response = await asked
  for (const more of ['', route('fresh')]) {
    await gateway.write(yaml(port, more))
    assert.equal((await gateway.supervisor.reload()).ok, true)
  }
  response.end('late')
  assert.equal((await slow).body, 'late')
  await ask(gateway.port(), '/here')
  // The count of a request is written when its answer has left.
  let text = ''
  while (!/gateway_requests_total\{[^}]*route="here"[^}]*\} 1\n/.test(text))
    text = await (await fetch(`http://127.0.0.1:${gateway.adminPort()}/metrics`)).text()
  assert.doesNotMatch(text, /gateway_requests_total\{[^}]*route="fresh"/)
})
