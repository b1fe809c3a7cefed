import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createRedaction } from '../lib/redaction.ts'
import { createAccessLog } from './access-log.ts'
import { exchangeLike, factsLike, routeLike } from './exchange.fixture.ts'
import { createRecentRecords } from './recent-records.ts'

const log = createAccessLog(createRedaction([]), () => 0)
const lineOf = (id: string, path = '/orders/1', status = 200): string =>
  log.line(exchangeLike({ id, request: { path } }), routeLike('orders', 1), factsLike({ status })) as string
const run = (...lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'latin1')

test('a record is found by its id, whatever its texts hold, and the latest of an id wins', () => {
  const recent = createRecentRecords()
  const tricky = lineOf('req_2', '/","id":"req_3","x":"')
  recent.take(run(lineOf('req_1'), tricky))
  recent.take(run(lineOf('req_1', '/again', 503)))
  assert.deepEqual([recent.find('req_1')?.path, recent.find('req_1')?.status], ['/again', 503])
  assert.equal(recent.find('req_2')?.path, '/","id":"req_3","x":"')
  for (const id of ['req_3', 'req', '', 'req_1"', '"', 'x'.repeat(2000)]) assert.equal(recent.find(id), undefined, id)
})

test('records leave in their order, by number or by bytes, and the memory stays as it is', () => {
  const few = createRecentRecords(3, 1 << 16)
  few.take(run(...[1, 2, 3, 4, 5].map((n) => lineOf(`req_${n}`))))
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((n) => few.find(`req_${n}`)?.id),
    [undefined, undefined, 'req_3', 'req_4', 'req_5'],
  )
  const small = createRecentRecords(100, 2000)
  small.take(run(lineOf('req_1', `/${'a'.repeat(900)}`), lineOf('req_2')))
  assert.equal(small.find('req_1')?.id, 'req_1')
  small.take(run(lineOf('req_3', `/${'a'.repeat(900)}`)))
  assert.deepEqual([small.find('req_1'), small.find('req_3')?.id], [undefined, 'req_3'])
  createRecentRecords(3, 100).take(run(lineOf('req_1')))
})

test('after any runs of any lines, just the last ones that fit are found, each as it was', () => {
  const lengths = fc.array(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 12 }), { maxLength: 12 })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 6 }), (runs, records) => {
      const size = 1000
      const recent = createRecentRecords(records, size)
      let count = 0
      const given: string[] = []
      for (const lines of runs) {
        const texts = lines.map((length) => `{"id":"req_${count++}","pad":"${'p'.repeat(length)}"}\n`)
        given.push(...texts)
        recent.take(run(...texts))
      }
      const latest = given.length - 1
      const isKept = given.map((text, n) => {
        const found = recent.find(`req_${n}`)
        if (found !== undefined) assert.deepEqual(found, JSON.parse(text))
        return found !== undefined
      })
      // Whoever is kept is younger than all who are not, and the latest always is.
      const first = isKept.indexOf(true)
      assert.ok(latest < 0 || (first >= 0 && isKept.slice(first).every(Boolean)))
      const used = given.slice(first).reduce((sum, text) => sum + text.length, 0)
      assert.ok(latest < 0 || isKept.filter(Boolean).length <= records)
      assert.ok(latest < 0 || used <= size + given.length)
    }),
  )
})
