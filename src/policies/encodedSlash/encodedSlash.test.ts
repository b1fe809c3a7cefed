import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeHost } from '../exchange.fixture.ts'
import { encodedSlash } from './encodedSlash.ts'
import { encodedSlashOptions } from './options.ts'

test('the engine is told what to do with %2F, and refuses it when nothing is written', () => {
  assert.deepEqual(encodedSlash.settings?.('pass', fakeHost()), { encodedSlash: 'pass' })
  assert.deepEqual(encodedSlash.settings?.('refuse', fakeHost()), { encodedSlash: 'refuse' })
  assert.equal(encodedSlashOptions.builtIn, 'refuse')
})
