import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedaction } from './redaction.ts'
import { createShield, maskTarget } from './shield.ts'

const written = '${KEY}'

test('a value from outside is shown as it is written, at any depth and escaped or not', () => {
  const shield = createShield([['s3cret/with space', written]])
  assert.deepEqual(
    shield({ a: ['x s3cret/with space y'], b: { c: '/q?k=s3cret%2Fwith%20space' }, n: 7, u: undefined, no: null }),
    { a: [`x ${written} y`], b: { c: `/q?k=${written}` }, n: 7, u: undefined, no: null },
  )
})

test('of two values of which one holds the other the longer is found', () => {
  const shield = createShield([
    ['12345678', '${SHORT}'],
    ['12345678-long', '${LONG}'],
  ])
  assert.equal(shield('12345678-long 12345678'), '${LONG} ${SHORT}')
})

test('what is short, and bare origins, are no secrets', () => {
  const shield = createShield([
    ['8080', '${PORT}'],
    ['http://orders:4001', '${ORDERS}'],
    ['https://orders.internal/', '${O}'],
  ])
  for (const text of ['at 8080', 'asks http://orders:4001/a', 'https://orders.internal/'])
    assert.equal(shield(text), text)
  const inPath = createShield([['http://orders:4001/hook/abcdef', '${HOOK}']])
  assert.equal(inPath('asks http://orders:4001/hook/abcdef'), 'asks ${HOOK}')
})

test('a request target shows no value under a telling name', () => {
  const redaction = createRedaction(['request.query.mine'])
  assert.equal(maskTarget('GET /a?x=1&api_key=2&mine=3', redaction), 'GET /a?x=1&api_key=***&mine=***')
  assert.equal(maskTarget('GET /a', redaction), 'GET /a')
})
