import assert from 'node:assert/strict'
import { test } from 'node:test'
import { command, folder } from './command.ts'

const config = `routes:
  a: { path: /a, respond: ok, use: ./policy.ts }
  b: { path: /b, handler: ./handler.ts }
`
const policy = `import { definePolicy } from 'gwanmun'
setInterval(() => {}, 1000)
export default definePolicy({ name: 'mine', stage: 'limit', create: () => ({}) })
`
const handler = `import { defineHandler } from 'gwanmun'
export default defineHandler(() => ({ body: 'ok' }))
`

test('check imports the code that a configuration names, and does not wait for what it holds open', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': config, 'policy.ts': policy, 'handler.ts': handler })
  const { code, stdout } = await command(['check'], { cwd })
  assert.equal(code, 0, stdout)
})

test('check and start tell what is no policy and no handler, where it is named', async (t) => {
  const cwd = folder(t, {
    'gateway.yaml': config,
    'policy.ts': policy.replace("'limit'", "'limits'"),
    'handler.ts': 'export default 5',
  })
  const checked = await command(['check'], { cwd })
  assert.equal(checked.code, 3)
  assert.match(checked.stdout, /GW1006 .*policy\.ts: export default names .*stage "limits"[^]*gateway\.yaml:2/)
  assert.match(checked.stdout, /GW1006 .*handler\.ts: export default is no handler[^]*gateway\.yaml:3/)
  const started = await command(['start', '--port', '0', '--admin-port', '0'], { cwd })
  assert.equal(started.code, 3)
  assert.match(started.stdout, /"code":"GW1006"/)
})

test('explain names the handler that would answer, and that it was not run', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': config, 'policy.ts': policy, 'handler.ts': handler })
  const { code, stdout } = await command(['explain', 'GET', '/b', '--config', 'gateway.yaml'], { cwd })
  assert.equal(code, 0, stdout)
  assert.match(stdout, /^ +\d \? handler +deliver +handler\.ts was not run +gateway\.yaml:3$/m)
  assert.match(stdout, /^Result +the handler handler\.ts answers; it was not run\. Nothing was sent\.$/m)
})

test('what is printed arrives whole in a pipe', async (t) => {
  const cwd = folder(t)
  const { code, stdout } = await command(['config', 'schema'], { cwd })
  assert.equal(code, 0)
  assert.equal(typeof JSON.parse(stdout), 'object')
  assert.ok(stdout.length > 1 << 16)
})
