import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readPlainFile } from './plain-file.ts'

test('only regular files of at most 16 MB are read: no device that never ends, no folder', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plain-file-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'secret')
  writeFileSync(file, 'a value')
  assert.equal(readPlainFile(file).toString(), 'a value')
  const link = join(folder, 'link')
  symlinkSync(file, link)
  assert.equal(readPlainFile(link).toString(), 'a value')
  for (const other of ['/dev/zero', folder, join(folder, 'missing')]) assert.throws(() => readPlainFile(other), Error)
  truncateSync(file, 16 * 1024 * 1024 + 1)
  assert.throws(() => readPlainFile(file), /larger/)
})
