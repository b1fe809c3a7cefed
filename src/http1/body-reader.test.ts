import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Fields } from '../lib/fields.ts'
import { bodyFault, BodyReader } from './body-reader.ts'

/** What came of reading some bytes as a body. */
interface Reading {
  readonly state: 'done' | 'refused' | 'open'
  readonly body: string
  readonly trailers: readonly string[]
  /** Bytes that belong to the message; those after it are somebody else's. */
  readonly end: number
}

/** Reads a chunked body from pieces, each in memory that is overwritten when its turn is over. */
const readPieces = (pieces: readonly string[], length: number | 'stream' | 'close' = 'stream'): Reading => {
  const reader = new BodyReader()
  let body = ''
  let trailers: string[] = []
  let end = 0
  const owner = {
    onBody: (chunk: Uint8Array): void => {
      body += Buffer.from(chunk).toString('latin1')
    },
    onTrailers: (fields: Fields): void => {
      trailers = fields.toPairs()
    },
  }
  reader.start(length)
  for (const piece of pieces) {
    if (reader.done || reader.fault !== bodyFault.none) break
    const bytes = Buffer.from(`#${piece}`, 'latin1')
    end += reader.read(bytes, 1, bytes.length, owner) - 1
    bytes.fill(0x21)
  }
  return { state: reader.fault !== bodyFault.none ? 'refused' : reader.done ? 'done' : 'open', body, trailers, end }
}

const tchar = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]"
const sizeLine = new RegExp(
  `^([0-9A-Fa-f]{1,13})((?:;${tchar}+(?:=(?:${tchar}+|"(?:[^"\\\\\\x00-\\x1f\\x7f]|\\\\[\\x20-\\x7e])*"))?)*)\\r\\n`,
)
const fieldLine = new RegExp(`^(${tchar}+):[ \\t]*((?:[^\\x00-\\x08\\x0a-\\x1f\\x7f])*)\\r\\n`)

/** The same grammar read by expressions over the whole text; undefined when it is not, or not yet, a whole body. */
const readWhole = (text: string): Omit<Reading, 'state'> | undefined => {
  let at = 0
  let body = ''
  let extensions = 0
  for (;;) {
    const line = sizeLine.exec(text.slice(at))
    if (line === null) return undefined
    extensions += (line[2] as string).length
    if (extensions > 1023) return undefined
    at += line[0].length
    const size = Number.parseInt(line[1] as string, 16)
    if (size === 0) break
    body += text.slice(at, at + size)
    at += size
    if (text.slice(at, at + 2) !== '\r\n') return undefined
    at += 2
  }
  const trailers: string[] = []
  while (text.slice(at, at + 2) !== '\r\n') {
    const line = fieldLine.exec(text.slice(at))
    if (line === null) return undefined
    at += line[0].length
    const name = (line[1] as string).toLowerCase()
    if (name === 'content-length' || name === 'transfer-encoding') return undefined
    if (name.startsWith('x-own')) trailers.push(name, (line[2] as string).replace(/[ \t]+$/, ''))
  }
  return { body, trailers, end: at + 2 }
}

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', '0', ';', ':', 'ÿ'), maxLength: 40 })
const extension = fc.constantFrom('', '', ';a', ';a=b', ';a="b;\\"c\r"'.replace('\r', ''), ';a="";b=c', ';ieof')
const chunk = fc.tuple(
  letters.filter((text) => text !== ''),
  extension,
  fc.boolean(),
  fc.constantFrom('', '0', '000'),
)
const message = fc
  .tuple(
    fc.array(chunk, { maxLength: 5 }),
    extension,
    fc.array(
      fc.tuple(
        fc.constantFrom('X-Own-Sum', 'x-own-count', 'Host', 'X-Forwarded-For', 'Cookie'),
        fc.constantFrom('', ' ', '\t '),
        fc.string({ unit: fc.constantFrom('a', ' ', '1', 'é'), maxLength: 6 }),
      ),
      { maxLength: 4 },
    ),
    letters,
  )
  .map(([chunks, last, trailers, after]) => ({
    text:
      chunks
        .map(
          ([data, ext, upper, zeros]) =>
            `${zeros}${upper ? data.length.toString(16).toUpperCase() : data.length.toString(16)}${ext}\r\n${data}\r\n`,
        )
        .join('') +
      `0${last}\r\n${trailers.map(([name, blank, value]) => `${name}:${blank}${value}\r\n`).join('')}\r\n`,
    body: chunks.map(([data]) => data).join(''),
    after,
  }))

