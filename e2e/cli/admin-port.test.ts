import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { command, folder } from './command.ts'

interface FakeAdmin {
  readonly port: number
  readonly asked: string[]
  /** The configuration that it says it runs. */
  runs: string | undefined
}

/** Something that answers as the admin API of a gateway does, and keeps what it was asked. */
const fakeAdmin = async (t: TestContext): Promise<FakeAdmin> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    request.resume()
    const reloads = { done: 0, refused: 0 }
    const info = { config: { file: fake.runs, hash: 'abc' }, reloads, listeners: [], services: [], workers: [] }
    const body = request.method === 'GET' ? info : { changed: false, hash: 'abc' }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  })
  const fake: FakeAdmin = { port: 0, asked, runs: undefined }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return Object.assign(fake, { port: (server.address() as AddressInfo).port })
}
const posts = ({ asked }: FakeAdmin): string[] => asked.filter((one) => one.startsWith('POST'))
const routes = 'routes: { a: { path: /, respond: ok } }\n'

test('without --admin the admin API of the folder’s configuration is asked', async (t) => {
  const admin = await fakeAdmin(t)
  const { port } = admin
  const object = `{ admin: ${port}, routes: { a: { path: '/', respond: 'ok' } } }`
  const files: readonly (readonly [name: string, text: string])[] = [
    ['gateway.yaml', `admin: ${port}\n${routes}`],
    ['gateway.yaml', `admin: { port: ${port}, host: 0.0.0.0 }\n${routes}`],
    ['other.yaml', `admin: ${port}\n${routes}`],
    ['gateway.ts', `export default ${object}\n`],
    ['gateway.ts', `import { defineConfig } from 'gwanmun'\nexport default defineConfig(${object})\n`],
  ]
  for (const [name, text] of files) {
    const cwd = folder(t, { [name]: text })
    admin.runs = join(cwd, name)
    // oxlint-disable-next-line no-await-in-loop -- one process at a time
    const { code, stderr } = await command(['reload', ...(name === 'other.yaml' ? ['-c', name] : [])], { cwd })
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
  }
  assert.deepEqual(posts(admin), Array(files.length).fill('POST /v1/reload'))
})

test('reload leaves the gateway of another folder alone, and status and doctor say whose it is', async (t) => {
  const admin = await fakeAdmin(t)
  const cwd = folder(t, { 'gateway.yaml': `admin: ${admin.port}\n${routes}` })
  for (const runs of ['/elsewhere/gateway.yaml', undefined]) {
    admin.runs = runs
    // oxlint-disable-next-line no-await-in-loop -- one process at a time
    const reload = await command(['reload'], { cwd })
    assert.equal(reload.code, 5, reload.stderr)
    assert.match(reload.stderr, /no gateway of gateway\.yaml answers: the one at \S+ runs \S+, and was left alone/)
    assert.match(reload.stderr, new RegExp(`--admin http://127.0.0.1:${admin.port}`))
  }
  assert.deepEqual(posts(admin), [])
  const status = await command(['status'], { cwd })
  assert.match(status.stderr, /does not run gateway\.yaml of this folder/)
  const doctor = await command(['doctor'], { cwd })
  assert.match(doctor.stdout, new RegExp(`port ${admin.port}.*GW6001`))
  admin.runs = join(cwd, 'gateway.yaml')
  assert.match((await command(['doctor'], { cwd })).stdout, new RegExp(`port ${admin.port}.*a gateway is running`))
  assert.equal((await command(['status'], { cwd })).stderr, '')
})

test('what is no admin API of a gateway is told as such', async (t) => {
  const server = createServer((_, response) => response.end('hello'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { code, stderr } = await command(['status', '--admin', admin], { cwd: folder(t) })
  assert.equal(code, 5)
  assert.match(stderr, /is no admin API of gwanmun/)
})

test('--admin wins over the configuration, and says which gateway is meant', async (t) => {
  const admin = await fakeAdmin(t)
  const cwd = folder(t, { 'gateway.yaml': `admin: 1\n${routes}` })
  const { code, stderr } = await command(['reload', '--admin', `http://127.0.0.1:${admin.port}`], { cwd })
  assert.equal(code, 0, stderr)
  assert.deepEqual(posts(admin), ['POST /v1/reload'])
})

test('doctor asks the admin API of the folder, with the token of the environment', async (t) => {
  const tokens: (string | undefined)[] = []
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization)
    response.writeHead(401).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const cwd = folder(t, { 'gateway.yaml': `admin: ${port}\n${routes}` })
  await command(['doctor'], { cwd, env: { GWANMUN_TOKEN: 'secret' } })
  assert.equal(tokens[0], 'Bearer secret')
})

test('a configuration with errors, or without an admin API, is said and the default is asked', async (t) => {
  const broken = await command(['status'], { cwd: folder(t, { 'gateway.yaml': `admin: 1\nrotes: {}\n${routes}` }) })
  assert.match(broken.stderr, /configuration has errors: GW1101 \(gateway\.yaml:2\); asking the default address/)
  const none = await command(['status'], { cwd: folder(t, { 'gateway.yaml': `admin: none\n${routes}` }) })
  assert.match(none.stderr, /gateway\.yaml switches the admin API off; asking the default address/)
})
