import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorText } from './error-text.ts'

test('an error that ended a thread is told with the place it comes from', () => {
  assert.match(errorText(new TypeError('no such thing')), /^TypeError: no such thing \(.*error-text\.test\.ts:\d+\)$/)
  const own = new SyntaxError("Expected ','")
  own.stack = `file:///srv/policy.ts?generation=3:12\n  a.b c\n      ^\nSyntaxError: Expected ','`
  assert.equal(errorText(own), "SyntaxError: Expected ',' (/srv/policy.ts:12)")
  assert.equal(errorText('thrown text'), 'thrown text')
})
