import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { encodeQuery, firstQueryValue, splitQuery } from './query.ts'

test('3.12 of repeated parameters the first counts', () => {
  const query = 'a=1&b=x&a=2&a'
  assert.equal(firstQueryValue(query, 'a'), '1')
  assert.equal(firstQueryValue(query, 'c'), undefined)
})

test('3.12 a semicolon separates nothing, and broken escapes do not throw', () => {
  assert.equal(firstQueryValue('a=1;b=2', 'b'), undefined)
  assert.equal(firstQueryValue('a=1;b=2', 'a'), '1;b=2')
  assert.equal(firstQueryValue('a=%zz&%61b=%C3%A9+x', 'a'), '%zz')
  assert.equal(firstQueryValue('a=%zz&%61b=%C3%A9+x', 'ab'), 'é x')
  assert.equal(firstQueryValue('a=%00', 'a'), '\0')
  assert.equal(firstQueryValue('a+b=1', 'a b'), '1')
  assert.equal(firstQueryValue('ab=1&a=2', 'a'), '2')
})

test('3.12 more than 1,000 parameters are not taken apart', () => {
  assert.equal(splitQuery('a&'.repeat(999) + 'a')?.length, 1_000)
  assert.equal(splitQuery('a&'.repeat(1_000) + 'a'), undefined)
  assert.deepEqual(splitQuery(''), [])
})

const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', '&', '%', '+', '2', '6', 'é', ' ', '%26'), maxLength: 6 })

test('values are what URLSearchParams reads, for queries it can have written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 6 }), text, (pairs, other) => {
      const params = new URLSearchParams(pairs)
      const query = params.toString()
      for (const name of [...pairs.map((pair) => pair[0]), other].filter((name) => name !== '')) {
        assert.equal(firstQueryValue(query, name), params.get(name) ?? undefined)
      }
      const written = pairs.map(([name, value]) => `${encodeQuery(name)}=${encodeQuery(value)}`).join('&')
      assert.deepEqual([...new URLSearchParams(written)], [...params])
    }),
    { numRuns: 2_000 },
  )
})
