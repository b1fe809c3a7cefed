import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bareCode } from './bare-code.ts'

const bare = (source: string): string => bareCode(source).replace(/\s+/g, ' ').trim()

test('comments, strings, templates and expressions are blanked, code inside templates stays', () => {
  assert.equal(bare("const a = 'util' // util\n"), 'const a =')
  assert.equal(
    bare('const a = `util ${keep(`util ${more}`)} util`; b'),
    'const a = keep( more ) ; b'.replace('more )', 'more )'),
  )
  assert.equal(bare('x = /util[/]/g; y'), 'x = g; y')
  assert.equal(bare('x = a / b / c'), 'x = a / b / c')
  assert.equal(bare('f({ a: `${ { b: 1 }.b }` }) // x'), 'f({ a: { b: 1 }.b })')
})

test('lines stay where they are', () => {
  const source = '/* a\nb */ const x = `one\ntwo ${y}\n` // z\nlast'
  assert.equal(bareCode(source).split('\n').length, source.split('\n').length)
  assert.match(bareCode(source).split('\n')[4] ?? '', /last/)
})
