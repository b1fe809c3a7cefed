import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { message, post, smuggled } from '../support/message.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { each, Rig } from '../support/rig.ts'
import { answerBytes, answerWith } from '../support/target.ts'

const continued = 'HTTP/1.1 100 Continue\r\n\r\n'

describe('Expect and early answers', () => {
  let rig: Rig
  before(async () => {
    rig = await Rig.start()
  })
  after(() => rig.close())

  test('1.33 a body announced with Expect: 100-continue arrives whole, in whatever order', async () => {
    rig.target.calm()
    rig.target.onHead = (request) => {
      if (request.header('expect') !== undefined) request.connection.write(continued)
    }
    const connection = await RawConnection.open(rig.port)
    try {
      connection.write(post(['Expect: 100-continue', 'Content-Length: 5']))
      await connection.until(() => connection.reader.informational.length > 0, 5000, '100')
      assert.equal(connection.reader.informational[0]?.status, 100)
      assert.equal(connection.responses.length, 0)
      connection.write('hello')
      assert.equal((await connection.response()).status, 200)
      assert.equal(connection.reader.informational.length, 1, 'one 100 only')
      assert.equal(rig.target.only.body.toString(), 'hello')
    } finally {
      connection.destroy()
    }
    await rig.canary()
  })

  test('1.33 a client that sends its body without waiting is answered once', async () => {
    for (const body of [
      ['Content-Length: 5', 'hello'],
      ['Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'],
    ] as const) {
      rig.target.calm()
      const connection = await rig.send(
        post(['Expect: 100-continue', body[0]], body[1]) + message(['GET /next HTTP/1.1', 'Host: a.test']),
        { until: 2 },
      )
      assert.deepEqual(
        connection.responses.map((r) => r.status),
        [200, 200],
        connection.describe(),
      )
      assert.deepEqual(
        rig.target.requests.map((r) => r.length),
        [5, 0],
      )
      await rig.canary()
    }
  })

  test('1.33 an early final answer is delivered, the client connection closed, the service connection not used again', async () => {
    await each(
      [401, 413, 200, 417, 302].flatMap((status) =>
        ['Content-Length: 60', 'Transfer-Encoding: chunked'].map((framing) => ({
          name: `${status} ${framing}`,
          status,
          framing,
        })),
      ),
      async ({ status, framing }) => {
        rig.target.calm()
        rig.target.onHead = answerWith(status, [['X-Early', 'yes']], 'early')
        rig.target.answer = () => {}
        const connection = await RawConnection.open(rig.port)
        try {
          connection.write(message(['POST /early HTTP/1.1', 'Host: a.test', 'Expect: 100-continue', framing]))
          const response = await connection.response()
          assert.equal(response.status, status)
          assert.equal(response.header('x-early'), 'yes')
          assert.equal(response.text, 'early')
          // Either the connection is closed, or what follows is still read as the body and not as a request.
          assert.equal(response.header('connection'), 'close')
          connection.write(smuggled)
          await connection.closed()
          assert.equal(connection.responses.length, 1, connection.describe())
        } finally {
          connection.destroy()
        }
        const early = rig.target.only.connection
        await rig.target.until(() => early.standing !== 'open', 'the service connection is closed')
        await rig.canary()
      },
    )
  })

  test('1.33 a policy that refuses answers without 100 and without the target', async () => {
    const guarded = await Rig.start({
      routes: {
        all: { path: '/*', service: 'target', bodyLimit: '10B' },
        shut: { path: '/shut', service: 'target', deny: { methods: ['POST'] } },
      },
    })
    try {
      for (const [path, status] of [
        ['/shut', 403],
        ['/', 413],
      ] as const) {
        const connection = await guarded.send(
          message([`POST ${path} HTTP/1.1`, 'Host: a.test', 'Expect: 100-continue', 'Content-Length: 60']),
          { until: 'close' },
        )
        assert.equal(connection.responses[0]?.status, status, connection.describe())
        assert.equal(connection.reader.informational.length, 0)
        assert.equal(connection.responses[0]?.header('connection'), 'close')
        assert.equal(guarded.target.received, 0)
      }
    } finally {
      await guarded.close()
    }
  })

  test('1.34 any other expectation is 417', async () => {
    const values = [
      'foo',
      '100-continue, x',
      'x, 100-continue',
      'y 100-continue',
      '100-continue y',
      '100-continue,',
      ',100-continue',
      '100-continue, 100-continue',
      '100',
      '100-continu',
      '100-continue;q=1',
      '"100-continue"',
      '200-ok',
      '',
    ]
    await each(
      [
        ...values.map((value) => ({
          name: value,
          bytes: post([`Expect: ${value}`, 'Content-Length: 5'], 'hello'),
          status: [417],
        })),
        {
          name: 'twice',
          bytes: post(['Expect: 100-continue', 'Expect: 100-continue', 'Content-Length: 5'], 'hello'),
          status: [400, 417],
        },
        { name: 'on a GET', bytes: message(['GET / HTTP/1.1', 'Host: a.test', 'Expect: foo']), status: [417] },
      ],
      async (item) => {
        rig.target.calm()
        const connection = await rig.send(item.bytes)
        assert.ok(item.status.includes(connection.responses[0]?.status as number), connection.describe())
        assert.equal(rig.target.received, 0)
        await rig.canary()
      },
    )
  })

  test('1.34 100-continue is known in any case of letters, and needs no body', async () => {
    for (const value of ['100-continue', '100-Continue', '100-CONTINUE'])
      await rig.passes(value, post([`Expect: ${value}`, 'Content-Length: 5'], 'hello'))
    await rig.passes('no body', post(['Expect: 100-continue', 'Content-Length: 0']))
    await rig.passes('GET', message(['GET / HTTP/1.1', 'Host: a.test', 'Expect: 100-continue']))
  })

  test('1.33 other 1xx answers are relayed before the final one', async () => {
    rig.target.calm()
    rig.target.answer = answerBytes(
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    )
    const connection = await rig.send(message(['GET / HTTP/1.1', 'Host: a.test']))
    assert.deepEqual(
      connection.reader.informational.map((r) => r.status),
      [103, 102],
    )
    assert.equal(connection.reader.informational[0]?.header('link'), '</a.css>; rel=preload')
    assert.equal(connection.reader.informational[0]?.header('connection'), undefined)
    assert.equal(connection.responses[0]?.text, 'ok')
    rig.target.calm()
    rig.target.answer = answerBytes('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    const old = await rig.send('GET / HTTP/1.0\r\nHost: a.test\r\n\r\n')
    assert.equal(old.reader.informational.length, 0, 'HTTP/1.0 knows no 1xx (RFC 9110 §15.2)')
    assert.equal(old.responses[0]?.text, 'ok')
    await rig.canary()
  })

  test('9.4 an answer before the body was sent, then RST, is delivered', async () => {
    rig.target.calm()
    rig.target.onHead = (request) => {
      request.connection.write('HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge')
      setTimeout(() => request.connection.reset(), 50)
    }
    const connection = await RawConnection.open(rig.port)
    try {
      connection.write(post(['Content-Length: 5000000']))
      for (let i = 0; i < 20 && connection.responses.length === 0; i++) {
        connection.write('x'.repeat(100_000))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      const response = await connection.response()
      assert.equal(response.status, 413)
      assert.equal(response.text, 'large')
      await connection.closed()
    } finally {
      connection.destroy()
    }
    await rig.canary()
  })
})