const cutAt = (text: string, places: readonly number[]): string[] => {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)), text.length].toSorted((a, b) => a - b)
  return sorted.slice(1).map((to, index) => text.slice(sorted[index], to))
}

test('every cut of a valid body gives the same bytes, trailers and end, and leaves what follows alone', () => {
  fc.assert(
    fc.property(message, fc.array(fc.nat(), { maxLength: 12 }), ({ text, body, after }, places) => {
      const expected = readWhole(text + after)
      assert.ok(expected !== undefined)
      for (const pieces of [[text + after], cutAt(text + after, places), [...(text + after)]]) {
        const reading = readPieces(pieces)
        assert.deepEqual(reading, { ...expected, state: 'done' }, JSON.stringify(pieces))
        assert.equal(reading.body, body)
      }
    }),
    { numRuns: 1_500 },
  )
})

test('whatever byte of it is changed, added or lost: it is refused, or wants more, or another reader reads the same', () => {
  const bytes = fc.constantFrom(
    '\r',
    '\n',
    '0',
    '1',
    'f',
    'g',
    ';',
    '=',
    '"',
    ' ',
    '\t',
    ':',
    '\0',
    '\\',
    '-',
    '+',
    'x',
    ',',
    '\x7f',
    'é',
  )
  fc.assert(
    fc.property(
      message,
      fc.nat(),
      bytes,
      fc.constantFrom('change', 'add', 'lose', 'double'),
      fc.nat(),
      ({ text }, place, byte, how, cut) => {
        const at = place % text.length
        const rest = text.slice(at + 1)
        const mutant =
          text.slice(0, at) +
          (how === 'change'
            ? byte + rest
            : how === 'add'
              ? byte + text.slice(at)
              : how === 'lose'
                ? rest
                : (text[at] as string) + text.slice(at))
        const expected = readWhole(mutant)
        for (const pieces of [[mutant], cutAt(mutant, [cut]), [...mutant]]) {
          const reading = readPieces(pieces)
          if (expected === undefined) assert.notEqual(reading.state, 'done', JSON.stringify(mutant))
          // Which trailers are kept is another matter: a mutated name may be one that is.
          else
            assert.deepEqual(
              [reading.state, reading.body, reading.end],
              ['done', expected.body, expected.end],
              JSON.stringify(mutant),
            )
        }
      },
    ),
    { numRuns: 6_000 },
  )
})

const bad: readonly (readonly [string, string])[] = [
  ['1.10 a size that is no hexadecimal number', 'g\r\n'],
  ['a size with a sign', '+5\r\n'],
  ['a size in the style of C', '0x5\r\nhello\r\n'],
  ['a size after a blank', ' 5\r\n'],
  ['a size before a blank', '5 \r\nhello\r\n'],
  ['no size at all', '\r\n'],
  ['a size larger than anything', 'fffffffffffffff\r\n'],
  ['a line feed alone after the size', '5\nhello\r\n'],
  ['a carriage return alone', '5\rhello\r\n'],
  ['data without its line break', '5\r\nhello0\r\n\r\n'],
  ['data with a line feed alone', '5\r\nhello\n0\r\n\r\n'],
  ['data longer than its size', '5\r\nhello!\r\n'],
  ['a line break inside an extension', '5;a\nb\r\nhello\r\n'],
  ['an extension without a name', '5;\r\nhello\r\n'],
  ['an extension in blanks', '5 ;a\r\nhello\r\n'],
  ['a quoted extension that never ends', '5;a="b\r\n'],
  ['a folded trailer', '0\r\nA: b\r\n c\r\n\r\n'],
  ['a trailer without a colon', '0\r\nA\r\n\r\n'],
  ['a trailer that ends in a line feed', '0\r\nA: b\n\r\n'],
  ['a second length in the trailer', '0\r\nContent-Length: 5\r\n\r\n'],
  ['a second coding in the trailer', '0\r\nTransfer-Encoding: chunked\r\n\r\n'],
]
for (const [name, text] of bad) {
  test(`${name} is refused, at once and byte by byte`, () => {
    assert.equal(readPieces([text]).state, 'refused')
    assert.equal(readPieces([...text]).state, 'refused')
  })
}

