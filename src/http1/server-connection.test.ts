import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { eventually, RawConnection } from '../../e2e/support/raw-connection.ts'
import { Fields } from '../lib/fields.ts'
import { type Asked, TestServer } from './server.fixture.ts'

const none = new Fields()
/** Answers with its own path and the body that came, when the request is whole. */
const echo = (asked: Asked): void => {
  asked.onWhole = () => say(asked, `${asked.head.rawPath} ${asked.body}`)
}
const say = ({ connection }: Asked, text: string, status = 200): void => {
  connection.head(status, none, text.length)
  connection.body(Buffer.from(text, 'latin1'))
  connection.end()
}
const get = (path: string, ...fields: string[]): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const chunked = (path: string, ...pieces: string[]): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`

const start = async (
  t: TestContext,
  answer: (asked: Asked) => void = () => undefined,
  methods: readonly string[] = [],
): Promise<{ readonly server: TestServer; readonly client: RawConnection }> => {
  const server = await TestServer.start()
  server.answer = answer
  const client = await RawConnection.open(server.port, { methods })
  t.after(() => {
    client.destroy()
    server.close()
  })
  return { server, client }
}

test('pipelined requests are read one after the other and answered in order', async (t) => {
  const { server, client } = await start(t)
  client.write(get('/1') + post('/2', 'two') + get('/3'))
  await eventually(() => server.asked.length === 1, 'the first')
  // The second waits until the first is answered.
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(server.asked.length, 1)
  for (let i = 0; i < 3; i++) {
    await eventually(() => server.asked.length === i + 1 && server.last.ended, `request ${i + 1}`)
    say(server.last, `answer ${i + 1}`)
  }
  await client.response(2)
  assert.deepEqual(
    client.responses.map(({ text }) => text),
    ['answer 1', 'answer 2', 'answer 3'],
  )
  assert.deepEqual(
    server.asked.map(({ body }) => body),
    ['', 'two', ''],
  )
  assert.equal(client.standing, 'open')
})

test('over random pipelines, framings and cuts every request comes whole and in order, and so does every answer', async () => {
  const body = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', 'é'), maxLength: 60 })
  const request = fc.record({
    kind: fc.constantFrom('get', 'post', 'chunked'),
    body,
    when: fc.constantFrom('at once', 'whole', 'later', 'streamed'),
  })
  const server = await TestServer.start()
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        async (requests, places) => {
          server.asked.length = 0
          server.answer = (asked) => {
            const index = Number(asked.head.rawPath.slice(1))
            const { when, kind } = requests[index] as (typeof requests)[number]
            const reply = (): void => say(asked, `${index}:${asked.body}`)
            // An answer ahead of a body whose length is not known closes the connection, which is another test.
            if (when === 'at once' && kind === 'get') say(asked, `${index}:`)
            else if (when === 'later') asked.onWhole = () => void setImmediate(reply)
            else if (when === 'streamed') {
              asked.onWhole = () => {
                const { connection } = asked
                connection.head(200, none, 'stream')
                connection.body(Buffer.from(`${index}:`))
                setImmediate(() => {
                  connection.body(Buffer.from(asked.body, 'latin1'))
                  connection.end()
                })
              }
            } else asked.onWhole = reply
          }
          const text = requests
            .map(({ kind, body: content }, index) =>
              kind === 'get'
                ? get(`/${index}`)
                : kind === 'post'
                  ? post(`/${index}`, content)
                  : chunked(
                      `/${index}`,
                      ...(content === ''
                        ? []
                        : [content.slice(0, 7), content.slice(7)].filter((piece) => piece !== '')),
                    ),
            )
            .join('')
          const cuts = [0, ...places.map((place) => place % text.length), text.length].toSorted((a, b) => a - b)
          const client = await RawConnection.open(server.port)
          for (let i = 1; i < cuts.length; i++) {
            client.write(text.slice(cuts[i - 1], cuts[i]))
            await new Promise((resolve) => setImmediate(resolve))
          }
          await client.response(requests.length - 1)
          assert.deepEqual(
            client.responses.map((response) => response.text),
            requests.map(({ kind, body: content }, index) => `${index}:${kind === 'get' ? '' : content}`),
          )
          assert.equal(client.reader.violation, undefined)
          assert.equal(client.standing, 'open')
          client.destroy()
        },
      ),
      { numRuns: 150 },
    )
  } finally {
    server.close()
  }
})

test('valid requests ahead of garbage are answered, then the garbage is refused and the connection ends', async (t) => {
  const { server, client } = await start(t, echo)
  client.write(`${get('/1')}${get('/2')}GARBAGE\r\n\r\n${get('/3')}`)
  assert.equal(await client.closed(), 'end')
  assert.deepEqual(
    client.responses.map(({ status }) => status),
    [200, 200, 400],
  )
  assert.equal(server.asked.length, 2)
})

test('the last request that a connection may have is answered with Connection: close, and nothing after it is read', async (t) => {
  const { server, client } = await start(t, echo)
  server.limits = { ...server.limits, requestsPerConnection: 2 }
  client.write(get('/1') + get('/2') + get('/3'))
  assert.equal(await client.closed(), 'end')
  assert.deepEqual(
    client.responses.map((response) => response.header('connection')),
    [undefined, 'close'],
  )
  assert.equal(server.asked.length, 2)
})

test('while draining every answer says Connection: close', async (t) => {
  const { server, client } = await start(t, echo)
  server.isDraining = true
  client.write(get('/1'))
  assert.equal((await client.response()).header('connection'), 'close')
  assert.equal(await client.closed(), 'end')
})

test('the framing of an answer follows version, method and status', async (t) => {
  const { server, client } = await start(t, undefined, ['GET', 'HEAD', 'HEAD', 'GET', 'GET'])
  const answers: ((asked: Asked) => void)[] = [
    ({ connection }) => {
      connection.head(200, none, 'stream')
      connection.body(Buffer.from('ab'))
      connection.body(Buffer.from('c'))
      connection.end()
    },
    (asked) => say(asked, 'never seen'),
    ({ connection }) => {
      connection.head(200, none, 'stream')
      connection.body(Buffer.from('never seen'))
      connection.end()
    },
    ({ connection }) => {
      connection.head(204, none, 'none')
      connection.end()
    },
    ({ connection }) => {
      connection.head(200, none, 'none')
      connection.end()
    },
  ]
  server.answer = (asked) => {
    asked.onWhole = () => answers[server.asked.length - 1]?.(asked)
  }
  client.write(get('/1') + get('/2').replace('GET', 'HEAD') + get('/3').replace('GET', 'HEAD') + get('/4') + get('/5'))
  await client.response(4)
  assert.deepEqual(
    client.responses.map((response) => [
      response.status,
      response.header('transfer-encoding'),
      response.header('content-length'),
      response.text,
    ]),
    [
      [200, 'chunked', undefined, 'abc'],
      [200, undefined, '10', ''],
      [200, 'chunked', undefined, ''],
      [204, undefined, undefined, ''],
      [200, undefined, '0', ''],
    ],
  )
})

test('HTTP/1.0 gets no chunks: the end of the connection is the end of a streamed answer; keep-alive only where it asked', async (t) => {
  const { server, client } = await start(t, echo)
  client.write('GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  assert.equal((await client.response()).header('connection'), 'keep-alive')
  server.answer = ({ connection }) => {
    connection.informational(103, none)
    connection.head(200, none, 'stream')
    connection.body(Buffer.from('to the end'))
    connection.end()
  }
  client.write('GET /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  assert.equal(await client.closed(), 'end')
  assert.deepEqual(
    [client.responses[1]?.text, client.responses[1]?.header('transfer-encoding'), client.reader.informational.length],
    ['to the end', undefined, 0],
  )
})

test('an answer ahead of a small rest of known length keeps the connection, and the rest is nobody’s request', async (t) => {
  const { server, client } = await start(t)
  client.write('POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n')
  await eventually(() => server.asked.length === 1, 'the head')
  say(server.last, 'early')
  await client.response()
  client.write(`${get('/fake').slice(0, 30)}${get('/2')}`)
  await eventually(() => server.asked.length === 2, 'the next')
  assert.equal(server.last.head.rawPath, '/2')
  say(server.last, 'second')
  assert.equal((await client.response(1)).text, 'second')
})

for (const [name, head] of [
  ['a large rest', 'Content-Length: 1000000'],
  ['a rest of unknown length', 'Transfer-Encoding: chunked'],
  ['a client that waits for 100', 'Content-Length: 5\r\nExpect: 100-continue'],
] as const) {
  test(`an answer ahead of ${name} says Connection: close, arrives, and the rest is never read as a request`, async (t) => {
    const { server, client } = await start(t)
    client.write(`POST /1 HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`)
    await eventually(() => server.asked.length === 1, 'the head')
    say(server.last, 'early', 413)
    const response = await client.response()
    assert.deepEqual([response.text, response.header('connection')], ['early', 'close'])
    client.write(get('/fake'))
    await client.closed()
    assert.equal(server.asked.length, 1)
  })
}

test('a client that ends its side in the middle of a head is refused, of a body it is malformed, after a request it is answered', async (t) => {
  const first = await start(t)
  first.client.write('GET / HTTP/1.1\r\nHo').end()
  assert.equal(await first.client.closed(), 'end')
  assert.equal(first.client.responses[0]?.status, 400)
  const second = await start(t)
  second.client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf').end()
  await eventually(() => second.server.asked[0]?.failure !== undefined, 'the failure')
  assert.deepEqual([second.server.last.failure, second.server.last.body], ['malformed', 'half'])
  const third = await start(t, echo)
  third.client.write(get('/1') + get('/2')).end()
  assert.equal(await third.client.closed(), 'end')
  assert.deepEqual(
    third.client.responses.map(({ text, status }) => [status, text]),
    [
      [200, '/1 '],
      [200, '/2 '],
    ],
  )
})

test('a client that resets is told to its request, and its connection is forgotten', async (t) => {
  const { server, client } = await start(t)
  client.write(get('/1'))
  await eventually(() => server.asked.length === 1, 'the head')
  client.reset()
  await eventually(() => server.asked[0]?.failure !== undefined && server.connections.size === 0, 'the failure')
  assert.ok(['reset', 'closed'].includes(String(server.last.failure)))
  assert.equal(server.wheel.count, 0)
})

test('a malformed chunk is told once, and nothing behind it is read', async (t) => {
  const { server, client } = await start(t)
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n${get('/2')}`)
  await eventually(() => server.asked[0]?.failure !== undefined, 'the failure')
  assert.deepEqual([server.last.failure, server.last.body, server.last.ended], ['malformed', 'abc', false])
  server.last.connection.closeAfter()
  say(server.last, 'bad', 400)
  assert.equal(await client.closed(), 'end')
  assert.deepEqual([client.responses[0]?.text, server.asked.length], ['bad', 1])
})

