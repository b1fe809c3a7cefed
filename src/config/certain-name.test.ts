import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certainName } from './certain-name.ts'

test('a misspelled long word of a name is certain', () => {
  assert.equal(certainName('ordes', ['orders', 'payments']), 'orders')
  assert.equal(certainName('paymnets-eu', ['orders', 'payments-eu']), 'payments-eu')
  assert.equal(certainName('orderPages', ['order-pages']), 'order-pages')
})

test('names that may well be others are not', () => {
  const cases = [
    ['users-b', 'users-a'],
    ['users-east', 'users-west'],
    ['orders2', 'orders1'],
    ['orders2024', 'orders2025'],
    ['cat', 'car'],
    ['api-eu', 'api-us'],
    ['trues', 'true'],
  ] as const
  for (const [written, declared] of cases) assert.equal(certainName(written, [declared]), undefined, written)
  assert.equal(certainName('order', ['orders', 'orderz']), undefined)
})