test('1.17 extensions are bounded over the whole body, trailers in size and number; their faults have names of their own', () => {
  const fault = (text: string): number => {
    const reader = new BodyReader()
    reader.start('stream')
    const bytes = Buffer.from(text, 'latin1')
    reader.read(bytes, 0, bytes.length, { onBody: () => undefined, onTrailers: () => undefined })
    return reader.fault
  }
  assert.equal(fault(`1;${'a'.repeat(1_000)}\r\nx\r\n`), bodyFault.none)
  assert.equal(fault(`1;${'a'.repeat(2_000)}\r\nx\r\n`), bodyFault.tooLarge)
  assert.equal(fault(`1;${'a'.repeat(100)}\r\nx\r\n`.repeat(12)), bodyFault.tooLarge)
  assert.equal(fault(`0\r\nX-Own: ${'a'.repeat(9_000)}\r\n\r\n`), bodyFault.trailers)
  assert.equal(fault(`0\r\n${'X-Own: a\r\n'.repeat(33)}\r\n`), bodyFault.trailers)
  assert.equal(fault(`0\r\n${'X-Own: a\r\n'.repeat(32)}\r\n`), bodyFault.none)
})

test('1.20 a trailer says nothing about framing, routing, identity or credentials', () => {
  const names = [
    'Host',
    'Authorization',
    'Cookie',
    'Set-Cookie',
    'X-Forwarded-For',
    'X-Consumer-Id',
    'X-Auth-Subject',
    'X-JWT-A',
    'Via',
    'Content-Type',
    'Content-Encoding',
    'Trailer',
    'TE',
    'X-Real-IP',
    'X_Consumer_Id',
    'Connection',
    'X-Own',
  ]
  const reading = readPieces([`0\r\n${names.map((name) => `${name}: lie\r\n`).join('')}\r\n`])
  assert.deepEqual([reading.state, reading.trailers], ['done', ['x-own', 'lie']])
})

test('a body of a known length takes exactly that much, however it comes; one until the end takes all', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\r', '\n'), minLength: 1, maxLength: 50 }),
      fc.string({ maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      (body, after, places) => {
        const reading = readPieces(cutAt(body + after.replace(/[^\0-\xff]/g, ''), places), body.length)
        assert.deepEqual([reading.state, reading.body, reading.end], ['done', body, body.length])
        const short = readPieces(cutAt(body, places), body.length + 1)
        assert.deepEqual([short.state, short.body], ['open', body])
        const open = readPieces(cutAt(body, places), 'close')
        assert.deepEqual([open.state, open.body], ['open', body])
      },
    ),
  )
})

test('a reader that had a fault begins anew with the next message', () => {
  const reader = new BodyReader()
  const nobody = { onBody: (): void => undefined, onTrailers: (): void => undefined }
  for (const text of ['5;a\r\nhel', '0\r\nA: b', 'zz', '5\r\nhello\r\n0\r\n\r\n']) {
    reader.start('stream')
    const bytes = Buffer.from(text)
    reader.read(bytes, 0, bytes.length, nobody)
  }
  assert.deepEqual([reader.done, reader.fault], [true, bodyFault.none])
})

test('small chunks of one read are handed over as one, a large one by itself and in its place', () => {
  const reader = new BodyReader()
  const handed: string[] = []
  const owner = {
    onBody: (chunk: Uint8Array): void => void handed.push(Buffer.from(chunk).toString('latin1')),
    onTrailers: (): void => void handed.push('trailers'),
  }
  const large = 'L'.repeat(5000)
  const small = (text: string): string => [...text].map((char) => `1\r\n${char}\r\n`).join('')
  const first = Buffer.from(`${small('abc')}1388\r\n${large}\r\n${small('de')}2\r\nf`, 'latin1')
  reader.start('stream')
  assert.equal(reader.read(first, 0, first.length, owner), first.length)
  assert.deepEqual(handed, ['abc', large, 'def'])
  const second = Buffer.from(`g\r\n${small('hi')}0\r\nX-Own: 1\r\n\r\nrest`, 'latin1')
  assert.equal(reader.read(second, 0, second.length, owner), second.length - 4)
  assert.deepEqual(handed.slice(3), ['ghi', 'trailers'])
  assert.equal(reader.done, true)
  // What came before a fault has been read and is handed over, as in chunks of any size.
  reader.start('stream')
  const broken = Buffer.from(`${small('jk')}x`, 'latin1')
  reader.read(broken, 0, broken.length, owner)
  assert.deepEqual([handed.at(-1), reader.fault], ['jk', bodyFault.malformed])
})
