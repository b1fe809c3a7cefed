import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { templates } from '../../src/cli/templates.ts'
import { command, echoService, folder, root, running, startGateway } from './command.ts'

for (const { name } of templates) {
  for (const format of ['yaml', 'ts'] as const) {
    test(`init --template ${name} --format ${format}, then check --strict, then start`, async (t) => {
      const cwd = folder(t)
      const made = await command(['init', '--template', name, '--format', format], { cwd })
      assert.equal(made.code, 0, made.stderr)
      assert.ok(readdirSync(cwd).includes(`gateway.${format}`))
      const checked = await command(['check', '--strict'], { cwd })
      assert.equal(checked.code, 0, checked.stdout)
      const gateway = await startGateway(t, join(cwd, `gateway.${format}`), { cwd })
      // What the template's targets say depends on who listens on this machine.
      const answer = await fetch(`${gateway.url}/no/such/path`)
      assert.match(answer.headers.get('x-request-id') ?? '', /^req_/)
      await answer.body?.cancel()
    })
  }
}

test('init refuses to write over a file, and does with --force', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': 'mine' })
  assert.equal((await command(['init'], { cwd })).code, 1)
  assert.equal(readFileSync(join(cwd, 'gateway.yaml'), 'utf8'), 'mine')
  assert.equal((await command(['init', '--force'], { cwd })).code, 0)
  assert.notEqual(readFileSync(join(cwd, 'gateway.yaml'), 'utf8'), 'mine')
})

for (const example of readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
)) {
  test(`config print of examples/${example.name} is a configuration with the same routes`, async (t) => {
    const cwd = join(root, 'examples', example.name)
    const routes = async (file: string): Promise<unknown> => {
      const { stdout, code } = await command(['routes', '--json', '-c', file], { cwd })
      assert.equal(code, 0, file)
      return (JSON.parse(stdout) as { routes: { policies?: unknown; source?: unknown }[] }).routes.map(
        ({ policies: _policies, source: _source, ...rest }) => rest,
      )
    }
    const before = await routes('gateway.yaml')
    for (const format of ['yaml', 'json', 'ts'] as const) {
      const args = ['config', 'print', '--format', format, ...(format === 'json' ? ['--no-origin'] : [])]
      // oxlint-disable-next-line no-await-in-loop -- one process at a time
      const printed = await command(args, { cwd })
      assert.equal(printed.code, 0, printed.stderr)
      // Beside the file, because it names files relative to it.
      const copy = join(cwd, `printed-${process.pid}.${format}`)
      writeFileSync(copy, printed.stdout)
      t.after(() => rmSync(copy, { force: true }))
      // oxlint-disable-next-line no-await-in-loop -- one process at a time
      assert.deepEqual(await routes(copy), before, format)
    }
  })
}

test('config print and config get show values of the environment as they were written', async (t) => {
  const cwd = folder(t)
  const config = `services: { a: 'http://127.0.0.1:1' }
routes:
  a: { path: /a, service: a, headers: { request: { set: { Authorization: 'Bearer \${SECRET}' } } } }
`
  writeFileSync(join(cwd, 'gateway.yaml'), config)
  const path = 'routes.a.headers.request.set.Authorization'
  for (const args of [['print'], ['print', '--format', 'ts'], ['print', '--json'], ['get', path]]) {
    const { code, stdout } = await command(['config', ...args], { cwd, env: { SECRET: 'not for eyes' } })
    assert.equal(code, 0)
    assert.ok(stdout.includes('${SECRET}') && !stdout.includes('not for eyes'), stdout)
  }
})

test('proxy --save writes a file that check takes, and serves what it says', async (t) => {
  const service = await echoService(t, 'app')
  const cwd = folder(t)
  const gateway = running(
    t,
    ['proxy', `/api=${service.url}`, '--port', '0', '--admin-port', '0', '--save', 'gateway.yaml', '--cors'],
    { cwd },
  )
  const [, url] = await gateway.seen(/Gateway +(http:\/\/\S+)/)
  const answer = await fetch(`${url}/api/orders?x=1`, { headers: { origin: 'https://any.example' } })
  assert.equal(((await answer.json()) as { url: string }).url, '/api/orders?x=1')
  assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  const checked = await command(['check', '--strict'], { cwd })
  assert.equal(checked.code, 0, checked.stdout)
  assert.equal((await command(['proxy', service.url, '--save', 'gateway.yaml'], { cwd })).code, 1)

  // The file is watched: what is written takes effect without a restart.
  const file = join(cwd, 'gateway.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('service: api }', 'service: api, stripPrefix: true }'))
  await gateway.seen(/reloaded: 1 route/)
  assert.equal(((await (await fetch(`${url}/api/orders`)).json()) as { url: string }).url, '/orders')
  writeFileSync(file, readFileSync(file, 'utf8').replace('stripPrefix', 'stripPrefx'))
  await gateway.seen(/did you mean "stripPrefix"/)
  assert.equal(((await (await fetch(`${url}/api/orders`)).json()) as { url: string }).url, '/orders')
  assert.equal(await gateway.end('SIGINT'), 130)
})

test('demo on free ports: the curl lines of its banner work, and its traffic flows', async (t) => {
  const demo = running(t, ['demo', '--port', '0', '--admin-port', '0'], { cwd: folder(t) })
  const [, url] = await demo.seen(/Gateway +(http:\/\/\S+)/)
  const [, admin] = await demo.seen(/Admin +(http:\/\/\S+)/)
  await demo.seen(/Try +curl/)
  const order = await fetch(`${url}/orders/1`)
  assert.equal(order.status, 200)
  assert.equal(((await order.json()) as { id: number }).id, 1)
  const placed = await fetch(`${url}/orders`, {
    method: 'POST',
    body: '{"customer":"Ida"}',
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(placed.status, 201)
  assert.equal(((await placed.json()) as { customer: string }).customer, 'Ida')
  const missing = await fetch(`${url}/ordrs/1`)
  assert.equal(missing.status, 404)
  assert.equal(((await missing.json()) as { code: string }).code, 'GW4041')
  const events = (await fetch(`${url}/delivery/1/events`)).body as ReadableStream<Uint8Array>
  const reader = events.getReader()
  assert.match(new TextDecoder().decode((await reader.read()).value), /^id: 0\ndata: /)
  await reader.cancel()
  // The pretend clients ask for payments, which nobody above did.
  let metrics = ''
  while (!/gateway_requests_total\{[^}]*route="payments"[^}]*\} [1-9]/.test(metrics)) {
    // oxlint-disable-next-line no-await-in-loop -- asked until the traffic has come by
    metrics = await (await fetch(`${admin}/metrics`)).text()
    // oxlint-disable-next-line no-await-in-loop -- as above
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  assert.match(demo.stdout(), /200 +GET +\/orders\/1/)
  assert.equal(await demo.end('SIGINT'), 130)
})
