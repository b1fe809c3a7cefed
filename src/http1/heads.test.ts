import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Fields } from '../lib/fields.ts'
import { statusLine, writeTrailers } from './head-writer.ts'
import { hostOf } from './host.ts'
import { parsedResponse, parseResponseHead, type ResponseHead } from './response-head.ts'

test('a host is a name, an IPv4 or a bracketed IPv6 address with at most a port, and nothing else', () => {
  // As the very first one, too.
  assert.equal(hostOf(''), undefined)
  const forms: readonly (readonly [string, string | undefined])[] = [
    ['a.test', 'a.test'],
    ['A.Test.', 'a.test'],
    ['a.test..', undefined],
    ['a..test', undefined],
    ['.', undefined],
    ['', undefined],
    ['a.test:80', 'a.test'],
    ['a.test.:80', 'a.test'],
    ['192.0.2.7:8080', '192.0.2.7'],
    ['[2001:DB8::1]:443', '[2001:db8::1]'],
    ['a_b.test', 'a_b.test'],
    ['localhost', 'localhost'],
    ['', undefined],
    [':80', undefined],
    ['a.test:', undefined],
    ['a.test:65536', undefined],
    ['a.test:123456', undefined],
    ['a..test', undefined],
    ['.a.test', undefined],
    ['-a.test', undefined],
    ['a.test/x', undefined],
    ['a.test,b.test', undefined],
    ['user@a.test', undefined],
    ['a.test:80@evil', undefined],
    ['a test', undefined],
    ['a.test\t', undefined],
    ['[::1', undefined],
    ['::1', undefined],
    ['[::1]x', undefined],
    ['[fe80::1%eth0]', undefined],
    ['[192.0.2.7]', undefined],
    ['a%2etest', undefined],
    ['é.test', undefined],
    ['a'.repeat(300), undefined],
  ]
  for (let round = 0; round < 2; round++) for (const [raw, host] of forms) assert.equal(hostOf(raw), host, raw)
})

const read = (text: string, isHead = false): ResponseHead | undefined => {
  const bytes = Buffer.from(text, 'latin1')
  return parseResponseHead(bytes, 0, bytes.length, isHead)
}

test('an answer is framed by status, coding and length; where they say nothing the connection is its end', () => {
  const framing = (text: string, isHead = false): unknown[] => {
    const head = read(text, isHead)
    return head === undefined ? [parsedResponse.fault] : [head.body, head.keepAlive, head.announced]
  }
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'), [5, true, 5])
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), [0, true, 0])
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n'), ['stream', true, 'stream'])
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\n\r\n'), ['close', false, 'none'])
  assert.deepEqual(framing('HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n'), [5, false, 5])
  assert.deepEqual(framing('HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n'), [5, true, 5])
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n'), [5, false, 5])
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', true), ['none', true, 5])
  assert.deepEqual(framing('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'), ['none', true, 5])
  assert.deepEqual(framing('HTTP/1.1 204 No Content\r\n\r\n'), ['none', true, 'none'])
  assert.deepEqual(framing('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n').slice(0, 2), ['none', false])
  assert.deepEqual(framing('HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n').slice(0, 2), [
    'none',
    false,
  ])
  assert.deepEqual(framing('HTTP/1.1 100 Continue\r\n\r\n'), ['none', true, 'none'])
})

test('an answer that two readers could take for two different ones is malformed', () => {
  const bad = [
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\n',
    'HTTP/1.1 103 Early\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\n',
    'HTTP/1.1 200 OK\r\n Folded: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA : 1\r\n\r\n',
    'HTTP/1.1 200 O\x00K\r\n\r\n',
    'HTTP/1.1 099 Low\r\n\r\n',
    'HTTP/1.1 600 High\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    'HTTP/2.0 200 OK\r\n\r\n',
    'HTTP/1.1  200 OK\r\n\r\n',
    'ICY 200 OK\r\n\r\n0123456789',
    'http/1.1 200 OK\r\n\r\n',
  ]
  for (const text of bad) {
    assert.equal(read(text), undefined, text)
    assert.equal(parsedResponse.fault, 'malformed', JSON.stringify(text))
  }
  assert.equal(read(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(40_000)}\r\n\r\n`), undefined)
  assert.equal(parsedResponse.fault, 'too-large')
  assert.equal(read(`HTTP/1.1 200 OK\r\n${'A: x\r\n'.repeat(200)}\r\n`), undefined)
  assert.equal(parsedResponse.fault, 'too-large')
})

test('the fields that Connection names are not those of the answer, and the hint of Keep-Alive is read', () => {
  const head = read(
    'HTTP/1.1 200 OK\r\nConnection: X-Gone, keep-alive\r\nX-Gone: 1\r\nX-Stays: 2\r\nKeep-Alive: timeout=7, max=5\r\nContent-Length: 0\r\n\r\n',
  )
  assert.deepEqual([head?.fields.toPairs(), head?.keepAlive, head?.keepAliveHint], [['x-stays', '2'], true, 7])
})

test('however the bytes of an answer arrive, it is read or refused the same', () => {
  const field = fc.constantFrom(
    'Content-Length: 5',
    'Transfer-Encoding: chunked',
    'X-Own: a b',
    'Connection: close',
    'Set-Cookie: a=b',
    'Bad Name: x',
    'Content-Length: x',
    'Keep-Alive: timeout=3',
  )
  const first = fc.constantFrom(
    'HTTP/1.1 200 OK',
    'HTTP/1.1 204',
    'HTTP/1.0 302 Found',
    'HTTP/1.1 101 Up',
    'HTTP/1.1 999 X',
    'HTTP/1.1 200\tX',
    'HTTP/1.1 404 ',
  )
  fc.assert(
    fc.property(first, fc.array(field, { maxLength: 5 }), fc.boolean(), (line, fields, isHead) => {
      const text = `${line}\r\n${fields.map((one) => `${one}\r\n`).join('')}\r\n`
      const whole = read(text, isHead)
      for (let end = 0; end < text.length; end++) {
        assert.equal(read(text.slice(0, end), isHead), undefined)
        if (parsedResponse.fault === undefined) continue
        assert.equal(whole, undefined, `refused after ${end} bytes, read when whole`)
        break
      }
      const followed = read(`${text}HTTP/1.1`, isHead)
      assert.deepEqual(followed?.fields.toPairs(), whole?.fields.toPairs())
      if (whole !== undefined) assert.equal(parsedResponse.end, text.length)
    }),
    { numRuns: 2_000 },
  )
})

test('what is written is read back as it was: names in lower case or as known, values byte for byte, trailers too', () => {
  const value = fc
    .string({ unit: fc.constantFrom('a', 'B', ' ', '\t', 'é', ',', '"'), maxLength: 10 })
    .map((text) => text.trim())
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.constantFrom<Lowercase<string>>('x-own', 'content-type', 'set-cookie', 'etag', 'x-other'), value),
        { maxLength: 8 },
      ),
      fc.constantFrom(200, 404, 503, 299),
      (pairs, status) => {
        const fields = new Fields()
        for (const [name, text] of pairs) fields.append(name, text)
        const head = read(`${fields.writeTo(statusLine(status))}\r\n\r\n`)
        assert.equal(head?.status, status)
        assert.deepEqual(head.fields.toPairs(), pairs.flat())
        const trailers = read(`HTTP/1.1 200 OK\r\n${writeTrailers(fields)}`)
        assert.deepEqual(trailers?.fields.toPairs(), pairs.flat())
      },
    ),
  )
})
