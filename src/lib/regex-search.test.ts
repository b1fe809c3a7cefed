import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { regexPlaces, type RegexPlaces } from './regex-places.ts'
import { isLinearSearch } from './regex-search.ts'
import { linearExpression } from './replacement.ts'
import { parseRegex, type RegexNode } from './regex-syntax.ts'

const nodeOf = (source: string): RegexNode => {
  const node = parseRegex(source)
  assert.ok('kind' in node, source)
  return node
}

test('an expression that reads far ahead of its matches, over and over, is not a linear search', () => {
  for (const source of [
    'a[^b]*b|a',
    '(a[^b]*b)|c',
    '(?:[^b]*b)?',
    'a(?:[^c]*c)?',
    'a[^b]*$|a',
    'a(.*bc)?',
    '(?:ab|a.*c)',
    '.*x|y',
    'a{2}[^b]*b|a',
    '(a+)+$|a',
  ])
    assert.equal(isLinearSearch(nodeOf(source)), false, source)
})

test('the expressions that people write are linear searches', () => {
  for (const source of [
    'a',
    'a+',
    '/+',
    '\\s+',
    '\\s+$',
    '^/+|/+$',
    '^Bearer (.*)$',
    '^/v1/(?<rest>.*)',
    'session=[^;]*;?',
    '; *Secure',
    '(password|token)=[^&]*',
    '"[^"]*"',
    '\\([^)]*\\)',
    '<[^>]*>',
    'a.*b',
    'a.*?b',
    '(a+)+',
    '(a+)+$',
    'http://([a-z0-9.-]+)(:[0-9]+)?',
    '([0-9]+)-([0-9]+)',
    '[0-9a-f]{32}',
    '\\bmax-age=[0-9]+\\b',
    '[A-Za-z0-9._%-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,20}',
    'domain=[^;]+',
    '(?<first>[^,]*),(?<second>[^,]*)',
  ])
    assert.equal(isLinearSearch(nodeOf(source)), true, source)
})

const step = (places: RegexPlaces, from: Iterable<number>, code: number): Set<number> => {
  const next = [...from].flatMap((place) => [...(places.next[place] as ReadonlySet<number>)])
  return new Set(next.filter((place) => ((places.sets[place] as bigint) & (1n << BigInt(code))) !== 0n))
}

/** How far a reading that is at `place` goes on from `at` before nothing of it is left or it has become a match. */
const hopesFor = (places: RegexPlaces, place: number, text: string, at: number): number => {
  let alive = new Set([place])
  let read = 0
  for (; at + read < text.length; read++) {
    alive = step(places, alive, text.charCodeAt(at + read))
    if (alive.size === 0 || [...alive].some((one) => places.last.has(one))) break
  }
  return read
}

/** Characters that a search reads at most to find every match: each match, and what is read behind it in vain. */
const charactersRead = (source: string, places: RegexPlaces, text: string): number => {
  // The ordinary engine may take exponential time for what is generated here.
  const linear = linearExpression(source, true)
  assert.ok(linear instanceof RegExp, source)
  let read = 0
  for (const match of text.matchAll(linear)) {
    const end = match.index + match[0].length
    let alive = new Set<number>()
    for (let at = match.index; at < end; at++) {
      const code = text.charCodeAt(at)
      const begun = places.first.filter((place) => ((places.sets[place] as bigint) & (1n << BigInt(code))) !== 0n)
      alive = step(places, alive, code)
      for (const place of begun) alive.add(place)
    }
    read += match[0].length + Math.max(0, ...[...alive].map((place) => hopesFor(places, place, text, end)))
  }
  return read
}

const atom = fc.constantFrom('a', 'b', '[^a]', '[^b]', '.', '(?:ab)', '(?:a|b.)', '(?:b*a)', 'c')
const piece = fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?')).map((parts) => parts.join(''))
const source = fc
  .array(fc.oneof({ weight: 4, arbitrary: piece }, { weight: 1, arbitrary: fc.constant('|') }), {
    minLength: 2,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
const unit = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 })

test('what counts as a linear search reads no text of repeated pieces quadratically', () => {
  let linear = 0
  fc.assert(
    fc.property(source, fc.tuple(unit, unit, unit), (text, [head, body, tail]) => {
      const node = nodeOf(text)
      if (!isLinearSearch(node)) return
      linear++
      const made = `${head}${body.repeat(400)}${tail}`
      const read = charactersRead(text, regexPlaces(node, () => true, 500) as RegexPlaces, made)
      assert.ok(read < made.length * 60, `${text} on ${head}(${body})*${tail}: ${read} of ${made.length}`)
    }),
    { numRuns: 1_000 },
  )
  assert.ok(linear > 400, `${linear} linear`)
})
