import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { localLocation } from './local-location.ts'

test('a Location whose template begins with one slash stays on its host, whatever its values hold', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('/', '\\', '\t', 'evil.test', '.', ':', '@', ' ') }), (value) => {
      const url = new URL(localLocation('/{request.query.next}', `/${value}`), 'http://good.test/')
      assert.equal(url.host, 'good.test')
    }),
  )
})

test('a Location that names another host in its template is left alone', () => {
  assert.equal(localLocation('//cdn.test/{x}', '//cdn.test/a'), '//cdn.test/a')
  assert.equal(localLocation('https://a.test/{x}', 'https://a.test//b'), 'https://a.test//b')
})
