import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { logFieldsReference, metricsReference } from './reference.ts'

test('the reference pages of metrics and log fields are what the code makes', () => {
  const page = (name: string): string => readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8')
  assert.equal(page('metrics.md'), metricsReference())
  assert.equal(page('log-fields.md'), logFieldsReference())
})
