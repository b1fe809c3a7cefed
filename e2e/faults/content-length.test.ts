import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { message, post, smuggled } from '../support/message.ts'
import { each, Rig } from '../support/rig.ts'
import type { Case } from '../support/rig.ts'

describe('Content-Length', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start()
  })
  after(() => rig.close())

  const refused = (cases: Iterable<Case>): Promise<void> => each(cases, (item) => rig.refuses(item))
  const lengths = (values: readonly string[], body = 'hello'): Case[] =>
    values.map((value) => ({
      name: JSON.stringify(value.slice(0, 40)),
      bytes: post([`Content-Length: ${value}`], body),
      status: [400],
    }))

  test('1.1 Content-Length with Transfer-Encoding is 400 in either order', async () => {
    const length = 'Content-Length: 6'
    const coding = 'Transfer-Encoding: chunked'
    const orders = [
      [length, coding],
      [coding, length],
      [length, 'X-Between: 1', coding],
      [coding, 'X-Between: 1', length],
      ['content-length: 0', 'TRANSFER-ENCODING: CHUNKED'],
      [coding, 'Content-Length: 4'],
    ]
    const bodies = ['0\r\n\r\nG', `0\r\n\r\n${smuggled}`, `5c\r\n${smuggled}\r\n0\r\n\r\n`, '']
    await refused(
      orders.flatMap((fields) =>
        bodies.flatMap((body) =>
          ['POST', 'GET', 'DELETE'].map((method) => ({
            name: `${method} ${fields.join(' | ')} ${JSON.stringify(body)}`,
            bytes: message([`${method} / HTTP/1.1`, 'Host: a.test', ...fields], body),
            status: [400],
          })),
        ),
      ),
    )
  })

  test('1.2 two different lengths are 400, as two fields or one list', async () => {
    await refused([
      { name: '5 then 6', bytes: post(['Content-Length: 5', 'Content-Length: 6'], 'hello!'), status: [400] },
      { name: '6 then 5', bytes: post(['Content-Length: 6', 'Content-Length: 5'], 'hello!'), status: [400] },
      { name: '0 then 44', bytes: post(['Content-Length: 0', 'X: 1', 'content-length: 44'], smuggled), status: [400] },
      ...lengths(['5, 6', '6,5', '5 ,6', '5,,5', ',5', '5,'], 'hello!'),
    ])
  })

  test('1.3 two equal lengths are 400, as two fields or one list', async () => {
    await refused([
      { name: 'twice', bytes: post(['Content-Length: 5', 'Content-Length: 5'], 'hello'), status: [400] },
      {
        name: 'thrice',
        bytes: post(['Content-Length: 5', 'content-length: 5', 'CONTENT-LENGTH: 5'], 'hello'),
        status: [400],
      },
      ...lengths(['5, 5', '5,5']),
    ])
  })

  test('1.4 a length that is no plain decimal number is 400', async () => {
    await refused(
      lengths([
        '+5', '-1', '-0', '+0', '0x5', '0X5', '0o5', '0b1', '5_0', '5 0', '', ' ', '1Z', '5.0', '5e0', '1,000', '"5"', "'5'", '5;', '5#', '٥', 'five', 'NaN', 'Infinity',
        String(2 ** 53), '9007199254740993', '18446744073709551616', '18446744073709551621', '4294967301'.repeat(3), '9'.repeat(400), '\v5', '5\v', '5\f', '5\x00', '\x005',
      ]), // prettier-ignore
    )
  })

  test('1.5 a length with leading zeros is 400', async () => {
    await refused(lengths(['0005', '00', '05', '000000000000000000005']))
  })

  test('1.5 a plain length passes, with spaces and tabs around it', async () => {
    for (const value of ['5', ' 5', '5 ', '\t5\t', '   5   '])
      await rig.passes(JSON.stringify(value), post([`Content-Length:${value}`], 'hello'), ({ target }) => {
        assert.equal(target.only.body.toString(), 'hello')
      })
  })

  test('1.9 HTTP/1.0 with Transfer-Encoding is 400', async () => {
    await refused(
      ['POST', 'GET'].flatMap((method) =>
        [[], ['Connection: keep-alive'], ['Content-Length: 5']].map((fields) => ({
          name: `${method} ${fields.join()}`,
          bytes: message(
            [`${method} / HTTP/1.0`, 'Host: a.test', 'Transfer-Encoding: chunked', ...fields],
            '5\r\nhello\r\n0\r\n\r\n',
          ),
          status: [400],
        })),
      ),
    )
  })

  test('1.10 a chunked body of GET, HEAD, DELETE or OPTIONS reaches the target whole or is 400', async () => {
    const body = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
    await each(
      ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PUT', 'PATCH'].map((name) => ({ name })),
      async ({ name }) => {
        rig.target.calm()
        const bytes = message([`${name} /body HTTP/1.1`, 'Host: a.test', 'Transfer-Encoding: chunked'], body)
        const connection = await rig.send(bytes, { methods: [name] })
        assert.equal(connection.reader.violation, undefined)
        if (connection.responses[0]?.status === 400) assert.equal(rig.target.requests.length, 0)
        else {
          assert.equal(connection.responses[0]?.status, 200)
          assert.equal(rig.target.only.target, '/body')
          assert.equal(rig.target.only.body.toString(), smuggled)
        }
        await rig.canary()
      },
    )
  })

  test('1.11 a body of GET, HEAD or DELETE with a length keeps both connections in step', async () => {
    await each(
      ['GET', 'HEAD', 'DELETE', 'OPTIONS'].flatMap((method) =>
        [5, smuggled.length, 40_000].map((length) => ({ name: `${method} ${length}`, method, length })),
      ),
      async ({ method, length }) => {
        rig.target.calm()
        const body = (smuggled + 'x'.repeat(length)).slice(0, length)
        const one = message([`${method} /one HTTP/1.1`, 'Host: a.test', `Content-Length: ${length}`], body)
        const two = message(['GET /two HTTP/1.1', 'Host: a.test'])
        const connection = await rig.send(one + two, { until: 2, methods: [method, 'GET'] })
        assert.deepEqual(
          connection.responses.map((r) => r.status),
          [200, 200],
          connection.describe(),
        )
        assert.deepEqual(
          rig.target.requests.map((r) => r.target),
          ['/one', '/two'],
        )
        assert.ok([0, length].includes(rig.target.requests[0]?.length as number), 'forwarded whole or drained')
        assert.deepEqual(rig.target.violations, [])
        await rig.canary()
      },
    )
  })

  test('1.12 a POST without a framing field has no body', async () => {
    rig.target.calm()
    const connection = await rig.send(post([]) + message(['GET /next HTTP/1.1', 'Host: a.test']), { until: 2 })
    assert.deepEqual(
      connection.responses.map((r) => r.status),
      [200, 200],
    )
    assert.deepEqual(
      rig.target.requests.map((r) => [r.method, r.length]),
      [
        ['POST', 0],
        ['GET', 0],
      ],
    )
    await rig.canary()
  })
})
