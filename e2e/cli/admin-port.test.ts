import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { command, folder } from './command.ts'

/** Something that answers as the admin API of a gateway does to a reload, and keeps what it was asked. */
const fakeAdmin = async (t: TestContext): Promise<{ readonly port: number; readonly asked: string[] }> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    request.resume()
    response.setHeader('content-type', 'application/json').end('{"changed":false,"hash":"abc"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, asked }
}
const routes = 'routes: { a: { path: /, respond: ok } }\n'

test('without --admin the admin API of the folder’s configuration is asked', async (t) => {
  const { port, asked } = await fakeAdmin(t)
  for (const file of [`admin: ${port}\n${routes}`, `admin: { port: ${port}, host: 0.0.0.0 }\n${routes}`]) {
    const { code, stderr } = await command(['reload'], { cwd: folder(t, { 'gateway.yaml': file }) })
    assert.equal(code, 0, stderr)
  }
  const named = folder(t, { 'other.yaml': `admin: ${port}\n${routes}` })
  assert.equal((await command(['reload', '-c', 'other.yaml'], { cwd: named })).code, 0)
  const object = `{ admin: ${port}, routes: { a: { path: '/', respond: 'ok' } } }`
  const helped = `import { defineConfig } from 'gwanmun'\nexport default defineConfig(${object})\n`
  for (const code of [`export default ${object}\n`, helped]) {
    const { code: end, stderr } = await command(['reload'], { cwd: folder(t, { 'gateway.ts': code }) })
    assert.equal(end, 0, stderr)
    assert.doesNotMatch(stderr, /GW1403/)
  }
  assert.deepEqual(asked, Array(5).fill('POST /v1/reload'))
})

test('--admin wins over the configuration', async (t) => {
  const { port, asked } = await fakeAdmin(t)
  const cwd = folder(t, { 'gateway.yaml': `admin: 1\n${routes}` })
  assert.equal((await command(['reload', '--admin', `http://127.0.0.1:${port}`], { cwd })).code, 0)
  assert.equal(asked.length, 1)
})

test('a configuration with errors, or without an admin API, is said and the default is asked', async (t) => {
  const broken = await command(['status'], { cwd: folder(t, { 'gateway.yaml': `admin: 1\nrotes: {}\n${routes}` }) })
  assert.match(broken.stderr, /configuration has errors: GW1101 \(gateway\.yaml:2\); asking the default address/)
  const none = await command(['status'], { cwd: folder(t, { 'gateway.yaml': `admin: none\n${routes}` }) })
  assert.match(none.stderr, /gateway\.yaml switches the admin API off; asking the default address/)
})
