import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { folder, root } from '../cli/command.ts'
import { blocksOf } from './blocks.ts'

const run = promisify(execFile)

/** Pages that give code and its test: the files of both, and how many tests there are. */
const pages: readonly (readonly [page: string, files: readonly string[], tests: number])[] = [
  ['docs/how-to/write-a-policy.md', ['policies/tenant.ts', 'policies/tenant.test.ts'], 2],
  ['docs/how-to/your-own-code.md', ['handlers/quote.ts', 'handlers/quote.test.ts'], 3],
]

for (const [path, names, count] of pages)
  test(`the code of ${path} passes the test that the page gives it`, async (t) => {
    const page = readFileSync(join(root, path), 'utf8')
    const named = Object.fromEntries(
      blocksOf(page).flatMap(({ text }) => {
        const name = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1]
        return name === undefined ? [] : [[name, text]]
      }),
    )
    assert.deepEqual(Object.keys(named), names)
    const face = (name: string): string => `export * from '${join(root, `src/${name}.ts`)}'\n`
    const cwd = folder(t, {
      ...named,
      'package.json': '{"type":"module"}',
      'node_modules/gwanmun/package.json':
        '{"name":"gwanmun","type":"module","exports":{".":"./index.js","./testing":"./testing.js"}}',
      'node_modules/gwanmun/index.js': face('index'),
      'node_modules/gwanmun/testing.js': face('testing'),
    })
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', names[1] ?? ''], {
      cwd,
      // A test runner that runs inside another one reports to it and not to us.
      env: { PATH: process.env['PATH'] },
    })
    assert.match(stdout, new RegExp(`^# pass ${count}$`, 'm'))
  })
