import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { compileFind, compileGroupText, compileReplacement, linearExpression } from './replacement.ts'

test('expressions that could take more than linear time are refused', () => {
  for (const source of ['(a)\\1', '(?=a)b', '(?<!a)b', '(', 'a'.repeat(1001)])
    assert.ok(!(linearExpression(source, true) instanceof RegExp), source)
  assert.throws(() => compileReplacement('(?=a)', 'b'))
  assert.throws(() => compileFind('(?!a)'))
})

test('counts that are too large to judge are refused before anybody judges them', () => {
  for (const all of [true, false])
    assert.deepEqual(linearExpression('^a{1,100000}b{1,100000}$', all), {
      reason: 'the counted repeats are too large',
      offset: 0,
    })
  assert.ok(linearExpression('^a{1,900}b{1,900}$', false) instanceof RegExp)
})

test('6.12 an ambiguous expression runs in linear time over a long text', () => {
  const replace = compileReplacement('(a+)+$', 'x')
  const text = `${'a'.repeat(50_000)}!`
  assert.equal(replace(text), text)
  assert.equal(replace('aaa'), 'x')
})

test('an expression that would search a text quadratically is refused for every match and taken for the first', () => {
  assert.throws(() => compileReplacement('a[^b]*b|a', 'x'), /quadratic/)
  assert.equal(compileFind('a[^b]*b|a').exec('xaxb')?.[0], 'axb')
  // The linear engine counts no large repeats, and the ordinary one would begin a long reading at every place.
  assert.throws(() => compileFind('a{40}[^b]*b'), /linear time/)
  assert.equal(compileReplacement('[0-9a-f]{32}', '-')('0'.repeat(32)), '-')
})

test('a replacement without groups is literal text', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, text) => {
      const escaped = text.replace(/[{}]/g, '$&$&')
      assert.equal(
        compileReplacement('#', escaped)(`${before.replaceAll('#', '')}#`),
        before.replaceAll('#', '') + text,
      )
    }),
  )
})

test('a group that took nothing is empty', () => {
  const match = compileFind('a(?<b>b)?').exec('a') as RegExpExecArray
  assert.equal(
    compileGroupText('a(?<b>b)?', '[{b}|{1}]')(match, (value) => value.toUpperCase()),
    '[|]',
  )
})
