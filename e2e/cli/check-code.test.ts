import assert from 'node:assert/strict'
import { test } from 'node:test'
import { command, folder } from './command.ts'

const config = `services:
  a: http://127.0.0.1:9
routes:
  a: { path: /a/*, service: a, use: [./own.ts] }
  b: { path: /b, handler: ./page.ts }
`
const policy = `import { definePolicy } from 'gwanmun'
export default definePolicy({
  name: 'own',
  stage: 'transform',
  create: () => ({ onRequest: () => undefined }),
})
`
const page = `import { defineHandler } from 'gwanmun'
export default defineHandler(() => ({ body: 'hi' }))
`
const files = { 'gateway.yaml': config, 'own.ts': policy, 'page.ts': page, 'package.json': '{"type":"commonjs"}' }

test('check passes code that is right, also in the package that npm init writes', async (t) => {
  const { code, stdout, stderr } = await command(['check', '--strict'], { cwd: folder(t, files) })
  assert.equal(code, 0, stdout)
  assert.equal(stderr, '')
})

test('check imports the code and makes its policies, and says where the configuration names what fails', async (t) => {
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [
      { 'own.ts': policy.replace('onRequest', 'onReqest') },
      /own\.ts: .*onReqest; did you mean onRequest\?\n --> .*:4:/,
    ],
    [{ 'own.ts': policy.replace('create', 'creat') }, /has creat; did you mean create\?/],
    [{ 'own.ts': policy.replace("'transform'", "'transfrom'") }, /did you mean transform\?/],
    [{ 'own.ts': policy.replace("'gwanmun'", "'gwamun'") }, /GW1006 .*\/own\.ts cannot be used: .*gwamun/],
    [{ 'own.ts': policy.replace('({', '{{') }, /own\.ts cannot be used: /],
    [{ 'own.ts': `throw new Error('boom')\n${policy}` }, /own\.ts cannot be used: boom\n --> .*\n +see .*own\.ts:1/],
    [{ 'page.ts': page.replace('default', 'const page =') }, /page\.ts has no export default\n --> gateway\.yaml:5:/],
    [{ 'page.ts': 'export default 5\n' }, /page\.ts: export default is no handler/],
  ]
  await Promise.all(
    wrong.map(async ([changed, said]) => {
      const { code, stdout } = await command(['check'], { cwd: folder(t, { ...files, ...changed }) })
      assert.equal(code, 3, stdout)
      assert.match(stdout, said)
    }),
  )
})
