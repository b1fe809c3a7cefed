import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { cookieValue } from './cookies.ts'
import { editDistance } from './distance.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { createMatcher } from './matcher.ts'
import { formatShare, formatSize, parseShare, parseSize } from './size.ts'
import { nearest } from './nearest.ts'
import { formatStatusRange, parseStatusRange } from './status-range.ts'

test('durations are one number with one unit', () => {
  const forms: readonly (readonly [string, number | undefined])[] = [
    ['500ms', 500],
    ['5s', 5_000],
    ['1.5s', 1_500],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
    ['5', undefined],
    ['1h30m', undefined],
    ['5 s', undefined],
    ['-1s', undefined],
    ['1.s', undefined],
    ['.5s', undefined],
    ['1w', undefined],
    ['', undefined],
    [`${'9'.repeat(30)}d`, undefined],
  ]
  for (const [text, ms] of forms) assert.equal(parseDuration(text), ms, text)
  assert.deepEqual([90_000, 1_500, 86_400_000, 0, 3_600_000].map(formatDuration), ['90s', '1500ms', '1d', '0ms', '1h'])
  fc.assert(fc.property(fc.nat(), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)))
})

test('sizes are powers of 1024, shares percentages, rates a count and a window', () => {
  assert.deepEqual(
    ['64KB', '10MB', '2GB', '512B', '1.5KB'].map(parseSize),
    [65_536, 10_485_760, 2_147_483_648, 512, 1_536],
  )
  for (const text of ['64', '64kb', '1TB', '-1B', '1 KB', '']) assert.equal(parseSize(text), undefined, text)
  assert.deepEqual([65_536, 1_000, 0, 1_073_741_824].map(formatSize), ['64KB', '1000B', '0B', '1GB'])
  fc.assert(fc.property(fc.nat(), (bytes) => assert.equal(parseSize(formatSize(bytes)), bytes)))
  assert.deepEqual(['10%', '0.5%', '100%', '0%'].map(parseShare), [0.1, 0.005, 1, 0])
  for (const text of ['101%', '10', '-1%', '%', '']) assert.equal(parseShare(text), undefined, text)
  assert.deepEqual([0.1, 0.005, 1, 0.29].map(formatShare), ['10%', '0.5%', '100%', '29%'])
})

test('statuses are single, a family or a range', () => {
  assert.deepEqual(['503', '5xx', '200-399'].map(parseStatusRange), [
    [503, 503],
    [500, 599],
    [200, 399],
  ])
  for (const text of ['99', '600', '5XX', '6xx', '399-200', '200-', '2xx-3xx', '0200', ''])
    assert.equal(parseStatusRange(text), undefined, text)
  assert.deepEqual(
    (
      [
        [503, 503],
        [500, 599],
        [200, 399],
      ] as const
    ).map(formatStatusRange),
    ['503', '5xx', '200-399'],
  )
})

test('the distance counts insertions, deletions, substitutions and swaps of neighbours', () => {
  const pairs: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['abc', '', 3],
    ['orders', 'ordes', 1],
    ['rateLimt', 'rateLimit', 1],
    ['teh', 'the', 1],
    ['ca', 'abc', 3],
    ['kitten', 'sitting', 3],
  ]
  for (const [a, b, distance] of pairs)
    assert.deepEqual([editDistance(a, b), editDistance(b, a)], [distance, distance], `${a} ${b}`)
  assert.equal(editDistance('kitten', 'sitting', 2), 3)
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 })
  fc.assert(
    fc.property(word, word, fc.nat(4), (a, b, limit) => {
      const distance = editDistance(a, b)
      assert.equal(distance, editDistance(b, a))
      assert.ok(distance <= Math.max(a.length, b.length) && distance >= Math.abs(a.length - b.length))
      assert.equal(distance === 0, a === b)
      assert.equal(editDistance(a, b, limit), Math.min(distance, limit + 1))
    }),
  )
})

test('the nearest word is near, or none', () => {
  assert.equal(nearest('ordes', ['payments', 'orders']), 'orders')
  assert.equal(nearest('Orders', ['orders']), 'orders')
  assert.equal(nearest('x', ['y', 'orders']), undefined)
  assert.equal(nearest('paymnets', ['payment', 'payments']), 'payments')
  assert.equal(nearest('catalogue', ['orders', 'stock']), undefined)
})

test('a matcher compares, matches whole values, takes any of a list, and knows present and absent', () => {
  assert.deepEqual(['a', 'A', undefined].map(createMatcher('a')), [true, false, false])
  assert.deepEqual(['v1', 'v12', 'xv1', undefined].map(createMatcher('~v[0-9]')), [true, false, false, false])
  assert.deepEqual(['', 'a', undefined].map(createMatcher(true)), [true, true, false])
  assert.deepEqual(['', 'a', undefined].map(createMatcher(null)), [false, false, true])
  assert.deepEqual(['a', 'b1', 'c', undefined].map(createMatcher(['a', '~b.', null])), [true, true, false, true])
  assert.deepEqual(['a', undefined].map(createMatcher([])), [false, false])
  assert.throws(() => createMatcher('~(a)\\1'), /back-references/)
})

test('a star is a wildcard only where it is asked for', () => {
  assert.deepEqual(['*.a', 'b.a'].map(createMatcher('*.a')), [true, false])
  const origin = createMatcher('https://*.example.com', { wildcard: true })
  assert.deepEqual(
    [
      'https://a.example.com',
      'https://a.b.example.com',
      'https://.example.com',
      'https://example.com',
      'https://a.example.com.evil',
      'http://a.example.com',
    ].map(origin),
    [true, true, false, false, false, false],
  )
  assert.deepEqual(['', 'x', undefined].map(createMatcher('*', { wildcard: true })), [true, true, false])
  assert.deepEqual(['axbyc', 'abc', 'axbc'].map(createMatcher('a*b*c', { wildcard: true })), [true, false, false])
  assert.deepEqual(['a-b-b', 'a-b'].map(createMatcher('a*b*b', { wildcard: true })), [true, false])
  assert.equal(createMatcher('Api.Example.com', { ignoreCase: true })('api.example.COM'), true)
})

test('one cookie is read without taking the others apart', () => {
  const field = 'a=1; sid="x=y"; b=; a=2;c=3 ; sida=no'
  const cookies: readonly (readonly [string, string | undefined])[] = [
    ['a', '1'],
    ['sid', 'x=y'],
    ['b', ''],
    ['c', '3'],
    ['si', undefined],
    ['sida', 'no'],
    ['A', undefined],
    ['y', undefined],
  ]
  for (const [name, value] of cookies) assert.equal(cookieValue(field, name), value, name)
  assert.equal(cookieValue('', 'a'), undefined)
  assert.equal(cookieValue('a', 'a'), undefined)
  assert.equal(cookieValue('x; a=1', 'a'), '1')
  assert.equal(cookieValue('x=a=1', 'a'), undefined)
})
