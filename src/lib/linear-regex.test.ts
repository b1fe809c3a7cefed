import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { linearRegex } from './linear-regex.ts'
import { literalPrefix } from './regex-prefix.ts'
import { sampleTexts } from './regex-sample.ts'
import { parseRegex } from './regex-syntax.ts'

const regexOf = (source: string): RegExp => {
  const regex = linearRegex(source)
  assert.ok(regex instanceof RegExp, `${source}: ${regex instanceof RegExp ? '' : regex.reason}`)
  return regex
}

test('an expression takes whole values only', () => {
  assert.equal(regexOf('a|b').test('ab'), false)
  assert.equal(regexOf('v[0-9]+').test('v12'), true)
  assert.equal(regexOf('v[0-9]+').test('xv12'), false)
  assert.equal(regexOf('a').test('a\n'), false)
})

test('what is not linear, or not the same everywhere, is refused with its place', () => {
  const faults: readonly (readonly [string, RegExp, number])[] = [
    ['(a)\\1', /back-references/, 3],
    ['(?<n>a)\\k<n>', /back-references/, 7],
    ['a(?=b)', /look-around/, 1],
    ['a(?!b)', /look-around/, 1],
    ['(?<=a)b', /look-around/, 0],
    ['(?i:a)', /kind of group/, 0],
    ['(a', /not closed/, 0],
    ['a)', /closes nothing/, 1],
    ['[a', /not closed/, 0],
    ['[]', /matches nothing/, 0],
    ['[z-a]', /wrong way round/, 1],
    ['*a', /nothing before/, 0],
    ['a**', /cannot be repeated/, 2],
    ['a{3,1}', /wrong way round/, 1],
    ['a{x}', /written \\\{/, 1],
    ['\\q', /not known/, 0],
    ['\\p{L}', /not known/, 0],
    ['\\', /escapes nothing/, 0],
    ['(?<n>a)(?<n>b)', /stands twice/, 10],
    ['[a-z]{3000}', /too large/, 0],
    ['(.{0,200}a){5}', /too large/, 0],
    ['a'.repeat(1001), /longer than 1000/, 1000],
    ['('.repeat(200), /too deeply/, 100],
  ]
  for (const [source, reason, offset] of faults) {
    const fault = linearRegex(source)
    assert.ok(!(fault instanceof RegExp), source)
    assert.match(fault.reason, reason, source)
    assert.equal(fault.offset, offset, source)
  }
})

test('common expressions are taken, counted repeats among them', () => {
  const uuid = regexOf('[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
  assert.equal(uuid.test('123e4567-e89b-12d3-a456-426614174000'), true)
  assert.equal(uuid.test('123e4567-e89b-12d3-a456-42661417400'), false)
  assert.equal(regexOf('[a-z]{1,255}').test('a'.repeat(255)), true)
  assert.equal(regexOf('.{2,40}x').test(`${'x'.repeat(40)}x`), true)
  assert.equal(regexOf('.{2,40}x').test(`${'x'.repeat(41)}x`), false)
  assert.equal(regexOf('/v(?<major>[0-9]+)/.*').exec('/v12/x')?.groups?.['major'], '12')
})

test('3.13 an expression that is exponential on a backtracking engine is done with a 50 KiB path', () => {
  const path = `/${'a'.repeat(50 * 1024)}!`
  for (const source of [
    '/(a+)+',
    '/(a|a)*',
    '/(a*)*b',
    '/(a|aa)+',
    '/.*a.*a.*a.*b',
    '/(?<x>(?:a+)+)b|/(?<y>a+)c',
    '/[a-z]*[a-y]*[a-x]*z',
  ]) {
    assert.equal(regexOf(source).test(path), false, source)
  }
  assert.equal(regexOf('/(a+)+!').test(path), true)
})

const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', '.', '(a|b)', '(?:ab)', '(a|ab)', '(?:b|)', '(a*)', '\\d', 'c')
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,3}', '*?', '+?', '{2,}')
const piece = fc.tuple(atom, quantifier).map(([text, repeat]) => text + repeat)
const source = fc
  .array(fc.oneof({ weight: 5, arbitrary: piece }, { weight: 1, arbitrary: fc.constant('|') }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''))
const value = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1'), maxLength: 8 })

test('whatever is taken decides as the plain expression does, and its prefix and samples are true', () => {
  let taken = 0
  fc.assert(
    fc.property(source, fc.array(value, { minLength: 4, maxLength: 4 }), (text, values) => {
      const regex = linearRegex(text)
      if (!(regex instanceof RegExp)) return
      taken++
      const plain = new RegExp(`^(?:${text})$`)
      const node = parseRegex(text)
      assert.ok('kind' in node)
      const prefix = literalPrefix(node)
      for (const candidate of values) {
        assert.equal(regex.test(candidate), plain.test(candidate), `${text} on ${candidate}`)
        if (plain.test(candidate)) assert.ok(candidate.startsWith(prefix), `${text} begins with ${prefix}`)
      }
      for (const sample of sampleTexts(node, 4)) assert.ok(plain.test(sample), `${text} does not take ${sample}`)
    }),
    { numRuns: 5_000 },
  )
  assert.ok(taken > 4_000, `${taken} taken`)
})

test('named groups capture what the plain expression captures', () => {
  const named = fc.tuple(piece, piece, piece).map(([a, b, c]) => `(?<x>${a})${b}(?<y>${c}|b)`)
  fc.assert(
    fc.property(named, value, (text, candidate) => {
      const regex = linearRegex(text)
      if (!(regex instanceof RegExp)) return
      assert.deepEqual(
        { ...regex.exec(candidate)?.groups },
        { ...new RegExp(`^(?:${text})$`).exec(candidate)?.groups },
        `${text} on ${candidate}`,
      )
    }),
    { numRuns: 5_000 },
  )
})