test('a request that is paused is not read on, and nothing of it is lost', async (t) => {
  const { server, client } = await start(t)
  const size = 6 << 20
  server.answer = (asked) => {
    asked.onPiece = () => {
      asked.connection.pauseRequest()
      setTimeout(() => asked.connection.resumeRequest(), 1)
    }
    asked.onWhole = () => say(asked, String(asked.body.length))
  }
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`)
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = 97 + (i % 23)
  client.write(bytes)
  assert.equal((await client.response(0, 20_000)).text, String(size))
  assert.ok(Buffer.from(server.last.body, 'latin1').equals(bytes))
})

test('aborting after the head cuts visibly, before it closes without an answer', async (t) => {
  const { server, client } = await start(t)
  client.write(get('/1'))
  await eventually(() => server.asked.length === 1, 'the head')
  server.last.connection.head(200, none, 100)
  server.last.connection.body(Buffer.from('part'))
  server.last.connection.abort()
  await client.closed()
  assert.notEqual(client.responses[0]?.complete, true)
  const other = await start(t, ({ connection }) => connection.abort())
  other.client.write(get('/1'))
  await other.client.closed()
  assert.equal(other.client.received, 0)
})

test('after a 101 bytes flow both ways as they are, those behind the handshake first', async (t) => {
  const { server, client } = await start(t)
  server.answer = (asked) => {
    asked.onWhole = () => {
      asked.connection.head(101, none, 'tunnel')
      asked.connection.body(Buffer.from('\x81\x00hello', 'latin1'))
    }
  }
  client.write(
    `${get('/1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13')}early GET / HTTP/1.1\r\n\r\n`,
  )
  await eventually(() => server.asked[0]?.body.startsWith('early') === true && client.tunnel.length > 0, 'both ways')
  assert.deepEqual(
    [server.last.body, client.tunnel.toString('latin1'), server.asked.length],
    ['early GET / HTTP/1.1\r\n\r\n', '\x81\x00hello', 1],
  )
})
