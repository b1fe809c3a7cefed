import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { MessageLimits } from '../contract/plan.ts'
import { headRefusals } from './head-refusals.ts'
import { parsed, parseLength, parseRequestHead, type RequestHead } from './request-head.ts'

const limits: MessageLimits = {
  headerSize: 4096,
  headers: 20,
  uri: 200,
  requestsPerConnection: 0,
  connections: 0,
  connectionsPerIp: 0,
  underscore: 'refuse',
}
const parse = (text: string, over: Partial<MessageLimits> = {}): RequestHead | undefined => {
  const bytes = Buffer.from(text, 'latin1')
  return parseRequestHead(bytes, 0, bytes.length, { ...limits, ...over })
}
const whole = (text: string, over: Partial<MessageLimits> = {}): RequestHead => {
  const head = parse(text, over)
  assert.ok(head !== undefined, `${JSON.stringify(text)}: ${parsed.refusal?.detail ?? 'more bytes wanted'}`)
  return head
}
const request = (line: string, ...fields: string[]): string =>
  `${line}\r\nHost: a.test\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const get = (...fields: string[]): string => request('GET / HTTP/1.1', ...fields)
const socket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
]

type Reason = keyof typeof headRefusals
const rows: readonly (readonly [Reason, string])[] = [
  ['method', 'G\x01T / HTTP/1.1\r\n\r\n'],
  ['method', ' GET / HTTP/1.1\r\n\r\n'],
  ['method', 'G{T / HTTP/1.1\r\n\r\n'],
  ['unknownMethod', request('GETT / HTTP/1.1')],
  ['unknownMethod', request('get / HTTP/1.1')],
  ['unknownMethod', request(`${'A'.repeat(40)} / HTTP/1.1`)],
  ['traceMethod', request('TRACE / HTTP/1.1')],
  ['traceMethod', request('TRACK / HTTP/1.1')],
  ['connectMethod', request('CONNECT a.test:443 HTTP/1.1')],
  ['target', request('GET /a\x7fb HTTP/1.1')],
  ['target', request('GET /a#b HTTP/1.1')],
  ['target', request('GET /\xff HTTP/1.1')],
  ['targetForm', request('GET a.test/ HTTP/1.1')],
  ['targetForm', request('GET * HTTP/1.1')],
  ['targetForm', request('GET ftp://a.test/ HTTP/1.1')],
  ['targetLength', request(`GET /${'a'.repeat(200)} HTTP/1.1`)],
  ['version', request('GET / HTTP/1.x')],
  ['version', request('GET / http/1.1')],
  ['version', request('GET / HTTP/1.1 ')],
  ['otherVersion', request('GET / HTTP/1.2')],
  ['otherVersion', request('GET / HTTP/2.0')],
  ['requestLine', 'GET\r\n\r\n'],
  ['requestLine', 'GET /\r\n\r\n'],
  ['requestLine', 'GET  / HTTP/1.1\r\n\r\n'],
  ['lineEnd', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
  ['lineEnd', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
  ['lineEnd', 'GET / HTTP/1.1\r\nHost: a\r\n\rX'],
  ['field', get(': a')],
  ['field', get('A : b')],
  ['field', get('A: b\x00')],
  ['field', get('A(: b')],
  ['fold', get('A: b\r\n c')],
  ['underscore', get('X_Own: a')],
  ['headSize', get(`A: ${'x'.repeat(5000)}`)],
  ['headSize', get(...Array.from({ length: 15 }, () => `A: ${'x'.repeat(300)}`))],
  ['fieldCount', get(...Array.from({ length: 20 }, () => 'A: b'))],
  ['emptyLines', `\r\n\r\n${get()}`],
  ['hostMissing', 'GET / HTTP/1.1\r\n\r\n'],
  ['hostTwice', get('Host: a.test')],
  ['hostTwice', request('GET http://a.test/ HTTP/1.1', 'Host: b.test')],
  ['host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['host', 'GET / HTTP/1.1\r\nHost: a.test:99999\r\n\r\n'],
  ['host', 'GET / HTTP/1.1\r\nHost: user@a.test\r\n\r\n'],
  ['host', request('GET http://user@a.test/ HTTP/1.1')],
  ['lengthTwice', get('Content-Length: 1', 'Content-Length: 1')],
  ['length', get('Content-Length: +1')],
  ['length', get('Content-Length: 01')],
  ['length', get('Content-Length: 1, 1')],
  ['length', get('Content-Length: 0x10')],
  ['length', get('Content-Length:')],
  ['length', get('Content-Length: 9007199254740992')],
  ['lengthAndCoding', get('Content-Length: 1', 'Transfer-Encoding: chunked')],
  ['coding', get('Transfer-Encoding: chunked, chunked')],
  ['coding', get('Transfer-Encoding: chunked, gzip')],
  ['coding', get('Transfer-Encoding: identity')],
  ['coding', get('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['coding', get('Transfer-Encoding: xchunked')],
  ['coding', get('Transfer-Encoding:')],
  ['unknownCoding', get('Transfer-Encoding: gzip, chunked')],
  ['codingInOld', request('GET / HTTP/1.0', 'Transfer-Encoding: chunked')],
  ['expectation', get('Expect: 200-ok')],
  ['expectation', get('Expect: 100-continue', 'Expect: 100-continue')],
  ['connection', get('Connection: a b')],
  ['connection', get(`Connection: ${'a,'.repeat(40)}`, `Connection: ${'b,'.repeat(40)}`)],
  ['upgradeBody', get(...socket, 'Content-Length: 1')],
  ['upgradeForm', get('Upgrade: websocket')],
  ['upgradeForm', get(...socket.slice(0, 2), 'Sec-WebSocket-Version: 13')],
  ['upgradeForm', request('POST / HTTP/1.1', ...socket)],
  ['upgradeVersion', get(...socket.slice(0, 3), 'Sec-WebSocket-Version: 8')],
]
for (const [reason, text] of rows) {
  const shown = JSON.stringify(text.length > 90 ? `${text.slice(0, 90)}…` : text)
  test(`${reason}: ${shown} is refused for that reason, however it is cut`, () => {
    assert.equal(parse(text), undefined)
    assert.equal(parsed.refusal, headRefusals[reason])
    // Fed byte by byte it is refused too, and for the same reason.
    const bytes = Buffer.from(text, 'latin1')
    for (let end = 1; end <= bytes.length; end++) {
      assert.equal(parseRequestHead(bytes, 0, end, limits), undefined)
      if (parsed.refusal !== undefined) break
    }
    assert.equal(parsed.refusal?.code, headRefusals[reason].code)
  })
}
test('the table above holds every reason that there is', () => {
  const seen = new Set(rows.map(([reason]) => reason))
  assert.deepEqual(
    Object.keys(headRefusals).filter((reason) => !seen.has(reason as Reason)),
    [],
  )
})

test('a head is read into its parts; framing and hop-by-hop fields are no fields of it', () => {
  const head = whole(
    'POST /a/b?c=d&e HTTP/1.1\r\nHost: A.Test.:8080\r\nX-Own:  a b \t\r\nContent-Length: 12\r\nConnection: keep-alive, X-Gone\r\nX-Gone: 1\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nProxy: x\r\nX-Own: second\r\n\r\n',
  )
  assert.deepEqual(
    [
      head.method,
      head.rawPath,
      head.query,
      head.host,
      head.authority,
      head.length,
      head.keepAlive,
      head.acceptsTrailers,
      head.fields.toPairs(),
    ],
    ['POST', '/a/b', 'c=d&e', 'a.test', 'A.Test.:8080', 12, true, true, ['x-own', 'a b', 'x-own', 'second']],
  )
})

test('target forms: origin, absolute, and the asterisk of OPTIONS', () => {
  const read = (line: string): string[] => {
    const head = whole(request(line))
    return [head.host, head.rawPath, head.query]
  }
  assert.deepEqual(read('GET //a.test/b HTTP/1.1'), ['a.test', '//a.test/b', ''])
  assert.deepEqual(read('GET http://B.test:81/p?q HTTP/1.1'), ['b.test', '/p', 'q'])
  assert.deepEqual(read('GET http://b.test HTTP/1.1'), ['b.test', '/', ''])
  assert.deepEqual(read('GET http://b.test?x=/y HTTP/1.1'), ['b.test', '/', 'x=/y'])
  assert.deepEqual(read('OPTIONS * HTTP/1.1'), ['a.test', '*', ''])
  assert.deepEqual(read('GET /a?b?c HTTP/1.1'), ['a.test', '/a', 'b?c'])
})

test('keep-alive follows version and Connection; close always wins', () => {
  const keeps = (line: string, ...fields: string[]): boolean => whole(request(line, ...fields)).keepAlive
  assert.deepEqual(
    [
      keeps('GET / HTTP/1.1'),
      keeps('GET / HTTP/1.0'),
      keeps('GET / HTTP/1.1', 'Connection: Close'),
      keeps('GET / HTTP/1.0', 'Connection: Keep-Alive'),
      keeps('GET / HTTP/1.1', 'Connection: close, keep-alive'),
      keeps('GET / HTTP/1.1', 'Connection: keep-alive', 'Connection: close'),
      keeps('GET / HTTP/1.0', 'Connection: close, keep-alive'),
    ],
    [true, false, false, true, false, false, false],
  )
})

test('an upgrade is taken whole or not at all; protocols that are not spoken are left out', () => {
  assert.equal(whole(get(...socket)).upgrade, 'websocket')
  const other = whole(get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAM'))
  assert.deepEqual([other.upgrade, other.fields.length], ['', 0])
})

test('names with underscores are refused, dropped or passed, as the listener has it', () => {
  assert.deepEqual(whole(get('X_Own: 1', 'X-Own: 2'), { underscore: 'drop' }).fields.toPairs(), ['x-own', '2'])
  assert.deepEqual(whole(get('X_Own: 1'), { underscore: 'pass' }).fields.toPairs(), ['x_own', '1'])
})

test('a length is a plain decimal number that a machine can count to', () => {
  const forms: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['7', 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', -1],
    ['00', -1],
    ['', -1],
    ['-0', -1],
    ['1_0', -1],
    ['1e3', -1],
    ['99999999999999999', -1],
    ['٣', -1],
  ]
  for (const [text, length] of forms) assert.equal(parseLength(text), length, text)
})

const name = fc.constantFrom(
  'Accept',
  'x-own',
  'Cookie',
  'User-Agent',
  'X-Forwarded-For',
  'Content-Type',
  'X-OTHER',
  'Content-Length',
  'Transfer-Encoding',
  'Connection',
  'Host',
  'Expect',
  'Upgrade',
  'X_Under',
)
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', ' ', '\t', 'é', ',', ';', '"', '5'), maxLength: 12 }),
  fc.constantFrom('5', 'chunked', 'close', 'keep-alive', 'a.test', '100-continue', 'websocket', 'gzip, chunked'),
)
const line = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'OPTIONS', 'FOO'),
    fc.constantFrom('/', '/a?b=c', '*', 'http://b.test/x?y', '/\u0001', '/%zz', 'x'),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/3.0', 'HTTP/1'),
  )
  .map((parts) => parts.join(' '))
const heads = fc
  .tuple(
    fc.constantFrom('', '', '\r\n'),
    line,
    fc.boolean(),
    fc.array(
      fc.tuple(
        name,
        fc.constantFrom(':', ': ', ':\t', ' :'),
        value,
        fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n'),
      ),
      { maxLength: 6 },
    ),
  )
  .map(
    ([before, first, hasHost, fields]) =>
      `${before}${first}\r\n${hasHost ? 'Host: a.test\r\n' : ''}${fields.map((field) => field.join('')).join('')}\r\n`,
  )

test('however the bytes of a head arrive, and whatever follows it, it is read or refused the same', () => {
  fc.assert(
    fc.property(
      heads,
      fc.string({ unit: fc.constantFrom('G', '\r', '\n', ' ', '0'), maxLength: 8 }),
      fc.nat(40),
      (text, rest, offset) => {
        const alone = parse(text)
        const refused = parsed.refusal
        const summary = (head: RequestHead | undefined): unknown =>
          head === undefined ? undefined : { ...head, fields: head.fields.toPairs() }
        // In the middle of a buffer, with other bytes before and after it.
        const bytes = Buffer.from('x'.repeat(offset) + text + rest, 'latin1')
        const inside = parseRequestHead(bytes, offset, bytes.length, limits)
        if (alone !== undefined) {
          assert.equal(parsed.end, offset + Buffer.from(text, 'latin1').length)
          assert.deepEqual(summary(inside), summary(alone))
        }
        // Any beginning of it wants more bytes, or is refused when the whole is.
        for (let end = 1; end < text.length; end++) {
          assert.equal(
            parseRequestHead(Buffer.from(text.slice(0, end), 'latin1'), 0, end, limits),
            undefined,
            'a part was taken for the whole',
          )
          if (parsed.refusal !== undefined) {
            assert.ok(refused !== undefined, `refused after ${end} bytes, read when whole`)
            break
          }
        }
        assert.equal(alone === undefined, refused !== undefined, 'a head that ends in an empty line is read or refused')
      },
    ),
    { numRuns: 3_000 },
  )
})
