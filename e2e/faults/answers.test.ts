import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { get, hex, message, post } from '../support/message.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { assertProblem, each, Rig } from '../support/rig.ts'
import { answerBytes, answerWith } from '../support/target.ts'

/** What a bad answer carries, to see that none of it is relayed. */
const mark = 'from-the-bad-answer'
const ok = (fields: string, body = ''): string => `HTTP/1.1 200 OK\r\nX-Mark: ${mark}\r\n${fields}\r\n\r\n${body}`

describe('answers of services', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start({ defaults: { timeout: { total: '2s', idle: '2s' } } })
  })
  after(() => rig.close())

  /** 502 with a problem, nothing relayed, the service connection destroyed, the next client unaffected. */
  const rejected = async (
    bytes: string,
    options: { request?: string; methods?: readonly string[]; end?: boolean; status?: readonly number[] } = {},
  ): Promise<void> => {
    rig.target.calm()
    rig.target.answer = (request) => {
      request.connection.write(bytes)
      if (options.end === true) request.connection.end()
    }
    const response = await rig.ask(options.request ?? post(['Content-Length: 0']), { methods: options.methods ?? [] })
    assert.ok((options.status ?? [502]).includes(response.status), `status ${response.status}`)
    if (response.length > 0) assertProblem(response)
    assert.equal(response.header('x-mark'), undefined)
    assert.ok(!response.text.includes(mark), 'relayed')
    const connection = rig.target.only.connection
    await rig.target.until(() => connection.standing !== 'open', 'the service connection is destroyed')
    await rig.canary()
  }
  const allRejected = (answers: readonly string[], options: Parameters<typeof rejected>[1] = {}): Promise<void> =>
    each(
      answers.map((bytes) => ({ name: JSON.stringify(bytes.slice(0, 120)), bytes })),
      ({ bytes }) => rejected(bytes, options),
    )

  test('1.39 an answer with doubtful framing is 502 and its connection destroyed', async () => {
    await allRejected([
      ok('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'), ok('Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n'), ok('Content-Length: 2\r\nContent-Length: 3', 'abc'), ok('Content-Length: 2\r\nContent-Length: 2', 'ab'),
      ok('Content-Length: 2, 2', 'ab'), ok('Content-Length: +2', 'ab'), ok('Content-Length: -2', 'ab'), ok('Content-Length: 0x2', 'ab'), ok('Content-Length: 02', 'ab'), ok('Content-Length: ', 'ab'), ok('Content-Length: 2a', 'ab'), ok('Content-Length: 99999999999999999999', 'ab'),
      ok('Transfer-Encoding: gzip', 'ab'), ok('Transfer-Encoding: gzip, chunked', '0\r\n\r\n'), ok('Transfer-Encoding: chunked, chunked', '0\r\n\r\n'), ok('Transfer-Encoding: xchunked', '0\r\n\r\n'), ok('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n'), ok('Transfer-Encoding: identity', 'ab'),
      ok('Transfer-Encoding: \vchunked', '0\r\n\r\n'),
    ]) // prettier-ignore
  })

  test('1.39 an answer whose head breaks the syntax is 502', async () => {
    const body = 'Content-Length: 2\r\n\r\nab'
    await allRejected([
      'garbage\r\n\r\n', '\r\n\r\n\r\n', 'SSH-2.0-x\r\n', `HTTP/1.1\r\n${body}`, `HTTP/1.1 \r\n${body}`, `HTTP/1.1 20 OK\r\n${body}`, `HTTP/1.1 2000 OK\r\n${body}`, `HTTP/1.1 abc OK\r\n${body}`, `HTTP/1.1 099 OK\r\n${body}`, `HTTP/1.1 000 OK\r\n${body}`, `HTTP/1.1 600 OK\r\n${body}`, `HTTP/1.1 -200 OK\r\n${body}`, `HTTP/2 200 OK\r\n${body}`, `HTTP/2.0 200 OK\r\n${body}`, `HTTP/1.2 200 OK\r\n${body}`,
      `HTTP/0.9 200 OK\r\n${body}`, `http/1.1 200 OK\r\n${body}`, ` HTTP/1.1 200 OK\r\n${body}`, `HTTP/1.1  200 OK\r\n${body}`, `HTTP/1.1\t200 OK\r\n${body}`, `HTTP/1.1 200\tOK\r\n${body}`, `HTTP/1.1 200OK\r\n${body}`, `ICY 200 OK\r\n${body}`, `HTTP/1.1 200 O\x00K\r\n${body}`, `HTTP/1.1 200 O\rK\r\n${body}`, 'HTTP/1.1 200 OK\nContent-Length: 2\n\nab',
      ok('no colon\r\nContent-Length: 0'), ok(': empty\r\nContent-Length: 0'), ok('X : y\r\nContent-Length: 0'), ok(' X: y\r\nContent-Length: 0'), ok('X: a\r\n b\r\nContent-Length: 0'), ok('X: a\rb\r\nContent-Length: 0'), ok('X: a\nContent-Length: 0'), ok('X y: z\r\nContent-Length: 0'), ok('X\x80: z\r\nContent-Length: 0'), ok('Content-Length : 2', 'ab'), ok('Content Length: 2', 'ab'),
      `GET / HTTP/1.1\r\nHost: a\r\n\r\n`, `\x00HTTP/1.1 200 OK\r\n${body}`, `\nHTTP/1.1 200 OK\r\n${body}`,
    ]) // prettier-ignore
  })

  test('1.39 a control character in a field value of an answer is 502', async () => {
    const controls = [...Array(32).keys(), 0x7f].filter((n) => n !== 9)
    await each(
      controls.map((n) => ({ name: `0x${hex(n)}`, n })),
      ({ n }) => rejected(ok(`X: a${String.fromCharCode(n)}b\r\nContent-Length: 0`)),
    )
  })

  test('1.39 a flood of 1xx answers is 502', async () => {
    await rejected('HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n'.repeat(5000))
    await rejected('HTTP/1.1 100 Continue\r\n\r\n'.repeat(5000))
  })

  test('1.39 a 1xx with a framing field or an unsolicited 101 is 502', async () => {
    await allRejected([
      'HTTP/1.1 103 Early\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 103 Early\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
      'HTTP/1.1 101 Switching\r\n\r\n',
    ])
  })

  test('1.39 a bad chunk cuts the answer, which is never completed', async () => {
    await each(
      [
        'zz\r\n',
        '5\r\nhelloXX',
        '-1\r\n',
        '5\nhello\r\n',
        '0x5\r\nhello\r\n',
        '5 \r\nhello\r\n',
        '5;\r\nhello\r\n',
        '\r\n',
        'FFFFFFFFFFFFFFFFF\r\n',
        '0\r\nbad line\r\n\r\n',
        '0\r\n\rX',
        '5\r\nhell\r\n0\r\n\r\n',
      ].map((chunk) => ({ name: JSON.stringify(chunk), chunk })),
      async ({ chunk }) => {
        for (const first of ['', '2\r\nok\r\n']) {
          rig.target.calm()
          rig.target.answer = (request) => {
            request.connection.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${first}`)
            setTimeout(() => request.connection.write(chunk), first === '' ? 0 : 20)
          }
          const connection = await rig.send(post(['Content-Length: 0']), { until: 'close' })
          const response = connection.responses[0]
          // Nothing may have been sent yet: then it is a 502, else an answer that is visibly cut.
          if (response?.complete === true) assert.equal(response.status, 502)
          else assert.notEqual(connection.standing, 'open')
          const service = rig.target.only.connection
          await rig.target.until(() => service.standing !== 'open', 'the service connection is destroyed')
          await rig.canary()
        }
      },
    )
  })

  test('1.39 an answer that must have no body has none, and its connection is destroyed', async () => {
    const cases: readonly (readonly [
      name: string,
      request: string,
      methods: string[],
      answer: string,
      status: number,
    ])[] = [
      ['204 with body', get(), [], 'HTTP/1.1 204 No Content\r\n\r\nsmuggled', 204],
      ['204 with length', get(), [], 'HTTP/1.1 204 No Content\r\nContent-Length: 8\r\n\r\nsmuggled', 204],
      [
        '204 chunked',
        get(),
        [],
        'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nsmuggled\r\n0\r\n\r\n',
        204,
      ],
      ['304 with body', get(), [], 'HTTP/1.1 304 Not Modified\r\nContent-Length: 8\r\n\r\nsmuggled', 304],
      [
        'HEAD with body',
        message(['HEAD / HTTP/1.1', 'Host: a.test']),
        ['HEAD'],
        'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled',
        200,
      ],
      [
        'HEAD with chunks',
        message(['HEAD / HTTP/1.1', 'Host: a.test']),
        ['HEAD'],
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nsmuggled\r\n0\r\n\r\n',
        200,
      ],
      ['bytes after the body', get(), [], 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\noksmuggled', 200],
      [
        'a second answer',
        get(),
        [],
        'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled',
        200,
      ],
      [
        'bytes after the last chunk',
        get(),
        [],
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nsmuggled',
        200,
      ],
    ]
    await each(
      cases.map(([name, request, methods, answer, status]) => ({ name, request, methods, answer, status })),
      async ({ request, methods, answer, status }) => {
        rig.target.calm()
        rig.target.answer = answerBytes(answer)
        const connection = await rig.send(request, { methods })
        const response = connection.responses[0]
        assert.ok(response?.status === status || response?.status === 502, connection.describe())
        assert.ok(!connection.bytes.includes('smuggled'), 'relayed')
        const service = rig.target.only.connection
        await rig.target.until(() => service.standing !== 'open', 'the service connection is destroyed')
        await rig.canary()
      },
    )
  })

  test('1.40 a head over its limits, or one that never ends, is 502', async () => {
    const fields = (count: number, size: number): string =>
      Array.from({ length: count }, (_, i) => `X-${i}: ${'v'.repeat(size)}\r\n`).join('')
    await allRejected([
      `HTTP/1.1 200 OK\r\n${fields(64, 1024)}Content-Length: 0\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n${fields(201, 1)}Content-Length: 0\r\n\r\n`,
      `HTTP/1.1 200 OK\r\nX: ${'v'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
      `HTTP/1.1 200 OK\r\nX: ${'v'.repeat(200_000)}`,
      `HTTP/1.1 200 ${'O'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
      `HTTP/1.1 103 Early\r\n${fields(64, 1024)}\r\n`,
      'H'.repeat(100_000),
    ])
    let timer: NodeJS.Timeout | undefined
    rig.target.calm()
    rig.target.answer = ({ connection }) => {
      connection.write('HTTP/1.1 200 OK\r\n')
      timer = setInterval(() => connection.write(`X-${mark}: ${'y'.repeat(500)}\r\n`), 1)
    }
    try {
      const response = await rig.ask(post(['Content-Length: 0']))
      assert.equal(response.status, 502)
      await rig.target.until((t) => t.requests[0]?.connection.standing !== 'open', 'destroyed')
    } finally {
      clearInterval(timer)
    }
    await rig.canary()
  })

  test('9.11 bytes that come late on an idle service connection destroy it and reach nobody', async () => {
    for (let i = 0; i < 30; i++) {
      rig.target.calm()
      rig.target.answer = (request) => {
        answerWith(200, [], 'mine')(request)
        // Straight after, in the next turn, or when it has been idle for a while.
        const late = (): void => void request.connection.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nnot-me')
        if (i % 3 === 0) setImmediate(late)
        else setTimeout(late, i % 3)
      }
      const response = await rig.ask(get())
      assert.equal(response.text, 'mine')
      const service = rig.target.only.connection
      await rig.target.until(() => service.standing !== 'open', 'destroyed')
      rig.target.answer = (request) => answerWith(200, [], request.target)(request)
      const next = await rig.ask(message([`GET /${i} HTTP/1.1`, 'Host: a.test']))
      assert.equal(next.text, `/${i}`)
    }
    await rig.canary()
  })

  test('9.11 answers never change places over many requests on pooled connections that misbehave now and then', async () => {
    rig.target.calm()
    let n = 0
    rig.target.answer = (request) => {
      n++
      if (n % 17 === 0)
        return request.connection.write(
          `HTTP/1.1 200 OK\r\nContent-Length: ${request.target.length}\r\n\r\n${request.target}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother`,
        )
      if (n % 29 === 0)
        return request.connection.end(
          `HTTP/1.1 200 OK\r\nContent-Length: ${request.target.length}\r\n\r\n${request.target}`,
        )
      if (n % 31 === 0) return void setTimeout(() => answerWith(200, [], request.target)(request), 3)
      answerWith(200, [], request.target)(request)
    }
    const clients = await Promise.all(Array.from({ length: 8 }, () => RawConnection.open(rig.port)))
    const wrong: string[] = []
    await Promise.all(
      clients.map(async (client, c) => {
        for (let i = 0; i < 250; i++) {
          client.write(message([`GET /${c}-${i} HTTP/1.1`, 'Host: a.test']))
          const response = await client.response(i)
          if (response.text !== `/${c}-${i}`)
            wrong.push(`/${c}-${i} got ${response.status} ${response.text.slice(0, 80)}`)
        }
        client.destroy()
      }),
    )
    assert.deepEqual(wrong, [])
    assert.equal(rig.target.violations.length, 0)
    await rig.canary()
  })

  test('1.39 valid answers of every framing are relayed whole', async () => {
    const cases: readonly (readonly [answer: string, end: boolean, text: string])[] = [
      ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', false, ''],
      ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', false, 'hello'],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', false, 'hello'],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n', false, 'hello'],
      ['HTTP/1.1 200 OK\r\n\r\nhello', true, 'hello'],
      ['HTTP/1.0 200 OK\r\n\r\nhello', true, 'hello'],
      ['HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello', true, 'hello'],
      ['HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello', false, 'hello'],
      ['HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello', false, 'hello'],
      ['HTTP/1.1 299 Odd \xe9\r\nContent-Length: 5\r\n\r\nhello', false, 'hello'],
    ]
    await each(
      cases.map(([answer, end, text]) => ({ name: JSON.stringify(answer), answer, end, text })),
      async ({ answer, end, text }) => {
        for (const pieces of [[answer], answer.split('')]) {
          rig.target.calm()
          rig.target.answer = ({ connection }) =>
            void (async () => {
              for (const piece of pieces) {
                connection.write(piece)
                if (pieces.length > 1) await new Promise(setImmediate)
              }
              if (end) connection.end()
            })()
          const response = await rig.ask(get())
          // A missing reason phrase (but not its space) is a syntax that may be refused.
          if (answer.startsWith('HTTP/1.1 200\r')) assert.ok([200, 502].includes(response.status))
          else assert.equal(response.text, text, `${pieces.length} pieces`)
        }
        await rig.canary()
      },
    )
  })
})
