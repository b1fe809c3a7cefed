import assert from 'node:assert/strict'
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { replaceFile } from './replace-file.ts'

const folder = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'gwanmun-replace-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('the file has the new text, its old mode, and nothing is left beside it', async (t) => {
  const path = join(folder(t), 'gateway.yaml')
  writeFileSync(path, 'old')
  chmodSync(path, 0o640)
  await replaceFile(path, 'old', 'neu: ü')
  assert.equal(readFileSync(path, 'utf8'), 'neu: ü')
  assert.equal(statSync(path).mode & 0o7777, 0o640)
  assert.deepEqual(readdirSync(join(path, '..')), ['gateway.yaml'])
})

test('a symbolic link stays one', async (t) => {
  const cwd = folder(t)
  writeFileSync(join(cwd, 'real.yaml'), 'old')
  symlinkSync('real.yaml', join(cwd, 'gateway.yaml'))
  await replaceFile(join(cwd, 'gateway.yaml'), 'old', 'new')
  assert.ok(lstatSync(join(cwd, 'gateway.yaml')).isSymbolicLink())
  assert.equal(readFileSync(join(cwd, 'real.yaml'), 'utf8'), 'new')
})

test('a file that was changed in the meantime is not touched', async (t) => {
  const path = join(folder(t), 'gateway.yaml')
  writeFileSync(path, 'of somebody else')
  await assert.rejects(replaceFile(path, 'old', 'new'), /changed in the meantime/)
  assert.equal(readFileSync(path, 'utf8'), 'of somebody else')
  assert.deepEqual(readdirSync(join(path, '..')), ['gateway.yaml'])
})
