import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verbs } from '../../src/cli/verbs.ts'
import { command, folder } from './command.ts'

const snapshots = new URL('snapshots/', import.meta.url).pathname

/** Compares with the kept text; `UPDATE_SNAPSHOTS=1` writes it anew. What differs from run to run is made equal. */
const same = (name: string, text: string): void => {
  const steady = text
    .replace(/\(\d+ ms\)/g, '(n ms)')
    .replace(/gwanmun \d+\.\d+\.\d+/g, 'gwanmun v')
    .replace(/Node \d+\.\d+\.\d+ · \S+/g, 'Node v · platform')
    .replace(/"ms":\d+/g, '"ms":0')
  const file = join(snapshots, `${name}.txt`)
  if (process.env['UPDATE_SNAPSHOTS'] === '1' || !existsSync(file)) {
    assert.equal(process.env['UPDATE_SNAPSHOTS'], '1', `there is no ${file}; run with UPDATE_SNAPSHOTS=1`)
    mkdirSync(snapshots, { recursive: true })
    writeFileSync(file, steady)
  }
  assert.equal(steady, readFileSync(file, 'utf8'))
}

const good = `listeners:
  main: 8080
services:
  orders: http://127.0.0.1:4001
  payments: { targets: [http://127.0.0.1:4002], loadBalancing: least-requests }
defaults: { cors: [https://app.example.com] }
routes:
  readOrders: { path: /orders/*, methods: GET, service: orders, compress: true }
  writeOrders: { path: /orders/*, methods: [POST, PUT], service: orders, bodyLimit: 1KB }
  payments: { path: '/payments/{id}', service: payments, timeout: 5s }
  staff: { path: /staff/*, service: orders, allow: [192.0.2.0/24] }
  old: { path: /old/*, redirect: '/orders/{*}' }
  health: { path: /health, respond: ok }
`
const bad = `services:
  orders:
    targets: [localhost:4001, http://localhost:4002]
upstreams: {}
routes:
  readOrders:
    path: /orders/*
    service: ordes
    rate_limit: 3/1m
  payments: { path: /payments/*, service: orders, timeout: 5x }
`
const offline = ['-c', 'gateway.yaml']

/** What is printed through a pipe, 80 columns wide, without colours. */
const cases: readonly (readonly [name: string, args: readonly string[], file: string])[] = [
  ['check-good', ['check'], good],
  ['check-bad', ['check'], bad],
  ['check-bad-json', ['check', '--json'], bad],
  ['check-bad-github', ['check', '--format', 'github'], bad],
  ['check-bad-sarif', ['check', '--format', 'sarif'], bad],
  ['routes', ['routes'], good],
  ['routes-json', ['routes', '--json'], good],
  ['config-print', ['config', 'print'], good],
  ['config-get', ['config', 'get', 'routes.payments.timeout'], good],
  ['explain-match', ['explain', 'GET', '/orders/1', ...offline], good],
  ['explain-denied', ['explain', 'GET', '/staff/1', ...offline], good],
  ['explain-none', ['explain', 'GET', '/ordrs/1', ...offline], good],
  ['explain-method', ['explain', 'PATCH', '/orders/1', ...offline], good],
  ['explain-json', ['explain', 'GET', '/orders/1', '--json', ...offline], good],
  ['docs-code', ['docs', 'GW4041'], good],
  ['version', ['version'], good],
  ['help', ['--help'], good],
]

for (const [name, args, file] of cases) {
  test(`a pipe gets plain text: gwanmun ${args.join(' ')} (${name})`, async (t) => {
    const { stdout, stderr } = await command(args, { cwd: folder(t, { 'gateway.yaml': file }) })
    // oxlint-disable-next-line no-control-regex -- escapes are what must not be there
    assert.doesNotMatch(stdout + stderr, /\u001b/)
    same(name, `${stdout}${stderr === '' ? '' : `--- stderr\n${stderr}`}`)
  })
}

for (const { name } of verbs) {
  test(`help of ${name} fits 80 columns`, async (t) => {
    const { code, stdout } = await command([name, '--help'], { cwd: folder(t) })
    assert.equal(code, 0)
    for (const line of stdout.split('\n')) {
      if (!line.startsWith('  gwanmun ')) assert.ok(line.length <= 80, `${line.length}: ${line}`)
    }
    same(`help-${name}`, stdout)
  })
}

test('colours: FORCE_COLOR gives them, NO_COLOR, --no-color and TERM=dumb take them', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': bad })
  const colored = async (args: readonly string[], env: Record<string, string>): Promise<boolean> =>
    (await command(['check', ...args], { cwd, env })).stdout.includes('\u001b[')
  assert.equal(await colored([], {}), false)
  assert.equal(await colored([], { FORCE_COLOR: '1' }), true)
  assert.equal(await colored([], { FORCE_COLOR: '1', NO_COLOR: '1' }), false)
  assert.equal(await colored([], { FORCE_COLOR: '1', NO_COLOR: '' }), true)
  assert.equal(await colored(['--no-color'], { FORCE_COLOR: '1' }), false)
  assert.equal(await colored([], { TERM: 'dumb' }), false)
})

test('a locale without UTF-8 gets ASCII', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': good })
  for (const args of [['check'], ['routes'], ['explain', 'GET', '/orders/1', ...offline], ['doctor']]) {
    // oxlint-disable-next-line no-await-in-loop -- one process at a time
    const { stdout } = await command(args, { cwd, env: { LC_ALL: 'C' } })
    // oxlint-disable-next-line no-control-regex -- everything outside ASCII
    assert.doesNotMatch(stdout, /[^\u0000-\u007f]/, `${args.join(' ')}\n${stdout}`)
  }
})

test('flags have twins in the environment, and the flag wins', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': good, 'other.yaml': 'routes:\n  only: { path: /, respond: ok }\n' })
  const names = async (args: readonly string[], env: Record<string, string>): Promise<string[]> =>
    (
      JSON.parse((await command(['routes', ...args], { cwd, env })).stdout) as { routes: { name: string }[] }
    ).routes.map((one) => one.name)
  assert.deepEqual(await names([], { GWANMUN_JSON: '1', GWANMUN_CONFIG: 'other.yaml' }), ['only'])
  assert.equal((await names(['-c', 'gateway.yaml'], { GWANMUN_JSON: 'true', GWANMUN_CONFIG: 'other.yaml' })).length, 6)
  const text = await command(['routes'], { cwd, env: { GWANMUN_JSON: '0' } })
  assert.match(text.stdout, /^route /)
})

test('global flags may stand before the verb', async (t) => {
  const cwd = folder(t, { 'other.yaml': 'routes:\n  only: { path: /, respond: ok }\n' })
  const { code, stdout } = await command(['--json', '-c', 'other.yaml', 'routes'], { cwd })
  assert.equal(code, 0)
  assert.match(stdout, /"only"/)
})

test('--quiet keeps data and drops talk', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': good })
  const { stdout, stderr } = await command(['explain', 'GET', '/orders/1', '-q', ...offline], { cwd })
  assert.match(stdout, /^Route/)
  assert.equal(stderr, '')
})
