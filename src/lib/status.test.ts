import assert from 'node:assert/strict'
import { STATUS_CODES } from 'node:http'
import { test } from 'node:test'
import { reasonPhrase } from './status.ts'

test('every status that has a usual phrase goes out with one', () => {
  // 509 belongs to nobody.
  for (const status of Object.keys(STATUS_CODES).filter((code) => code !== '509'))
    assert.notEqual(reasonPhrase(Number(status)), '', status)
  assert.equal(reasonPhrase(299), '')
})
