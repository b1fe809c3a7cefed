import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asciiOf } from './symbols.ts'
import { asciiOnly, colored } from './terminal.ts'

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

test('every symbol has an ASCII form, and words of people stay', () => {
  // oxlint-disable-next-line no-control-regex -- everything outside ASCII
  assert.doesNotMatch(asciiOf('✔ ✖ ▲ ● ○ ➜ → · – … ×'), /[^\u0000-\u007f]/)
  assert.equal(asciiOf('관문 → a'), '관문 -> a')
})
