import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { chunked, get, message, post } from '../support/message.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { each, Rig } from '../support/rig.ts'
import { answerBytes, answerWith } from '../support/target.ts'

const head = message(['HEAD /a HTTP/1.1', 'Host: a.test'])
const next = message(['GET /next HTTP/1.1', 'Host: a.test'])

describe('answers without a body, and old clients', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start()
  })
  after(() => rig.close())

  test('1.39 HEAD, 204 and 304 keep both connections in step and the announced length', async () => {
    const cases: readonly (readonly [
      name: string,
      request: string,
      method: string,
      answer: string,
      length: string | undefined,
    ])[] = [
      ['HEAD with length', head, 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n', '1234'],
      ['HEAD of an empty body', head, 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '0'],
      ['HEAD chunked', head, 'HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', undefined],
      ['HEAD of an error', head, 'HEAD', 'HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n', '9'],
      ['204', get(), 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', undefined],
      ['304', get(), 'GET', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', undefined],
      ['304 with length', get(), 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n', '77'],
      ['205', get(), 'GET', 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n', '0'],
    ]
    await each(
      cases.map(([name, request, method, answer, length]) => ({ name, request, method, answer, length })),
      async ({ request, method, answer, length }) => {
        rig.target.calm()
        rig.target.answer = (seen) =>
          seen.target === '/next' ? answerWith(200, [], 'next')(seen) : answerBytes(answer)(seen)
        const connection = await rig.send(request + next, { until: 2, methods: [method, 'GET'] })
        assert.equal(connection.responses.length, 2, connection.describe())
        const [first, second] = connection.responses
        assert.equal(first?.status, Number(answer.slice(9, 12)))
        assert.equal(first.length, 0)
        if (length !== undefined)
          assert.ok(
            [length, undefined].includes(first.header('content-length')),
            `length ${first.header('content-length')}`,
          )
        if (method === 'HEAD' && length !== undefined) assert.equal(first.header('content-length'), length)
        assert.equal(second?.text, 'next')
        await rig.canary()
      },
    )
  })

  test('1.39 an HTTP/1.0 client gets a chunked answer without chunks, ended by the connection', async () => {
    rig.target.calm()
    rig.target.answer = answerBytes(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n',
    )
    for (const fields of [[], ['Connection: keep-alive']]) {
      const connection = await rig.send(message(['GET / HTTP/1.0', 'Host: a.test', ...fields]), { until: 'close' })
      const [response] = connection.responses
      assert.equal(response?.header('transfer-encoding'), undefined)
      assert.equal(response?.text, 'hello world', connection.describe())
      assert.equal(connection.standing, 'end')
    }
    await rig.canary()
  })

  test('1.39 an answer that is cut is cut for an HTTP/1.0 client too, by a reset', async () => {
    rig.target.calm()
    rig.target.answer = ({ connection }) => {
      connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
      setTimeout(() => connection.reset(), 30)
    }
    const connection = await rig.send('GET / HTTP/1.0\r\nHost: a.test\r\n\r\n', { until: 'close' })
    assert.ok(connection.standing === 'reset' || connection.responses[0]?.status === 502, connection.describe())
    await rig.canary()
  })

  test('1.10 a chunked body that arrives byte by byte reaches the target whole', async () => {
    rig.target.calm()
    const connection = await RawConnection.open(rig.port)
    for (const byte of chunked('5;name="a;b"\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n')) {
      connection.write(byte)
      await new Promise(setImmediate)
    }
    const response = await connection.response()
    connection.destroy()
    assert.equal(response.status, 200)
    assert.equal(rig.target.only.body.toString(), 'hello world')
    await rig.canary()
  })

  test('1.12 an empty body of each kind is an empty body at the target', async () => {
    for (const bytes of [post(['Content-Length: 0']), chunked('0\r\n\r\n'), post([])])
      await rig.passes(JSON.stringify(bytes), bytes, ({ target }) => {
        assert.equal(target.only.length, 0)
        assert.equal(target.only.complete, true)
      })
  })
})
