import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { eventually } from '../../e2e/support/raw-connection.ts'
import type { ServiceConnection } from '../contract/connection.ts'
import type { FieldList } from '../contract/fields.ts'
import type { Target } from '../contract/plan.ts'
import type { BodyLength, FailureCause, ResponseSink } from '../contract/streams.ts'
import { Fields } from '../lib/fields.ts'
import { dialHttp1 } from './dial.ts'

/** Hears one attempt. */
class Heard implements ResponseSink {
  readonly informationals: number[] = []
  status = 0
  length: BodyLength | undefined
  body = ''
  ended = false
  trailers: FieldList | undefined
  failure: FailureCause | undefined
  nothingSent = false
  drains = 0
  onInformational(status: number): void {
    this.informationals.push(status)
  }
  onHead(status: number, _fields: FieldList, length: BodyLength): void {
    this.status = status
    this.length = length
  }
  onBody(chunk: Uint8Array): void {
    this.body += Buffer.from(chunk).toString('latin1')
  }
  onTrailers(fields: FieldList): void {
    this.trailers = fields
  }
  onEnd(): void {
    assert.equal(this.failure, undefined)
    this.ended = true
  }
  onDrain(): void {
    this.drains++
  }
  onFailure(cause: FailureCause, nothingSent: boolean): void {
    assert.ok(!this.ended && this.failure === undefined, 'told twice how it went')
    this.failure = cause
    this.nothingSent = nothingSent
  }
  get over(): boolean {
    return this.ended || this.failure !== undefined
  }
}

/** A target that says exactly what it is told to. */
class Scripted {
  readonly sockets: Socket[] = []
  received = ''
  idle = 0
  hint = 0
  closed = 0
  stale = 0
  /** Called with each socket when bytes come. */
  onData: (socket: Socket) => void = () => undefined
  private readonly server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    this.sockets.push(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1')
      this.onData(socket)
    })
    socket.on('end', () => socket.end())
  })

  static async start(t: TestContext): Promise<Scripted> {
    const target = new Scripted()
    await new Promise<void>((resolve) => {
      target.server.listen(0, '127.0.0.1', resolve)
    })
    t.after(() => target.close())
    return target
  }
  get target(): Target {
    const { port } = this.server.address() as AddressInfo
    return { url: '', slot: 0, scheme: 'http', host: '127.0.0.1', port, authority: 'a', prefix: '', weight: 1 }
  }
  connect(): Promise<ServiceConnection> {
    return new Promise((resolve, reject) => {
      dialHttp1(
        this.target,
        '127.0.0.1',
        5_000,
        {
          onIdle: (_connection, hint) => {
            this.idle++
            this.hint = hint
          },
          onClosed: () => void this.closed++,
          onStale: () => void this.stale++,
        },
        (connection, cause) => (connection === undefined ? reject(new Error(cause)) : resolve(connection)),
      )
    })
  }
  close(): void {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
  }
}
const none = new Fields()
const ask = (connection: ServiceConnection, method = 'GET'): Heard => {
  const heard = new Heard()
  connection.begin(heard)
  connection.head(method, '/x', none, 'none')
  connection.end()
  return heard
}

test('a request is written whole, the answer is heard in order, and the connection is free again with its hint', async (t) => {
  const target = await Scripted.start(t)
  target.onData = (socket) =>
    socket.write(
      'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nKeep-Alive: timeout=7\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-Sum: 1\r\n\r\n',
    )
  const connection = await target.connect()
  for (let i = 1; i <= 3; i++) {
    const heard = ask(connection)
    await eventually(() => heard.over, 'the answer')
    assert.deepEqual(
      [heard.informationals, heard.status, heard.length, heard.body, heard.trailers?.get('x-sum'), heard.ended],
      [[103], 200, 'stream', 'abc', '1', true],
    )
    assert.deepEqual([target.idle, target.hint, connection.served], [i, 7, i])
  }
  assert.equal(target.received, 'GET /x HTTP/1.1\r\n\r\n'.repeat(3))
  assert.equal(target.sockets.length, 1)
})

