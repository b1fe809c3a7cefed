import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { firstToken } from './first-token.ts'

test('a token is made and shown once, and kept as a hash that only its owner can read', (t) => {
  const state = mkdtempSync(join(tmpdir(), 'first-token-'))
  t.after(() => rmSync(state, { recursive: true }))
  const made = firstToken(state)
  assert.match(made.text ?? '', /^gwt_[\w-]{32}$/)
  const hash = `sha256:${createHash('sha256')
    .update(made.text ?? '')
    .digest('hex')}`
  assert.deepEqual(made.token, { name: 'first', hash, scopes: ['admin'] })
  const kept = join(state, 'admin-token')
  assert.equal(readFileSync(kept, 'utf8'), `${hash}\n`)
  assert.equal(statSync(kept).mode & 0o777, 0o600)
  assert.deepEqual(firstToken(state), { token: made.token, text: undefined })
})

test('a kept hash that is none is replaced, and a folder that cannot be written gives a token for this run', (t) => {
  const state = mkdtempSync(join(tmpdir(), 'first-token-'))
  t.after(() => rmSync(state, { recursive: true }))
  writeFileSync(join(state, 'admin-token'), 'nonsense')
  assert.notEqual(firstToken(state).text, undefined)
  writeFileSync(join(state, 'file'), '')
  const lost = [firstToken(join(state, 'file', 'below')), firstToken(join(state, 'file', 'below'))]
  assert.notEqual(lost[0]?.text, lost[1]?.text)
})
