import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { clip, columns, widthOf, wrap } from './table.ts'

test('columns align by what is seen: escapes take none, wide letters two', () => {
  assert.deepEqual(
    columns([
      ['a', 'x'],
      ['\u001b[31mlong\u001b[39m', 'y'],
    ]),
    ['a     x', '\u001b[31mlong\u001b[39m  y'],
  )
  assert.deepEqual(
    columns([
      ['관문', 'x'],
      ['abcd', 'y'],
    ]),
    ['관문  x', 'abcd  y'],
  )
})

test('clipped text is never wider than asked, and is the text itself when it fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      const clipped = clip(text, width)
      return widthOf(text) <= width ? clipped === text : widthOf(clipped) <= width && clipped.endsWith('…')
    }),
  )
})

test('wrapping keeps every word in order, and no line is wider unless one word is', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 1, max: 40 }), (words, width) => {
      const lines = wrap(words.join(' '), width)
      assert.deepEqual(
        lines
          .join(' ')
          .split(' ')
          .filter((word) => word !== ''),
        words,
      )
      return lines.every((line) => line.length <= width || !line.includes(' '))
    }),
  )
})
