import assert from 'node:assert/strict'
import { readFileSync, statSync, chmodSync, linkSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { command, folder } from './command.ts'

const main = `# our gateway
inclde: [teams/*.yaml]   # misspelled

services:
  orders:   http://127.0.0.1:9
routes:
  # who reads orders
  read: { path: /orders/*, methods: [get, PSOT],   service: ordes }
  "write":
    "path": /write/*
    'servce': orders   # quoted
    timeot: 5s
`
const fixedMain = `# our gateway
include: [teams/*.yaml]   # misspelled

services:
  orders:   http://127.0.0.1:9
routes:
  # who reads orders
  read: { path: /orders/*, methods: [GET, POST],   service: orders }
  "write":
    "path": /write/*
    'service': orders   # quoted
    timeout: 5s
`
const team = 'routes:\n  team: { path: /team, servce: orders } # of the team\n'

test('check --fix corrects what is certain, in included files too, keeps the rest, and says what it did', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': main, 'teams/a.yaml': team })
  const file = join(cwd, 'gateway.yaml')
  chmodSync(file, 0o600)
  const result = await command(['check', '--fix'], { cwd })
  assert.equal(result.code, 0, result.stdout)
  assert.equal(readFileSync(file, 'utf8'), fixedMain)
  assert.equal(readFileSync(join(cwd, 'teams/a.yaml'), 'utf8'), team.replace('servce', 'service'))
  assert.equal(statSync(file).mode & 0o7777, 0o600)
  assert.deepEqual(readdirSync(cwd).sort(), ['gateway.yaml', 'teams'])
  assert.match(result.stdout, /^fixed gateway\.yaml:2:1 inclde → include$/m)
  assert.match(result.stdout, /^fixed gateway\.yaml:8:61 ordes → orders$/m)
  assert.match(result.stdout, /^fixed teams\/a\.yaml:2:24 servce → service$/m)
  assert.match(result.stdout, /is valid: 3 routes, 1 service/)

  const again = await command(['check', '--fix', '--json'], { cwd })
  assert.equal(again.code, 0)
  assert.deepEqual((JSON.parse(again.stdout) as { fixed: unknown }).fixed, [])
})

test('check --fix corrects a file to which two paths lead once, and hard links both', async (t) => {
  const cwd = folder(t, {
    'gateway.yaml': 'include:\n  - { files: teams/*.yaml }\nservices: { orders: http://127.0.0.1:9 }\nroutes: {}\n',
    'shared/a.yaml': 'routes:\n  one: { path: /one, servce: orders }\n',
    'shared/b.yaml': 'routes:\n  two: { path: /two, servce: orders }\n',
    'teams/none.yaml': 'routes: {}\n',
  })
  symlinkSync('../shared/a.yaml', join(cwd, 'teams/a.yaml'))
  symlinkSync('../shared/a.yaml', join(cwd, 'teams/again.yaml'))
  linkSync(join(cwd, 'shared/b.yaml'), join(cwd, 'teams/b.yaml'))
  linkSync(join(cwd, 'shared/b.yaml'), join(cwd, 'teams/b2.yaml'))
  const { code, stdout, stderr } = await command(['check', '--fix', '--json'], { cwd })
  assert.equal(stderr, '')
  // Each route is declared twice, which nobody can mend for the writer.
  assert.equal(code, 3, stdout)
  const { fixed } = JSON.parse(stdout) as { fixed: { file: string }[] }
  assert.deepEqual(fixed.map(({ file }) => file).sort(), ['teams/a.yaml', 'teams/b.yaml', 'teams/b2.yaml'])
  for (const name of ['a', 'again', 'b', 'b2'])
    assert.match(readFileSync(join(cwd, `teams/${name}.yaml`), 'utf8'), /service: orders/)
})

