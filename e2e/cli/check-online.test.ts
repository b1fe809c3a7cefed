import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { command, echoService, folder } from './command.ts'

interface Verdict {
  readonly ok: boolean
  readonly errors: number
  readonly diagnostics: readonly {
    readonly code: string
    readonly severity: string
    readonly file: string
    readonly line: number
    readonly column: number
    readonly path?: string
    readonly message: string
  }[]
}

test('check --online takes targets that listen, by TCP and by socket', async (t) => {
  const service = await echoService(t, 'a')
  const cwd = folder(t)
  const socket = createServer((connection) => connection.end())
  await new Promise<void>((resolve) => socket.listen(join(cwd, 'app.sock'), resolve))
  t.after(() => socket.close())
  const file = join(folder(t, { 'gateway.yaml': '' }), 'gateway.yaml')
  writeFileSync(
    file,
    `services: { a: ['${service.url}', 'http://localhost:${service.port}', 'unix:${cwd}/app.sock'] }\nroutes: { a: { path: /a, service: a } }\n`,
  )
  const result = await command(['check', file, '--online'], { cwd })
  assert.equal(result.code, 0, result.stdout)
  assert.match(result.stdout, /is valid/)
})

test('check --online marks each target that cannot be reached at its place, includes among them', async (t) => {
  const cwd = folder(t, {
    'gateway.yaml': `include: [teams/*.yaml]
services:
  a:
    targets:
      - url: http://127.0.0.1:1
      - unix:/no/such/app.sock
  b: 'http://\${HOST}:8080'
routes:
  a: { path: /a, service: a }
  b: { path: /b, service: b }
`,
    'teams/c.yaml': 'services: { c: http://127.0.0.1:1 }\nroutes: { c: { path: /c, service: c } }\n',
  })
  const env = { HOST: 'orders.gwanmun.invalid' }
  assert.equal((await command(['check'], { cwd, env })).code, 0)
  const result = await command(['check', '--online', '--json'], { cwd, env })
  assert.equal(result.code, 3, result.stdout)
  const { ok, errors, diagnostics } = JSON.parse(result.stdout) as Verdict
  assert.deepEqual([ok, errors], [false, 4])
  assert.deepEqual(
    diagnostics.map(({ code, file, line, column, path }) => [code, file, line, column, path]),
    [
      ['GW1502', 'gateway.yaml', 5, 14, 'services.a.targets[0]'],
      ['GW1502', 'gateway.yaml', 6, 9, 'services.a.targets[1]'],
      ['GW1501', 'gateway.yaml', 7, 6, 'services.b.targets[0]'],
      ['GW1502', 'teams/c.yaml', 1, 16, 'services.c.targets[0]'],
    ],
  )
  assert.ok(!result.stdout.includes(env.HOST), 'a value of the environment is shown as it was written')
  const pretty = await command(['check', '--online'], { cwd, env })
  assert.match(pretty.stdout, /\^{18} start the service, or mend its target/)
})

test('check --online tries nothing when the file has errors', async (t) => {
  const cwd = folder(t, {
    'gateway.yaml': 'services: { a: http://127.0.0.1:1 }\nroutes: { a: { path: /a, service: b } }\n',
  })
  const result = await command(['check', '--online'], { cwd })
  assert.equal(result.code, 3)
  assert.match(result.stdout, /GW1201/)
  assert.doesNotMatch(result.stdout, /GW15/)
})
