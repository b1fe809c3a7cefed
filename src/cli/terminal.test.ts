import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { asciiOf } from './symbols.ts'
import { asciiOnly, colored, createTerminal } from './terminal.ts'

test('NO_COLOR wins over FORCE_COLOR, that over the terminal, an empty NO_COLOR counts for nothing', () => {
  assert.equal(colored({}, true, false), true)
  assert.equal(colored({}, false, false), false)
  assert.equal(colored({ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false), false)
  assert.equal(colored({ NO_COLOR: '' }, true, false), true)
  assert.equal(colored({ FORCE_COLOR: '1' }, false, false), true)
  assert.equal(colored({ FORCE_COLOR: '0' }, true, false), false)
  assert.equal(colored({ TERM: 'dumb' }, true, false), false)
  assert.equal(colored({ FORCE_COLOR: '1' }, true, true), false)
})

test('the first locale variable that is set decides about ASCII', () => {
  assert.equal(asciiOnly({ LANG: 'C.UTF-8' }, 'linux'), false)
  assert.equal(asciiOnly({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux'), true)
  assert.equal(asciiOnly({ LC_ALL: '', LC_CTYPE: 'en_US.utf8' }, 'linux'), false)
  assert.equal(asciiOnly({}, 'linux'), true)
  assert.equal(asciiOnly({}, 'darwin'), false)
})

test('JSON says everything and steers no terminal', () => {
  let written = ''
  const stdout = new Writable({ write: (chunk: Buffer, _, done) => ((written += chunk.toString()), done()) })
  const source = { env: {}, stdout, stderr: stdout, stdinIsTty: false, platform: 'linux' }
  const value = { 'a\u009b31m': 'b\u0085\u007f\u202e\u2066\u001b[0m 관문' }
  createTerminal(source, { noColor: false, quiet: false, noInput: false }).json(value)
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  assert.doesNotMatch(written, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066]/)
  assert.ok(written.includes('관문'))
  assert.deepEqual(JSON.parse(written), value)
})

test('every symbol has an ASCII form, and words of people stay', () => {
  // oxlint-disable-next-line no-control-regex -- everything outside ASCII
  assert.doesNotMatch(asciiOf('✔ ✖ ▲ ● ○ ➜ → · – … ×'), /[^\u0000-\u007f]/)
  assert.equal(asciiOf('관문 → a'), '관문 -> a')
})