test('a body is framed as announced: by length, in chunks with trailers, or empty where its method wants one', async (t) => {
  const target = await Scripted.start(t)
  target.onData = (socket) => {
    if (/\r\n\r\n(?:abc|3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n)?$/.test(target.received))
      socket.write('HTTP/1.1 204 No Content\r\n\r\n')
  }
  const send = async (length: BodyLength, ...chunks: string[]): Promise<string> => {
    const connection = await target.connect()
    target.received = ''
    const heard = new Heard()
    connection.begin(heard)
    connection.head('POST', '/', none, length)
    for (const chunk of chunks) connection.body(Buffer.from(chunk))
    connection.end(length === 'stream' ? Fields.of('x-sum', '1') : undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
    return target.received
  }
  assert.equal(await send(3, 'a', 'bc'), 'POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc')
  assert.equal(
    await send('stream', 'abc', ''),
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n',
  )
  assert.equal(await send('none'), 'POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n')
})

const cuts: readonly (readonly [string, string, FailureCause])[] = [
  ['nothing', '', 'closed'],
  ['half a head', 'HTTP/1.1 200 OK\r\nCont', 'malformed'],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', 'closed'],
  ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', 'closed'],
  ['chunks without the last', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n', 'closed'],
  ['only an interim answer', 'HTTP/1.1 103 Early\r\n\r\n', 'closed'],
]
for (const [name, text, cause] of cuts) {
  test(`a target that ends after ${name} has failed, and its connection is gone`, async (t) => {
    const target = await Scripted.start(t)
    target.onData = (socket) => socket.end(text)
    const heard = ask(await target.connect())
    await eventually(() => heard.over && target.closed === 1, 'the end')
    assert.deepEqual([heard.failure, heard.nothingSent, target.idle], [cause, false, 0])
  })
}

test('an answer until the end of the connection is whole when the target ends it, cut when it resets', async (t) => {
  const target = await Scripted.start(t)
  target.onData = (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nto the end')
  const heard = ask(await target.connect())
  await eventually(() => heard.over, 'the end')
  assert.deepEqual([heard.ended, heard.body, target.idle], [true, 'to the end', 0])
  target.onData = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\nto the')
    setTimeout(() => socket.resetAndDestroy(), 10)
  }
  const cut = ask(await target.connect())
  await eventually(() => cut.over, 'the cut')
  assert.deepEqual([cut.ended, cut.failure], [false, 'reset'])
})

const malformed: readonly (readonly [string, string])[] = [
  ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
  ['a chunk size that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  [
    'a 101 that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  ],
  ['too many interim answers', 'HTTP/1.1 103 Early\r\n\r\n'.repeat(40)],
]
for (const [name, text] of malformed) {
  test(`1.39 9.11 ${name} is a malformed answer and ends the connection`, async (t) => {
    const target = await Scripted.start(t)
    target.onData = (socket) => socket.write(text)
    const heard = ask(await target.connect())
    await eventually(() => heard.over && target.closed === 1, 'the end')
    assert.equal(heard.failure, 'malformed')
    assert.equal(target.idle, 0)
  })
}

test('9.11 bytes behind an answer end the connection, in the same packet or while it idles; the answer itself is good', async (t) => {
  const target = await Scripted.start(t)
  const good = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  for (const later of [false, true]) {
    target.closed = 0
    target.idle = 0
    target.onData = (socket) => {
      if (!later) return void socket.write(`${good}HTTP/1.1 200 OK\r\n`)
      socket.write(good)
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\n'), 10)
    }
    const connection = await target.connect()
    const heard = ask(connection)
    await eventually(() => target.closed === 1, 'the end')
    assert.deepEqual([heard.ended, heard.body, target.idle], [true, 'ok', later ? 1 : 0])
    assert.ok(!later || connection.idleUntil <= 0, 'it may not be given out any more')
  }
})

test('9.11 the body that a HEAD, a 204 or a 304 may not have is never taken for an answer', async (t) => {
  const target = await Scripted.start(t)
  for (const [method, head] of [
    ['HEAD', '200 OK\r\nContent-Length: 4'],
    ['GET', '204 No Content'],
    ['GET', '304 Not Modified\r\nContent-Length: 4'],
  ] as const) {
    target.closed = 0
    target.onData = (socket) => socket.write(`HTTP/1.1 ${head}\r\n\r\nbody`)
    const heard = ask(await target.connect(), method)
    await eventually(() => target.closed === 1, 'the end')
    assert.deepEqual([heard.ended, heard.body, target.idle], [true, '', 0])
  }
})

test('an answer ahead of the end of its request is heard, and the connection is not used again', async (t) => {
  const target = await Scripted.start(t)
  target.onData = (socket) => socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n')
  const connection = await target.connect()
  const heard = new Heard()
  connection.begin(heard)
  connection.head('POST', '/', none, 1_000)
  connection.body(Buffer.from('part'))
  await eventually(() => heard.over && target.closed === 1, 'the answer')
  assert.deepEqual([heard.ended, heard.status, target.idle], [true, 413, 0])
})

test('9.10 a pooled connection that the target closes as we write says that it was stale, and that the request may have been sent', async (t) => {
  const target = await Scripted.start(t)
  target.onData = (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n')
  const connection = await target.connect()
  const first = ask(connection)
  await eventually(() => first.over, 'the first')
  target.onData = (socket) => socket.destroy()
  const second = ask(connection)
  await eventually(() => second.over, 'the second')
  assert.ok(second.failure === 'closed' || second.failure === 'reset')
  assert.deepEqual([second.nothingSent, target.stale], [false, 1])
})

test('closing and aborting tell nobody but the pool, once', async (t) => {
  const target = await Scripted.start(t)
  for (const how of ['close', 'abort'] as const) {
    target.closed = 0
    const connection = await target.connect()
    const heard = ask(connection)
    connection[how]()
    await eventually(() => target.closed === 1, 'the end')
    connection.close()
    assert.deepEqual([heard.over, target.closed], [false, 1])
  }
})

test('however the bytes of an answer arrive, it is heard the same', async (t) => {
  const target = await Scripted.start(t)
  const answers = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world', 'hello world'],
    [
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n6\r\n world\r\n0\r\nX-T: 1\r\n\r\n',
      'hello world',
    ],
    ['HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', ''],
  ] as const
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...answers),
      fc.array(fc.nat(), { maxLength: 5 }),
      async ([text, body], places) => {
        const at = [0, ...places.map((place) => place % text.length), text.length].toSorted((a, b) => a - b)
        target.onData = (socket) => {
          const next = (i: number): void => {
            if (i === at.length) return
            socket.write(text.slice(at[i - 1], at[i]))
            setImmediate(next, i + 1)
          }
          next(1)
        }
        const connection = await target.connect()
        const heard = ask(connection)
        await eventually(() => heard.over, 'the answer')
        assert.deepEqual([heard.ended, heard.body], [true, body])
        connection.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('a slow reader is waited for: an answer that is paused stops coming, and comes whole when it goes on', async (t) => {
  const target = await Scripted.start(t)
  const size = 8 << 20
  let written = 0
  target.onData = (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
    const more = (): void => {
      while (written < size) {
        written += 65_536
        if (!socket.write(Buffer.alloc(65_536, 97 + ((written >> 16) % 23)))) return void socket.once('drain', more)
      }
    }
    more()
  }
  const connection = await target.connect()
  const heard = new Heard()
  let got = 0
  let expected = true
  heard.onBody = (chunk) => {
    for (const byte of chunk) expected &&= byte === 97 + (((got++ >> 16) + 1) % 23)
    connection.pauseResponse()
  }
  connection.begin(heard)
  connection.head('GET', '/', none, 'none')
  connection.end()
  await eventually(() => got > 0, 'the first bytes')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const before = got
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(got, before, 'nothing comes while it is paused')
  assert.ok(got <= 65_536 && written < size)
  const timer = setInterval(() => connection.resumeResponse(), 0)
  try {
    await eventually(() => heard.over, 'the rest', 20_000)
  } finally {
    clearInterval(timer)
  }
  assert.deepEqual([got, expected, heard.ended], [size, true, true])
})
