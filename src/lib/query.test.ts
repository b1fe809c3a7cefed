import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { QueryList } from './query-list.ts'
import { allQueryValues, encodeQuery, firstQueryValue, lastQueryValue, splitQuery } from './query.ts'

test('3.12 repeated parameters are told apart: first, last and all', () => {
  const query = 'a=1&b=x&a=2&a'
  assert.equal(firstQueryValue(query, 'a'), '1')
  assert.equal(lastQueryValue(query, 'a'), '')
  assert.deepEqual(allQueryValues(query, 'a'), ['1', '2', ''])
  assert.equal(firstQueryValue(query, 'c'), undefined)
  assert.equal(lastQueryValue(query, 'c'), undefined)
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
  assert.equal(QueryList.of('a&'.repeat(10_000)), undefined)
  assert.deepEqual(splitQuery(''), [])
})

const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', '&', '%', '+', '2', '6', 'é', ' ', '%26'), maxLength: 6 })

test('values are what URLSearchParams reads, for queries it can have written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 6 }), text, (pairs, other) => {
      const params = new URLSearchParams(pairs)
      const query = params.toString()
      for (const name of [...pairs.map((pair) => pair[0]), other].filter((name) => name !== '')) {
        assert.deepEqual(allQueryValues(query, name), params.getAll(name), `${name} in ${query}`)
        assert.equal(firstQueryValue(query, name), params.get(name) ?? undefined)
        assert.equal(lastQueryValue(query, name), params.getAll(name).at(-1))
      }
      const written = pairs.map(([name, value]) => `${encodeQuery(name)}=${encodeQuery(value)}`).join('&')
      assert.deepEqual([...new URLSearchParams(written)], [...params])
    }),
    { numRuns: 2_000 },
  )
})

const edited = (query: string, edit: (list: QueryList) => void): string => {
  const list = QueryList.of(query)
  assert.ok(list !== undefined)
  edit(list)
  return list.toString()
}

test('edits keep order and the bytes of what they do not touch', () => {
  const query = 'a=%7e&b=1&&c&a=2&utm_x=1&utm_y=2&d=%zz'
  assert.equal(
    edited(query, () => {}),
    query,
  )
  assert.equal(
    edited(query, (list) => list.remove('a')),
    'b=1&&c&utm_x=1&utm_y=2&d=%zz',
  )
  assert.equal(
    edited(query, (list) => list.remove('utm_*')),
    'a=%7e&b=1&&c&a=2&d=%zz',
  )
  assert.equal(
    edited(query, (list) => list.rename('a', 'x y')),
    'x%20y=%7e&b=1&&c&x%20y=2&utm_x=1&utm_y=2&d=%zz',
  )
  assert.equal(
    edited(query, (list) => list.rename('c', 'e')),
    'a=%7e&b=1&&e&a=2&utm_x=1&utm_y=2&d=%zz',
  )
  assert.equal(
    edited(query, (list) => list.replace('a', (value) => value.replace('2', '3&'))),
    'a=%7e&b=1&&c&a=3%26&utm_x=1&utm_y=2&d=%zz',
  )
  assert.equal(
    edited(query, (list) => list.default('a', 'no')),
    query,
  )
  assert.equal(
    edited(query, (list) => list.default('n', 'é')),
    `${query}&n=%C3%A9`,
  )
  assert.equal(
    edited(query, (list) => list.set('a', '9')),
    'a=9&b=1&&c&utm_x=1&utm_y=2&d=%zz',
  )
  assert.equal(
    edited(query, (list) => list.set('n', '9')),
    `${query}&n=9`,
  )
  assert.equal(
    edited('', (list) => list.add('a', "(it's)")),
    'a=%28it%27s%29',
  )
})
