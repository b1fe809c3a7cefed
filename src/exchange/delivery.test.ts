import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureCause } from '../contract/streams.ts'
import { Rig, settle } from './rig.fixture.ts'

test('a request without a body is tried again at another target after a reset, and its client sees only the good answer', () => {
  const rig = new Rig()
  const { client } = rig.begin()
  const first = rig.service.last
  first.fail('reset')
  const second = rig.service.last
  assert.notEqual(first.target, second.target)
  assert.ok(second.options.fresh, 'not on a connection that may be stale too')
  second.reply(200, 'good')
  assert.deepEqual([client.status, client.text], [200, 'good'])
  assert.equal(rig.counter('retries_total'), 1)
  assert.equal(rig.ended[0]?.exchange.attempts, 2)
})

test('no more tries than configured; the last failure is told by kind, without the target', () => {
  for (const attempts of [1, 2, 4]) {
    const rig = new Rig({ settings: { attempts } })
    const { client } = rig.begin()
    while (!rig.service.last.over) rig.service.last.fail('refused', true)
    assert.equal(rig.service.streams.length, attempts)
    assert.equal(client.status, 502)
    assert.match(client.text, /GW5021/)
    assert.doesNotMatch(client.text, /t0|t1|orders:/)
    assert.equal(client.fields.get('proxy-status'), 'gwanmun; error=connection_refused')
  }
})

const answers: readonly (readonly [FailureCause, number, string])[] = [
  ['refused', 502, 'GW5021'],
  ['reset', 502, 'GW5022'],
  ['closed', 502, 'GW5022'],
  ['malformed', 502, 'GW5023'],
  ['unreachable', 502, 'GW5024'],
  ['name', 502, 'GW5025'],
  ['too-large', 502, 'GW5026'],
  ['tls', 502, 'GW5027'],
  ['pool', 503, 'GW5032'],
  ['connect-timeout', 504, 'GW5041'],
  ['timeout', 504, 'GW5042'],
]
for (const [cause, status, code] of answers) {
  test(`9.1 a delivery that fails by "${cause}" is ${status} ${code}, and its Proxy-Status has its own error`, () => {
    const rig = new Rig({ settings: { attempts: 1 } })
    const { client } = rig.begin()
    rig.service.last.fail(cause, true)
    assert.equal(client.status, status)
    assert.equal((JSON.parse(client.text) as { code: string }).code, code)
    assert.match(client.fields.get('proxy-status') ?? '', /^gwanmun; error=[a-z_]+$/)
    assert.equal(rig.ended[0]?.exchange.code, code)
  })
}

test('a malformed answer is never tried again: the target did its work', () => {
  const rig = new Rig({ settings: { attempts: 3 } })
  rig.begin()
  rig.service.last.fail('malformed')
  assert.equal(rig.service.streams.length, 1)
})

test('a small body is sent again whole with another try of PUT, one that outgrew what is kept is not', () => {
  for (const [chunks, tries] of [
    [3, 2],
    [200, 1],
  ] as const) {
    const rig = new Rig()
    const { client, exchange } = rig.begin({ method: 'PUT', length: 'stream' })
    for (let i = 0; i < chunks; i++) exchange.onBody(Buffer.alloc(1000, 65 + (i % 26)))
    rig.service.last.fail('reset')
    assert.equal(rig.service.streams.length, tries)
    if (tries === 1) {
      assert.equal(client.status, 502)
      continue
    }
    exchange.onBody(Buffer.from('tail'))
    exchange.onEnd()
    const bodies = rig.service.streams.map((stream) => Buffer.concat(stream.chunks).toString())
    assert.equal(bodies[1], `${bodies[0]}tail`)
    assert.deepEqual(
      rig.service.streams.map(({ ends }) => ends),
      [0, 1],
    )
  }
})

test('without a target that may be used the answer is 503 with Retry-After', () => {
  const rig = new Rig()
  rig.service.out = true
  const { client } = rig.begin()
  assert.deepEqual([client.status, client.fields.get('retry-after')], [503, '1'])
  assert.match(client.text, /GW5031/)
})

test('9.16 timeout.total covers everything up to the head, then 504; the target is cut', () => {
  const rig = new Rig({ timeout: { total: 2_000 } })
  const { client } = rig.begin()
  rig.pass(1_950)
  assert.equal(client.state, 'waiting')
  rig.pass(100)
  assert.deepEqual([client.status, rig.service.last.aborted, rig.service.settled], [504, true, ['timeout']])
  assert.match(client.text, /GW5042/)
})

test('9.16 timeout.idle cuts an answer that stalls in its body, and only then', () => {
  const rig = new Rig({ timeout: { idle: 1_000, total: 2_000 } })
  const { client } = rig.begin()
  rig.service.last.answer(200)
  for (let i = 0; i < 5; i++) {
    rig.pass(900)
    rig.service.last.send('x')
  }
  assert.equal(client.state, 'head')
  rig.pass(1_100)
  assert.equal(client.state, 'aborted')
  assert.deepEqual([rig.ended[0]?.exchange.code, rig.ended[0]?.facts.aborted], ['GW5043', true])
})

