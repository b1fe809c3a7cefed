import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { adminReference } from './reference.ts'

test('the reference page of the admin API is what the table of endpoints makes', () => {
  const page = readFileSync(new URL('../../docs/reference/admin-api.md', import.meta.url), 'utf8')
  assert.equal(page, adminReference())
})
