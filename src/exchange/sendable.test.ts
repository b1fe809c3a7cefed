import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Reply } from '../contract/exchange.ts'
import { isSendable } from './sendable.ts'

test('a reply is sendable only with a final status', () => {
  for (const status of [200, 204, 304, 404, 599]) assert.ok(isSendable({ status }))
  for (const status of [0, 99, 100, 101, 199, 600, 200.5, NaN, '200', undefined])
    assert.ok(!isSendable({ status } as Reply), String(status))
  assert.ok(!isSendable(42 as unknown as Reply))
})

test('a reply is sendable only with fields of one line each', () => {
  assert.ok(isSendable({ status: 200, headers: ['x-a', 'b c\td', 'x-e', ''], contentType: 'text/plain' }))
  for (const headers of [
    ['x-a'],
    ['', 'v'],
    ['x a', 'v'],
    ['x:a', 'v'],
    ['x\r\ny', 'v'],
    ['x-a', 'a\r\nb'],
    ['x-a', 'a\0'],
    ['x-a', '\u010a'],
    ['x-a', 1],
  ])
    assert.ok(!isSendable({ status: 200, headers: headers as string[] }), JSON.stringify(headers))
  assert.ok(!isSendable({ status: 200, contentType: 'text/plain\r\nx: y' }))
  assert.ok(!isSendable({ status: 200, body: 42 as unknown as string }))
})

test('headers that change after they were found good are looked at again', () => {
  const headers = ['x-a', 'good']
  assert.ok(isSendable({ status: 200, headers }))
  headers[1] = 'bad\r\nx: y'
  assert.ok(!isSendable({ status: 200, headers }))
})

test('whatever is sendable holds no byte that ends a line when it is written as latin1', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 }), (headers) => {
      if (!isSendable({ status: 200, headers })) return
      assert.ok(!/[\r\n\0]/.test(Buffer.from(headers.join(''), 'latin1').toString('latin1')))
    }),
  )
})
