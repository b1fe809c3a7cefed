import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verbFirst } from './run.ts'

test('global flags before the verb move behind it, and what is the verb’s own stays', () => {
  assert.deepEqual(verbFirst(['--json', '-c', 'x.yaml', 'check', '--strict']), [
    'check',
    '--json',
    '-c',
    'x.yaml',
    '--strict',
  ])
  assert.deepEqual(verbFirst(['--config=x.yaml', 'check']), ['check', '--config=x.yaml'])
  assert.deepEqual(verbFirst(['bench', '/', '-c', '5']), ['bench', '/', '-c', '5'])
  assert.deepEqual(verbFirst(['--version']), ['--version'])
  assert.deepEqual(verbFirst([]), [])
})
