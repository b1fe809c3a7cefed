import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { chunked, smuggled } from '../support/message.ts'
import { each, Rig } from '../support/rig.ts'
import type { Case } from '../support/rig.ts'
import { assertRefusal } from '../support/rig.ts'
import { RawConnection } from '../support/raw-connection.ts'

describe('chunked request bodies', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({
      listeners: { main: { port: 0, host: '127.0.0.1', timeouts: { body: '1s', headers: '1s' } } },
    })
  })
  after(() => rig.close())

  const cut = (cases: Iterable<Case>): Promise<void> => each(cases, (item) => rig.cuts(item))
  const bodies = (list: readonly string[], status: readonly number[] = [400]): Case[] =>
    list.map((body) => ({ name: JSON.stringify(body.slice(0, 60)), bytes: chunked(body), status }))

  test('1.15 a chunk size that is not plain hexadecimal is 400', async () => {
    const sizes = [
      '0x5', '0X5', '+5', '-5', ' 5', '5 ', '\t5', '5\t', '5_0', '', ' ', 'g', '5g', 'five', '5.', '5,', '"5"', '#5', '\x005', '5\x00', '\v5', '5\v', 'h5', '5e\u0000',
      '00000000000000005', '10000000000000005', 'FFFFFFFFFFFFFFFF', 'FFFFFFFFFFFFFFFFF', '8000000000000000', '9'.repeat(400),
    ] // prettier-ignore
    await cut(
      bodies(sizes.flatMap((size) => [`${size}\r\nhello\r\n0\r\n\r\n`, `5\r\nhello\r\n${size}\r\nhello\r\n0\r\n\r\n`])),
    )
  })

  test('1.15 hexadecimal sizes in both cases of letters pass', async () => {
    for (const [size, length] of [
      ['a', 10],
      ['A', 10],
      ['1F', 31],
      ['1f', 31],
      ['0000a', 10],
    ] as const) {
      const input = chunked(`${size}\r\n${'x'.repeat(length)}\r\n0\r\n\r\n`)
      if (size.startsWith('0')) {
        // Leading zeros are legal; a gateway may still refuse them, but must not read another length.
        rig.target.calm()
        const response = await rig.ask(input)
        if (response.status === 200) assert.equal(rig.target.only.length, length)
        else assert.equal(response.status, 400)
        await rig.canary()
      } else await rig.passes(size, input, ({ target }) => assert.equal(target.only.length, length))
    }
  })

  test('1.16 a malformed chunk extension is 400 and completes nothing', async () => {
    const bad = [
      ';', '; ', ';;', ';=', ';=a', ';a=', ';a b', ';a=b c', ';a="b', ';a=b"', ';\x00', ';a\x00', ';a=\x00', ';a=\x01', ';a=\x7f', ';a="\x00"', ';a\rb', ';a=b\r', ';\r', ' ;a', ';a=b;', ';[', ';a={',
    ] // prettier-ignore
    await cut(
      bodies(
        bad.flatMap((extension) => [`5${extension}\r\nhello\r\n0\r\n\r\n`, `5\r\nhello\r\n0${extension}\r\n\r\n`]),
      ),
    )
  })

  test('1.16 a line feed or carriage return alone never ends a chunk line (TERM.EXT, EXT.TERM, SPILL and their kin)', async () => {
    const hidden = smuggled
    await cut(
      bodies([
        `2;\nxx\r\n${(hidden.length + 5).toString(16)}\r\n0\r\n\r\n${hidden}\r\n0\r\n\r\n`,
        `2;\rxx\r\n${(hidden.length + 5).toString(16)}\r\n0\r\n\r\n${hidden}\r\n0\r\n\r\n`,
        `2;\n\r\nxx\r\n0\r\n\r\n`,
        `2;a\nxx\r\n0\r\n\r\n`,
        `2\nxx\r\n0\r\n\r\n`,
        `2\rxx\r\n0\r\n\r\n`,
        `2\n\rxx\r\n0\r\n\r\n`,
        `2\r\r\nxx\r\n0\r\n\r\n`,
        `2\r\nxx\n0\r\n\r\n`,
        `2\r\nxx\r0\r\n\r\n`,
        `2\r\nxx\r\r\n0\r\n\r\n`,
        `2\r\nxxXX0\r\n\r\n${hidden}`,
        `2\r\nxx__0\r\n\r\n`,
        `5\r\nhelloXY\r\n0\r\n\r\n`,
        `2\r\nxx0\r\n\r\n`,
        `2\r\nxx\r\n0\n\r\n`,
        `2\r\nxx\r\n0\r\n\n`,
        `2\r\nxx\r\n0\n\n`,
        `2\r\nxx\r\n0\r\r\n`,
        `2\r\nxx\r\n0;\nX: y\r\n\r\n`,
      ]),
    )
  })

  test('1.16 a well-formed extension is read and dropped', async () => {
    for (const extension of [';a', ';a=b', ';a="b c"', ';a=b;c=d', ';a="\\"x"'])
      await rig.passes(extension, chunked(`5${extension}\r\nhello\r\n0${extension}\r\n\r\n`), ({ target }) => {
        // The target's reader takes a chunk line with an extension for a violation.
        assert.equal(target.only.body.toString(), 'hello')
      })
  })

  test('1.17 chunk extensions of more than 1 KiB in one body are 413 or 400', async () => {
    await cut([
      {
        name: 'one of 2,000 bytes',
        bytes: chunked(`5;a=${'b'.repeat(2000)}\r\nhello\r\n0\r\n\r\n`),
        status: [400, 413],
      },
      {
        name: 'one of 17,000 bytes',
        bytes: chunked(`5;a=${'b'.repeat(17_000)}\r\nhello\r\n0\r\n\r\n`),
        status: [400, 413],
      },
      {
        name: '1,000 chunks of one byte with 1 KiB each',
        bytes: chunked(`1;a=${'b'.repeat(1020)}\r\nx\r\n`.repeat(1000) + '0\r\n\r\n'),
        status: [400, 413],
      },
      {
        name: '300 chunks of one byte with 5 bytes each',
        bytes: chunked('1;a=bc\r\nx\r\n'.repeat(300) + '0\r\n\r\n'),
        status: [400, 413],
      },
      { name: 'never ending', bytes: chunked(`5;${'a'.repeat(70_000)}`), status: [400, 413] },
    ])
  })

  test('1.17 chunk extensions of less than 1 KiB in one body pass', async () => {
    await rig.passes('many short ones', chunked('1;a=bc\r\nx\r\n'.repeat(100) + '0\r\n\r\n'), ({ target }) =>
      assert.equal(target.only.length, 100),
    )
  })

  test('1.18 chunk data that does not end where its size says is 400', async () => {
    await cut(
      bodies([
        '5\r\nhello0\r\n\r\n',
        '5\r\nhelloworld\r\n0\r\n\r\n',
        '5\r\nhelloxx\r\n0\r\n\r\n',
        '5\r\nhello\n0\r\n\r\n',
        '5\r\nhell\r\n0\r\n\r\n',
        '0\r\nX\r\n\r\n',
        '0\r\n\rX',
      ]),
    )
  })

  test('1.18 a body without its last chunk is 408, or 400 when the client ended', async () => {
    await cut([
      { name: 'idle after a chunk', bytes: chunked('5\r\nhello\r\n'), status: [408] },
      { name: 'idle in a chunk', bytes: chunked('5\r\nhel'), status: [408] },
      { name: 'idle in a size', bytes: chunked('5'), status: [408] },
      { name: 'idle before the last empty line', bytes: chunked('0\r\n'), status: [408] },
      { name: 'idle in a trailer', bytes: chunked('0\r\nX'), status: [400, 408] },
    ])
    await each(
      ['5\r\nhello\r\n', '5\r\nhel', '5', '0\r\n', '0\r\nX: y\r\n', ''].map((body) => ({
        name: `ended after ${JSON.stringify(body)}`,
        body,
      })),
      async ({ body }) => {
        rig.target.calm()
        const connection = await rig.send(chunked(body), { until: 'close', end: true })
        if (connection.responses.length > 0) assertRefusal(connection, [400, 408])
        await rig.target.until(
          (target) => target.connections.every((c) => c.standing !== 'open' || c.requests.length === 0),
          'the attempt is cut',
        )
        assert.equal(rig.target.requests.filter((r) => r.complete).length, 0, 'completed at the target')
        await rig.canary()
      },
    )
  })

  test('1.18 a chunk that proves malformed after the head and good chunks were forwarded cuts the attempt', async () => {
    await each(
      ['zz\r\n', '5\r\nhelloXX', '5\nhello\r\n', '-1\r\n', '5;\r\nhello\r\n', '0\r\nbad line\r\n\r\n'].map((name) => ({
        name: JSON.stringify(name),
        bytes: name,
      })),
      async ({ bytes }) => {
        rig.target.calm()
        const connection = await RawConnection.open(rig.port)
        try {
          connection.write(chunked('5\r\nhello\r\n'))
          await rig.target.until((target) => target.requests[0]?.length === 5, 'the first chunk arrives')
          connection.write(bytes)
          await connection.closed()
          assertRefusal(connection, [400])
          await rig.target.until((target) => target.requests[0]?.connection.standing !== 'open', 'the attempt is cut')
          assert.equal(rig.target.only.complete, false)
          assert.equal(rig.target.only.body.toString(), 'hello')
        } finally {
          connection.destroy()
        }
        await rig.canary()
      },
    )
  })

  test('1.19 a trailer never becomes a header field, and framing, routing and identity trailers are dropped or 400', async () => {
    const names = [
      'Content-Length', 'Transfer-Encoding', 'Host', 'Authorization', 'X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'Forwarded', 'X-Real-IP',
      'X-Consumer-Id', 'X-Consumer-Name', 'X-Auth-Subject', 'Connection', 'Cookie', 'Content-Type', 'Content-Encoding', 'Trailer', 'Expect', 'TE', 'Upgrade', 'Proxy', 'X-Request-Id', 'X_Consumer_Id',
    ] // prettier-ignore
    await each(
      names.map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const response = await rig.ask(
          chunked(`5\r\nhello\r\n0\r\n${name}: smuggled\r\n\r\n`, 'TE: trailers', `Trailer: ${name}`),
        )
        if (response.status === 200) {
          assert.deepEqual(rig.target.violations, [])
          const request = rig.target.only
          assert.deepEqual(
            request.fields.filter(([, value]) => value.includes('smuggled')),
            [],
            'merged into the head',
          )
          assert.deepEqual(
            request.trailers.filter(([, value]) => value.includes('smuggled')),
            [],
            'relayed',
          )
        } else {
          assert.equal(response.status, 400)
          assert.equal(rig.target.requests.filter((r) => r.complete).length, 0)
        }
        await rig.canary()
      },
    )
  })

  test('1.20 trailers over 8 KiB or 32 are 431', async () => {
    const lines = (count: number, size: number): string =>
      Array.from({ length: count }, (_, i) => `X-T${i}: ${'v'.repeat(size)}\r\n`).join('')
    await cut([
      { name: '33 trailers', bytes: chunked(`0\r\n${lines(33, 1)}\r\n`), status: [431] },
      { name: '1,000 trailers', bytes: chunked(`0\r\n${lines(1000, 1)}\r\n`), status: [431] },
      { name: 'one of 9 KiB', bytes: chunked(`0\r\n${lines(1, 9 * 1024)}\r\n`), status: [431] },
      { name: '20 of 500 bytes', bytes: chunked(`0\r\n${lines(20, 500)}\r\n`), status: [431] },
      { name: 'never ending', bytes: chunked(`0\r\nX: ${'v'.repeat(20_000)}`), status: [431] },
    ])
    await rig.passes('32 short ones', chunked(`5\r\nhello\r\n0\r\n${lines(32, 10)}\r\n`), ({ target }) =>
      assert.equal(target.only.length, 5),
    )
  })
})