test('an upload that flows keeps an answer that waits for it from being idle', () => {
  const rig = new Rig({ timeout: { idle: 1_000 } })
  const { client, exchange } = rig.begin({ method: 'POST', length: 'stream' })
  rig.service.last.answer(200)
  for (let i = 0; i < 5; i++) {
    rig.pass(900)
    exchange.onBody(Buffer.from('x'))
  }
  assert.equal(client.state, 'head')
})

test('9.16 timeout.whole cuts even what flows', () => {
  const rig = new Rig({ timeout: { idle: 1_000, whole: 3_000 } })
  const { client } = rig.begin()
  rig.service.last.answer(200)
  for (let i = 0; i < 5; i++) {
    rig.service.last.send('x')
    rig.pass(700)
  }
  assert.equal(client.state, 'aborted')
})

test('9.16 timeout.attempt ends one attempt with 504 and settles it as a timeout', () => {
  const rig = new Rig({ timeout: { attempt: 500 } })
  const { client } = rig.begin({ method: 'POST' })
  rig.pass(600)
  assert.deepEqual([rig.service.streams.length, rig.service.settled[0], client.status], [1, 'timeout', 504])
})

test('an attempt whose time is over before it has a connection is tried again, whatever the method; one that sent is not', () => {
  for (const [ready, tries] of [
    [false, 2],
    [true, 1],
  ] as const) {
    const rig = new Rig({ timeout: { attempt: 500 } })
    rig.service.ready = ready
    const { client, exchange } = rig.begin({ method: 'POST', length: 4 })
    exchange.onBody(Buffer.from('body'))
    exchange.onEnd()
    rig.pass(550)
    assert.equal(rig.service.streams.length, tries)
    if (ready) {
      assert.equal(client.status, 504)
      continue
    }
    rig.service.last.connect()
    rig.service.last.reply(200, 'good')
    assert.deepEqual([client.status, client.text], [200, 'good'])
    assert.deepEqual(
      [Buffer.concat(rig.service.last.chunks).toString(), rig.service.settled],
      ['body', ['timeout', 'ok']],
    )
  }
})

test('a client may shorten total by the header that is configured, never lengthen it; what is left is sent on', () => {
  const header = 'x-request-timeout' as const
  for (const [asked, ends, sent] of [
    ['1', 1_000, /^1\.000$/],
    ['0.5', 500, /^0\.500$/],
    ['100', 5_000, /^5\.000$/],
    ['-1', 5_000, /^5\.000$/],
    ['1e3', 5_000, /^5\.000$/],
    ['', 5_000, /^5\.000$/],
  ] as const) {
    const rig = new Rig({ timeout: { total: 5_000, header } })
    const { client } = rig.begin({ headers: [header, asked] })
    assert.match(rig.service.last.fields.get(header) ?? '', sent, asked)
    assert.equal(rig.service.last.fields.getAll(header).length, 1)
    rig.pass(ends - 50)
    assert.equal(client.state, 'waiting', asked)
    rig.pass(150)
    assert.equal(client.status, 504, asked)
  }
})

test('the time left that is sent on shrinks with each try', () => {
  const rig = new Rig({ timeout: { total: 5_000, header: 'x-request-timeout' } })
  rig.begin()
  rig.pass(2_000)
  rig.service.last.fail('refused', true)
  assert.equal(rig.service.last.fields.get('x-request-timeout'), '3.000')
})

test('without its configuration the header of a client is just a header', () => {
  const rig = new Rig({ timeout: { total: 5_000 } })
  rig.begin({ headers: ['x-request-timeout', '1'] })
  assert.equal(rig.service.last.fields.get('x-request-timeout'), '1')
  rig.pass(4_000)
  assert.equal(rig.ended.length, 0)
})

test('9.17 a client that leaves cuts the attempt; 499 in the log, nothing more to it', () => {
  const rig = new Rig()
  const { client, exchange } = rig.begin()
  exchange.onFailure('closed')
  assert.deepEqual(
    [rig.service.last.aborted, rig.service.settled, rig.ended[0]?.facts.status],
    [true, ['aborted'], 499],
  )
  assert.equal(client.breaches.length, 0)
  assert.equal(rig.counter('client_aborts_total'), 1)
})

test('back-pressure: a client that is full pauses the answer, a target that is full pauses the request', () => {
  const rig = new Rig()
  const { client, exchange } = rig.begin({ method: 'POST', length: 'stream' })
  const stream = rig.service.last
  stream.takes = false
  exchange.onBody(Buffer.from('a'))
  assert.ok(client.paused)
  stream.takes = true
  stream.drain()
  assert.ok(!client.paused)
  stream.answer(200)
  client.takes = false
  stream.send('b')
  assert.ok(stream.paused)
  client.takes = true
  exchange.onDrain()
  assert.ok(!stream.paused)
})

test('a request whose target has answered its head early, and was full, still gets its end', () => {
  const rig = new Rig()
  const { exchange } = rig.begin({ method: 'POST', length: 'stream' })
  const stream = rig.service.last
  stream.takes = false
  exchange.onBody(Buffer.from('a'))
  exchange.onEnd()
  stream.answer(200)
  stream.takes = true
  stream.drain()
  assert.equal(stream.ends, 1)
})

