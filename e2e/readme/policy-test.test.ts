import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { folder, root } from '../cli/command.ts'
import { blocksOf } from './blocks.ts'

const run = promisify(execFile)

test('the policy of docs/how-to/write-a-policy.md passes the test that the page gives it', async (t) => {
  const page = readFileSync(join(root, 'docs/how-to/write-a-policy.md'), 'utf8')
  const named = Object.fromEntries(
    blocksOf(page).flatMap(({ text }) => {
      const name = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1]
      return name === undefined ? [] : [[name, text]]
    }),
  )
  assert.deepEqual(Object.keys(named), ['policies/tenant.ts', 'policies/tenant.test.ts'])
  const face = (name: string): string => `export * from '${join(root, `src/${name}.ts`)}'\n`
  const cwd = folder(t, {
    ...named,
    'package.json': '{"type":"module"}',
    'node_modules/gwanmun/package.json':
      '{"name":"gwanmun","type":"module","exports":{".":"./index.js","./testing":"./testing.js"}}',
    'node_modules/gwanmun/index.js': face('index'),
    'node_modules/gwanmun/testing.js': face('testing'),
  })
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'policies/tenant.test.ts'], {
    cwd,
    // A test runner that runs inside another one reports to it and not to us.
    env: { PATH: process.env['PATH'] },
  })
  assert.match(stdout, /^# pass 2$/m)
})