test('check --fix leaves what is not certain, and reports it', async (t) => {
  const text = `services: { users-a: http://127.0.0.1:9, order-x1: 'http://127.0.0.1:9' }
routes:
  other: { path: /a, service: users-b }
  scheme: { path: /b, service: order-x2 }
  env: { path: /c, service: users-a, encodedSlash: '\${MODE}' }
  alias: { uri: /d, service: users-a }
  unit: { path: /e, service: users-a, timeout: 5x }
`
  const cwd = folder(t, { 'gateway.yaml': text })
  const result = await command(['check', '--fix', '--json'], { cwd, env: { MODE: 'pas' } })
  assert.equal(result.code, 3)
  assert.equal(readFileSync(join(cwd, 'gateway.yaml'), 'utf8'), text)
  const verdict = JSON.parse(result.stdout) as { fixed: unknown; errors: number; diagnostics: { fix?: unknown }[] }
  assert.deepEqual(verdict.fixed, [])
  assert.ok(verdict.errors >= 5, result.stdout)
  assert.ok(verdict.diagnostics.every(({ fix }) => fix === undefined))
})

test('check --fix writes nothing when more errors would come of it', async (t) => {
  // Code is looked at only once the file is right, and then it is what is wrong.
  const before = `routes:
  a: { path: /a, respnd: hi }
  b: { path: /b, handler: ./b.ts }
  c: { path: /c, handler: ./c.ts }
`
  const broken = "throw new Error('not now')\n"
  const cwd = folder(t, { 'gateway.yaml': before, 'b.ts': broken, 'c.ts': broken })
  const result = await command(['check', '--fix', '--json'], { cwd })
  assert.equal(result.code, 3)
  assert.equal(readFileSync(join(cwd, 'gateway.yaml'), 'utf8'), before)
  const { fixed, notFixed, errors } = JSON.parse(result.stdout) as { fixed: unknown; notFixed: string; errors: number }
  assert.deepEqual([fixed, errors], [[], 1])
  assert.equal(notFixed, '1 correction would leave 2 errors where there is 1 now')
  assert.match((await command(['check', '--fix'], { cwd })).stdout, /^not fixed: 1 correction would leave/m)
})

test('check --fix corrects JSON inside its quotes, and an overlay', async (t) => {
  const cwd = folder(t, {
    'gateway.json':
      '{\n  "services": { "orders": "http://127.0.0.1:9" },\n  "rotes": { "a": { "path": "/a", "service": "ordes" } }\n}\n',
  })
  const json = await command(['check', '--fix'], { cwd })
  assert.equal(json.code, 0, json.stdout)
  assert.match(
    readFileSync(join(cwd, 'gateway.json'), 'utf8'),
    /"routes": \{ "a": \{ "path": "\/a", "service": "orders" \} \}/,
  )

  const over = folder(t, {
    'gateway.yaml': 'routes: { a: { path: /a, respond: hi } }\n',
    'gateway.staging.yaml': 'telemetri: { level: wran }\n',
  })
  const overlay = await command(['check', '--fix', '--env', 'staging'], { cwd: over })
  assert.equal(overlay.code, 0, overlay.stdout)
  assert.equal(readFileSync(join(over, 'gateway.staging.yaml'), 'utf8'), 'telemetry: { level: warn }\n')
})

test('check --fix leaves TypeScript alone, and formats for machines stay whole', async (t) => {
  const text = "export default { routes: { a: { path: '/a', respnd: 'hi' } } }\n"
  const cwd = folder(t, { 'gateway.ts': text })
  assert.equal((await command(['check', '--fix'], { cwd })).code, 3)
  assert.equal(readFileSync(join(cwd, 'gateway.ts'), 'utf8'), text)

  const other = folder(t, { 'gateway.yaml': 'routes: { a: { path: /a, respnd: hi } }\n' })
  const github = await command(['check', '--fix', '--format', 'github'], { cwd: other })
  assert.deepEqual([github.code, github.stdout], [0, ''])
  assert.match(github.stderr, /fixed gateway\.yaml:1:26 respnd → respond/)
})