test('the same holds when the body had waited for the connection', () => {
  const rig = new Rig()
  rig.service.ready = false
  const { exchange } = rig.begin({ method: 'POST', length: 'stream' })
  exchange.onBody(Buffer.from('a'))
  exchange.onEnd()
  const stream = rig.service.last
  stream.takes = false
  stream.connect()
  stream.answer(200)
  stream.takes = true
  stream.drain()
  assert.deepEqual([stream.chunks.length, stream.ends], [1, 1])
})

test('a body that came before its connection is kept, bounded, and sent in order with its end', () => {
  const rig = new Rig()
  rig.service.ready = false
  const { client, exchange } = rig.begin({ method: 'POST', length: 'stream' })
  const stream = rig.service.last
  // The chunk is lent: what stands in it later is somebody else's.
  const lent = Buffer.from('first ')
  exchange.onBody(lent)
  lent.fill(0)
  for (let i = 0; i < 70 && !client.paused; i++) exchange.onBody(Buffer.alloc(1024, 98))
  assert.ok(client.paused, 'the client is asked to stop before a hundred kilobytes are held')
  exchange.onEnd()
  stream.ready = true
  stream.drain()
  assert.ok(!client.paused)
  assert.match(Buffer.concat(stream.chunks).toString(), /^first b+$/)
  assert.equal(stream.ends, 1)
})

test('Expect: 100-continue is relayed when the target says so, and said by the gateway when the target is silent', () => {
  const rig = new Rig()
  const asked = rig.begin({ method: 'POST', length: 4, expectContinue: true })
  assert.equal(rig.service.last.fields.get('expect'), '100-continue')
  rig.service.last.informational(100)
  rig.pass(5_000)
  assert.deepEqual(asked.client.informationals, [100])
  const silent = rig.begin({ method: 'POST', length: 4, expectContinue: true })
  rig.pass(1_100)
  assert.deepEqual(silent.client.informationals, [100])
  const never = rig.begin({ method: 'POST', length: 4 })
  rig.service.last.informational(100)
  rig.service.last.informational(103)
  assert.deepEqual(never.client.informationals, [103])
})

test('a handler gets the whole body, and its reply is the answer; one that throws is 500', async () => {
  for (const fails of [false, true]) {
    const seen: string[] = []
    const rig = new Rig({
      action: {
        kind: 'handler',
        file: '/srv/shop/users.ts',
        stamp: undefined,
        handle: async (_exchange, body) => {
          seen.push(Buffer.from(body).toString())
          await settle()
          if (fails) throw new Error('broken')
          return { status: 201, body: 'made' }
        },
      },
    })
    const { client, exchange } = rig.begin({ method: 'POST', length: 'stream' })
    exchange.onBody(Buffer.from('one '))
    exchange.onBody(Buffer.from('two'))
    exchange.onEnd()
    await settle()
    await settle()
    assert.deepEqual(seen, ['one two'])
    assert.equal(client.status, fails ? 500 : 201)
    assert.deepEqual([rig.ended.length, client.breaches], [1, []])
  }
})

test('a handler is told by its signal when the client leaves or the time is over, never after a good end', async () => {
  for (const how of ['leaves', 'late', 'good'] as const) {
    let signal: AbortSignal | undefined
    let finish: (() => void) | undefined
    const rig = new Rig({
      timeout: { total: 1_000 },
      action: {
        kind: 'handler',
        file: '/srv/shop/users.ts',
        stamp: undefined,
        handle: (_exchange, _body, given) => {
          signal = given
          return new Promise((resolve) => {
            finish = () => resolve({ status: 200, body: 'x' })
          })
        },
      },
    })
    const { client, exchange } = rig.begin()
    if (how === 'leaves') exchange.onFailure('closed')
    else if (how === 'late') rig.pass(1_100)
    finish?.()
    await settle()
    assert.equal(signal?.aborted, how !== 'good', how)
    assert.equal(client.status, how === 'leaves' ? 0 : how === 'late' ? 504 : 200)
    assert.equal(rig.ended.length, 1)
  }
})

test('a guard of the gateway that waits gives a route no limit that it does not have, and no shorter one', async () => {
  for (const [total, limit] of [
    [0, Infinity],
    [60_000, 60_000],
    [2_000, 2_000],
  ] as const) {
    const rig = new Rig({
      guards: [{ name: 'slow', policy: { onRequest: () => settle().then(() => undefined) } }],
      timeout: { total },
    })
    const { client } = rig.begin()
    await settle()
    await settle()
    assert.equal(rig.service.streams.length, 1)
    rig.pass(Math.min(limit, 120_000) - 100)
    assert.equal(client.state, 'waiting', `total ${total}`)
    rig.pass(200)
    if (limit !== Infinity) assert.equal(client.status, 504, `total ${total}`)
    else rig.service.last.reply(200)
    assert.equal(client.state, 'ended')
  }
})
