import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hex, post } from '../support/message.ts'
import { each, Rig } from '../support/rig.ts'
import type { Case } from '../support/rig.ts'

const body = '5\r\nhello\r\n0\r\n\r\n'

/** The eight places of the well-known smuggling mutations, each with any byte. */
const places: Readonly<Record<string, (byte: string) => string>> = {
  'before the name': (b) => `${b}Transfer-Encoding: chunked`,
  'after the name': (b) => `Transfer-Encoding${b}: chunked`,
  'before the value': (b) => `Transfer-Encoding:${b}chunked`,
  'after the value': (b) => `Transfer-Encoding: chunked${b}`,
  'after CR, before the name': (b) => `X: X\r${b}Transfer-Encoding: chunked`,
  'before LF, before the name': (b) => `X: X${b}\nTransfer-Encoding: chunked`,
  'after the value and CR': (b) => `Transfer-Encoding: chunked\r${b}X: X`,
  'after the value, before LF': (b) => `Transfer-Encoding: chunked${b}\nX: X`,
}
const bytes = [...Array(31).keys()]
  .map((n) => n + 1)
  .concat(
    0x7f,
    [...Array(128).keys()].map((n) => n + 0x80),
  )

/** What RFC 9112 itself allows: a tab around a value, and what the byte makes a real line end. */
const valid = (place: string, byte: number): boolean =>
  (byte === 9 && (place === 'before the value' || place === 'after the value')) ||
  (byte === 13 && place.includes('before LF')) ||
  (byte === 10 && place.includes('CR'))

describe('Transfer-Encoding', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start()
  })
  after(() => rig.close())
  const refused = (cases: Iterable<Case>): Promise<void> => each(cases, (item) => rig.refuses(item))

  // Each list of field lines, and what is right for it when there is no Content-Length.
  const codings: readonly (readonly [lines: readonly string[], status: readonly number[]])[] = [
    [['chunked, chunked'], [400, 501]],
    [['chunked, gzip'], [400]],
    [['chunked, identity'], [400]],
    [['gzip'], [400]],
    [['identity'], [400]],
    [['xchunked'], [400]],
    [['chunkedx'], [400]],
    [['chunk'], [400]],
    [['chunked;q=1'], [400, 501]],
    [['chunked ;'], [400, 501]],
    [[',chunked'], [400, 501]],
    [[', chunked'], [400, 501]],
    [['chunked,'], [400, 501]],
    [['chunked ,'], [400, 501]],
    [[''], [400]],
    [[','], [400]],
    [['"chunked"'], [400]],
    [["'chunked'"], [400]],
    [['gzip, chunked'], [501]],
    [['deflate,chunked'], [501]],
    [['identity, chunked'], [400, 501]],
    [['trailers, chunked'], [501]],
    [['cow'], [400]],
    [['chunked chunked'], [400]],
    [['chunked\tchunked'], [400]],
    [['c\u0068unke\u017f'], [400]],
    [
      ['chunked', 'chunked'],
      [400, 501],
    ],
    [['chunked', 'identity'], [400]],
    [
      ['identity', 'chunked'],
      [400, 501],
    ],
    [['gzip', 'chunked'], [501]],
    [
      ['chunked', ''],
      [400, 501],
    ],
    [
      ['', 'chunked'],
      [400, 501],
    ],
    [['chunked', 'cow'], [400]],
  ]

  test('1.6 a transfer coding other than one final chunked is 400 or 501 and never forwarded', async () => {
    await refused(
      codings.map(([lines, status]) => ({
        name: JSON.stringify(lines),
        bytes: post(
          lines.map((value) => `Transfer-Encoding: ${value}`),
          body,
        ),
        status,
      })),
    )
  })

  test('1.6 with Content-Length too every transfer coding is 400', async () => {
    await refused(
      codings.flatMap(([lines]) =>
        [0, 1].map((at) => {
          const fields = lines.map((value) => `Transfer-Encoding: ${value}`)
          fields.splice(at * fields.length, 0, `Content-Length: ${body.length}`)
          return { name: JSON.stringify(fields), bytes: post(fields, body), status: [400] }
        }),
      ),
    )
  })

  test('1.6 chunked passes in any case of letters and with spaces around it', async () => {
    for (const value of ['chunked', 'Chunked', 'CHUNKED', '  chunked', 'chunked  ', '\tchunked\t', ''].slice(0, -1))
      await rig.passes(JSON.stringify(value), post([`transfer-encoding:${value}`], body), ({ target }) => {
        assert.equal(target.only.body.toString(), 'hello')
        assert.equal(target.only.framing, 'chunked')
      })
  })

  test('1.7 all 1,280 variants with a stray byte beside Content-Length are 400', async () => {
    const cases = Object.entries(places).flatMap(([place, line]) =>
      bytes.map((byte) => ({
        name: `0x${hex(byte)} ${place}`,
        bytes: post([`Content-Length: ${body.length}`, line(String.fromCharCode(byte))], body),
        status: [400],
      })),
    )
    assert.equal(cases.length, 1280)
    await refused(cases)
  })

  test('1.7 all 1,280 variants alone are 400, but for those that the RFC calls white space or a line end', async () => {
    let passed = 0
    await each(
      Object.entries(places).flatMap(([place, line]) =>
        bytes.map((byte) => ({ name: `0x${hex(byte)} ${place}`, place, byte, line })),
      ),
      async ({ name, place, byte, line }) => {
        const input = post([line(String.fromCharCode(byte))], body)
        if (!valid(place, byte)) return rig.refuses({ name, bytes: input, status: [400] })
        passed++
        await rig.passes(name, input, ({ target }) => assert.equal(target.only.body.toString(), 'hello'))
      },
    )
    assert.equal(passed, 6)
  })

  test('1.8 a field name that is only nearly Transfer-Encoding is 400', async () => {
    const lines = [
      'Transfer-Encoding : chunked',
      'Transfer-Encoding\t: chunked',
      'Transfer-Encoding  : chunked',
      ' Transfer-Encoding: chunked',
      '\tTransfer-Encoding: chunked',
      'Transfer Encoding: chunked',
      'Transfer_Encoding: chunked',
      'TRANSFER_ENCODING: chunked',
      'Transfer-Encoding',
      'Transfer-Encoding chunked',
      'Transfer\\-Encoding: chunked',
      '"Transfer-Encoding": chunked',
      'Transfer-Encoding\r: chunked',
      'Transfer-\r\n Encoding: chunked',
      'Transfer-Encoding\u2010: chunked',
    ].map((line) => line.replace('\u2010', '\xe2\x80\x90'))
    await refused(
      lines.flatMap((line) =>
        [[], [`Content-Length: ${body.length}`]].map((more) => ({
          name: JSON.stringify([...more, line]),
          bytes: post(['X-First: 1', ...more, line], body),
          status: [400],
        })),
      ),
    )
  })
})
