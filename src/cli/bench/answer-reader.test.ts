import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createAnswerReader } from './answer-reader.ts'
import { percentile } from './summary.ts'

const answers = (chunks: readonly Buffer[], close = false): { statuses: number[]; valid: boolean } => {
  const statuses: number[] = []
  const reader = createAnswerReader()
  let valid = true
  for (const chunk of chunks) valid = valid && reader.take(chunk, (status) => statuses.push(status))
  if (close) reader.close((status) => statuses.push(status))
  return { statuses, valid }
}

const stream = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello' +
    'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n' +
    'HTTP/1.1 204 No Content\r\n\r\n' +
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n',
)

test('answers are found however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
      const points = [0, ...[...cuts].sort((a, b) => a - b), stream.length]
      const chunks = points.slice(1).map((end, index) => stream.subarray(points[index], end))
      assert.deepEqual(answers(chunks), { statuses: [200, 404, 204, 500], valid: true })
    }),
  )
})

test('an answer that the close delimits counts at the close, and what is no HTTP is said so', () => {
  assert.deepEqual(answers([Buffer.from('HTTP/1.1 200 OK\r\n\r\nbody')]).statuses, [])
  assert.deepEqual(answers([Buffer.from('HTTP/1.1 200 OK\r\n\r\nbody')], true).statuses, [200])
  assert.equal(answers([Buffer.from('SSH-2.0-x\r\n\r\n')]).valid, false)
})

test('a percentile is one of the values, and p100 the largest', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const ascending = values.sort((a, b) => a - b)
      const found = percentile(ascending, share)
      return ascending.includes(found) && percentile(ascending, 1) === ascending.at(-1)
    }),
  )
})
