import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { AnswerReader } from './answer-reader.ts'

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
const chunked =
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n'
const others = [
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n' + plain,
]

test('answers are counted the same however the bytes are cut', () => {
  const piece = fc.constantFrom(plain, chunked, ...others)
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(400), { maxLength: 12 }),
      (answers, cuts) => {
        const bytes = Buffer.from(answers.join(''), 'latin1')
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        const reader = new AnswerReader()
        let done = 0
        for (let i = 1; i < edges.length; i++) done += reader.push(bytes.subarray(edges[i - 1], edges[i]))
        assert.equal(reader.fault, undefined)
        assert.equal(done, answers.length)
      },
    ),
  )
})

test('status and length of body are those of the last answer', () => {
  const reader = new AnswerReader()
  assert.equal(reader.push(Buffer.from(plain + chunked, 'latin1')), 2)
  assert.deepEqual([reader.status, reader.bytes], [201, 15])
})

test('an answer that ends with the connection, a wrong chunk size and garbage are faults', () => {
  for (const bytes of [
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    'SSH-2.0-x\r\n\r\n',
  ]) {
    const reader = new AnswerReader()
    assert.equal(reader.push(Buffer.from(bytes, 'latin1')), 0)
    assert.notEqual(reader.fault, undefined)
  }
})
