import assert from 'node:assert/strict'
import { appendFile, rename, writeFile } from 'node:fs/promises'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { ask, oneListener, startGateway, startLoad } from './gateway.ts'

const base = { listeners: oneListener, routes: ['orders'] }

test('a changed file takes effect, without a failed request under load', async (t) => {
  const gateway = await startGateway(t, base, { watch: true })
  const load = startLoad(gateway.port, '/orders', 8)
  await gateway.write({ ...base, routes: ['orders', 'payments'] })
  const reloaded = await gateway.event('reloaded')
  const { failures, answered } = await load.stop()
  assert.deepEqual(failures, [])
  assert.ok(answered > 0)
  assert.equal(reloaded.routes, 2)
  assert.equal((await gateway.ask('/payments')).status, 200)
})

test('11.8 a file written in two halves is read once, whole', async (t) => {
  const gateway = await startGateway(t, base, { watch: true })
  const text = JSON.stringify({ ...base, routes: ['orders', 'payments'] })
  await writeFile(gateway.file, text.slice(0, 30))
  await appendFile(gateway.file, text.slice(30))
  await gateway.event('reloaded')
  assert.ok(!gateway.events.some(({ kind }) => kind === 'refused'))
})

test('an editor that renames a new file over the old one is noticed, twice', async (t) => {
  const gateway = await startGateway(t, base, { watch: true })
  for (const routes of [
    ['orders', 'a'],
    ['orders', 'a', 'b'],
  ]) {
    const temporary = join(gateway.folder, '.gateway.json.swp')
    await writeFile(temporary, JSON.stringify({ ...base, routes }))
    await rename(temporary, gateway.file)
    assert.equal((await gateway.event('reloaded')).routes, routes.length)
  }
})

test('a file written again with the same content changes nothing', async (t) => {
  const gateway = await startGateway(t, base, { watch: true })
  await gateway.write(base)
  await gateway.event('unchanged')
})

test('11.8 a reload that fails anywhere changes nothing anywhere', async (t) => {
  const gateway = await startGateway(t, base)
  const before = (await gateway.ask('/orders')).body.split(' ')[1]
  await writeFile(gateway.file, '{ half')
  const syntax = await gateway.supervisor.reload()
  assert.equal(syntax.ok, false)
  assert.equal(syntax.diagnostics[0]?.code, 'GW1001')
  await gateway.write({ ...base, routes: ['orders', 'cannotBePrepared'] })
  assert.match((await gateway.supervisor.reload()).reason ?? '', /no such code/)
  await gateway.write({ listeners: { ...oneListener, other: { host: '192.0.2.1' } }, routes: ['orders', 'x'] })
  assert.match((await gateway.supervisor.reload()).reason ?? '', /192\.0\.2\.1/)
  assert.equal((await gateway.ask('/orders')).body.split(' ')[1], before)
  assert.equal(gateway.events.filter(({ kind }) => kind === 'refused').length, 3)
  await gateway.write({ ...base, routes: ['orders', 'fine'] })
  assert.equal((await gateway.supervisor.reload()).ok, true)
})

test('a compiler that never answers is ended, and the running configuration stays', { timeout: 30_000 }, async (t) => {
  const gateway = await startGateway(t, base)
  await gateway.write({ ...base, hang: true })
  const outcome = await gateway.supervisor.reload()
  assert.match(outcome.reason ?? '', /not read in 3 s/)
  assert.equal((await gateway.ask('/orders')).status, 200)
})

test('listeners come, go and move; one that stays keeps its connections', async (t) => {
  const gateway = await startGateway(t, { listeners: { main: {}, old: {} }, routes: ['orders'] })
  const kept = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => kept.destroy())
  await gateway.ask('/orders', kept)
  const [socket] = Object.values(kept.freeSockets).flatMap((sockets) => sockets ?? [])
  const oldPort = gateway.port('old')
  await gateway.write({ listeners: { main: {}, fresh: {} }, routes: ['orders'] })
  assert.equal((await gateway.supervisor.reload()).ok, true)
  await gateway.ask('/orders', kept)
  assert.equal(socket?.destroyed, false)
  await assert.rejects(ask(oldPort, '/orders'), /ECONNREFUSED/)
  assert.equal((await gateway.ask('/orders')).status, 200)
})

test('a listener that changes its port is served there and no longer at the old one', async (t) => {
  const gateway = await startGateway(t, base)
  const old = gateway.port()
  await gateway.write({ listeners: { main: { host: '127.0.0.2', port: 0 } }, routes: ['orders'] })
  assert.equal((await gateway.supervisor.reload()).ok, true)
  await assert.rejects(ask(old, '/orders'), /ECONNREFUSED/)
})

test("an edited helper of the operator's code takes effect, and unchanged code keeps its generation", async (t) => {
  const gateway = await startGateway(t, base, { watch: true })
  await writeFile(join(gateway.folder, 'helper.ts'), "export const word: string = 'first'\n")
  await writeFile(
    join(gateway.folder, 'code.ts'),
    "import { word } from './helper.ts'\nlet calls = 0\nexport default () => `${word}-${++calls}`\n",
  )
  await gateway.write({ ...base, code: './code.ts' })
  await gateway.event('reloaded')
  assert.match((await gateway.ask('/orders')).body, /^first-1 /)
  await writeFile(join(gateway.folder, 'helper.ts'), "export const word: string = 'second'\n")
  await gateway.event('reloaded')
  assert.match((await gateway.ask('/orders')).body, /^second-1 /)
  await gateway.write({ ...base, routes: ['orders', 'b'], code: './code.ts' })
  await gateway.event('reloaded')
  const bodies = [await gateway.ask('/orders'), await gateway.ask('/orders'), await gateway.ask('/orders')]
  assert.ok(bodies.some(({ body }) => !body.startsWith('second-1 ')))
})

test('code that fails to import is refused with the file, and the old code answers on', async (t) => {
  const gateway = await startGateway(t, base)
  await writeFile(join(gateway.folder, 'code.ts'), "throw new Error('broken on purpose')\n")
  await gateway.write({ ...base, code: './code.ts' })
  const outcome = await gateway.supervisor.reload()
  assert.equal(outcome.diagnostics[0]?.code, 'GW1006')
  assert.match(outcome.diagnostics[0]?.message ?? '', /broken on purpose/)
  assert.equal((await gateway.ask('/orders')).status, 200)
})

test('11.8 reload after reload under load fails no request', async (t) => {
  const gateway = await startGateway(t, base)
  const load = startLoad(gateway.port, '/orders', 4)
  for (let i = 0; i < 30; i++) {
    await gateway.write({ ...base, routes: ['orders', `r${i}`] })
    assert.equal((await gateway.supervisor.reload()).ok, true)
  }
  const { failures } = await load.stop()
  assert.deepEqual(failures, [])
})
