import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mismatch, type BodySchema } from '../../src/admin/body-schema.ts'
import { command, folder, root, startGateway } from './command.ts'

const file = 'services:\n  a: http://127.0.0.1:9\nroutes:\n  a: { path: /a/*, service: a }\n'

interface Expectation {
  readonly args: readonly string[]
  readonly keys: readonly string[]
}

const offline: readonly Expectation[] = [
  { args: ['version'], keys: ['gwanmun', 'node', 'platform'] },
  { args: ['check'], keys: ['diagnostics', 'errors', 'file', 'ms', 'ok', 'routes', 'services', 'warnings'] },
  { args: ['check', 'gateway.yaml', 'gateway.yaml'], keys: ['files', 'ok'] },
  { args: ['routes'], keys: ['routes'] },
  { args: ['doctor'], keys: ['findings', 'ok'] },
  { args: ['docs', 'GW4041'], keys: ['cause', 'code', 'fix', 'status', 'title'] },
  { args: ['docs'], keys: ['codes', 'pages'] },
  { args: ['config', 'print'], keys: ['config', 'origins'] },
  { args: ['config', 'get', 'routes.a'], keys: ['path', 'values'] },
  { args: ['init', 'new', '--yes'], keys: ['files', 'folder', 'format', 'template'] },
]

for (const { args, keys } of offline) {
  test(`--json prints one document and nothing else on stdout: gwanmun ${args.join(' ')}`, async (t) => {
    const { stdout } = await command([...args, '--json'], { cwd: folder(t, { 'gateway.yaml': file }) })
    assert.deepEqual(Object.keys(JSON.parse(stdout) as object).sort(), keys)
  })
}

test('--json of status, explain, reload and bench against a running gateway', async (t) => {
  const cwd = folder(t, { 'gateway.yaml': `${file}  health: { path: /health, respond: ok }\n` })
  const gateway = await startGateway(t, `${cwd}/gateway.yaml`, { cwd })
  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { stdout, stderr, code } = await command([...args, '--json', '--admin', gateway.admin], { cwd })
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout) as Record<string, unknown>
  }
  const status = await json('status')
  assert.equal(status['ready'], true)
  assert.equal((status['workers'] as unknown[]).length, 1)
  const explained = await json('explain', 'GET', '/a/1')
  assert.equal(explained['route'], 'a')
  assert.equal(explained['state'], 'running')
  const reloaded = await json('reload')
  assert.equal(reloaded['ok'], true)
  assert.equal(reloaded['changed'], false)
  const bench = await json('bench', '/health', '-c', '2', '-d', '300ms', '--url', gateway.url)
  const { requests, errors, statuses } = bench['gateway'] as {
    requests: number
    errors: number
    statuses: Record<string, number>
  }
  assert.ok(requests > 0)
  assert.equal(errors, 0)
  assert.equal(statuses['200'], requests)
})

for (const [name, text] of Object.entries({
  good: file,
  bad: `${file}  b: { path: /b, service: nobody, timeot: 5x }\n`,
  unreadable: 'routes: {',
})) {
  test(`check --json of a ${name} file fits the published schema`, async (t) => {
    const { stdout } = await command(['check', '--json'], { cwd: folder(t, { 'gateway.yaml': text }) })
    const schema = JSON.parse(readFileSync(join(root, 'schema/check.schema.json'), 'utf8')) as BodySchema
    assert.equal(mismatch(schema, JSON.parse(stdout)), undefined, stdout)
    assert.notEqual(mismatch(schema, { ...(JSON.parse(stdout) as object), extra: 1 }), undefined)
  })
}
