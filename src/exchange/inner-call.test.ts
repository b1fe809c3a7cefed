import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../contract/exchange.ts'
import type { CallOptions, ServiceCall } from '../contract/handler.ts'
import { callService } from './inner-call.ts'
import { Rig, type RigOptions, type RigRequest, settle } from './rig.fixture.ts'
import type { ExchangeState } from './state.ts'

interface Calling {
  readonly rig: Rig
  readonly client: ReturnType<Rig['begin']>['client']
  readonly exchange: Exchange
  readonly call: (method: string, path: string, options?: CallOptions) => ServiceCall
  /** Ends the handler. */
  readonly finish: () => void
}

/** A handler that has begun and waits; calls are made on its behalf. */
const calling = (options: RigOptions = {}, request: RigRequest = {}): Calling => {
  let signal: AbortSignal | undefined
  let state: ExchangeState | undefined
  let finish: () => void = () => undefined
  const rig = new Rig({
    ...options,
    action: {
      kind: 'handler',
      file: '/srv/shop/users.ts',
      stamp: undefined,
      handle: (exchange, _body, given) => {
        state = exchange as ExchangeState
        signal = given
        return new Promise((resolve) => {
          finish = () => resolve({ status: 200, body: 'handled' })
        })
      },
    },
  })
  const { client, exchange } = rig.begin(request)
  return {
    rig,
    client,
    exchange,
    call: (method, path, given = {}) =>
      callService(state as ExchangeState, rig.engine, rig.service, method, path, given, signal as AbortSignal),
    finish: () => finish(),
  }
}

test('a call goes through the same machinery: same request id, trace and client, a span of its own, its own Host', async () => {
  const { rig, exchange, call } = calling()
  const answer = call('GET', '/stock/1?x=%20y')
  const { fields, requestTarget, target } = rig.service.last
  assert.equal(requestTarget, '/stock/1?x=%20y')
  assert.equal(fields.get('x-request-id'), exchange.id)
  assert.match(fields.get('traceparent') ?? '', new RegExp(`^00-${exchange.trace.id}-`))
  assert.doesNotMatch(fields.get('traceparent') ?? '', new RegExp(exchange.trace.span))
  assert.equal(fields.get('x-forwarded-for'), exchange.client.forwardedFor)
  assert.equal(fields.get('host'), target.authority)
  rig.service.last.reply(200, '{"a":1}', ['content-type', 'application/json'])
  assert.deepEqual(await answer.json(), { a: 1 })
  assert.equal((await answer).headers['content-type'], 'application/json')
})

test('a call carries the trace state of the request that it is part of', () => {
  const { rig, call } = calling(
    {},
    { trusted: true, headers: ['traceparent', `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`, 'tracestate', 'vendor=1'] },
  )
  void call('GET', '/stock/1')
  assert.equal(rig.service.last.fields.get('tracestate'), 'vendor=1')
  assert.match(rig.service.last.fields.get('traceparent') ?? '', /^00-b{32}-(?!c{16})/)
})

test('a call that failed says which it was, and what the gateway found', async () => {
  const { rig, call } = calling({ settings: { attempts: 1 } })
  const refused = call('GET', '/b?token=secret')
  rig.service.last.fail('refused', true)
  await assert.rejects(refused.json(), { message: 'services.orders GET /b: 502 GW5021' })
  assert.equal((await refused).status, 502)
  const missing = call('GET', '/c')
  rig.service.last.reply(404)
  await assert.rejects(missing.json(), { message: 'services.orders GET /c: 404' })
  const half = call('POST', '/d')
  rig.service.last.answer(200)
  rig.service.last.fail('reset')
  await assert.rejects(half.json(), { message: 'services.orders POST /d: the answer was cut' })
})

test('several calls run at once, and the answer of each is its own', async () => {
  const { rig, call, client, finish } = calling()
  const calls = ['/a', '/b', '/c'].map((path) => call('GET', path))
  assert.equal(rig.service.streams.length, 3)
  for (const stream of rig.service.streams.toReversed()) stream.reply(200, stream.requestTarget)
  assert.deepEqual(await Promise.all(calls.map((one) => one.text())), ['/a', '/b', '/c'])
  finish()
  await settle()
  assert.deepEqual(
    [client.text, rig.ended.length, rig.listener.load.inFlight, rig.service.inFlight],
    ['handled', 1, 0, 0],
  )
})

test('a body is sent as text, bytes or JSON, with its length', async () => {
  const { rig, call } = calling()
  for (const [body, text, type] of [
    ['plain', 'plain', undefined],
    [Buffer.from('bytes'), 'bytes', undefined],
    [{ a: [1] }, '{"a":[1]}', 'application/json'],
  ] as const) {
    const answer = call('POST', '/', { body })
    const stream = rig.service.last
    assert.deepEqual(
      [Buffer.concat(stream.chunks).toString(), stream.length, stream.ends, stream.fields.get('content-type')],
      [text, text.length, 1, type],
    )
    stream.reply(201)
    assert.equal((await answer).status, 201)
  }
})

test('an answer that is an error is an answer; json() of it rejects', async () => {
  const { rig, call } = calling()
  const answer = call('GET', '/')
  rig.service.last.reply(404, '{"title":"no"}')
  assert.deepEqual([(await answer).status, (await answer).ok], [404, false])
  await assert.rejects(answer.json(), /404/)
})

test('a call that fails is tried again like any request; when nothing helps it is a 502, a cut answer rejects', async () => {
  const { rig, call } = calling()
  const first = call('GET', '/')
  rig.service.last.fail('refused', true)
  rig.service.last.reply(200, 'second')
  assert.equal(await first.text(), 'second')
  const second = call('GET', '/')
  while (!rig.service.last.over) rig.service.last.fail('refused', true)
  assert.equal((await second).status, 502)
  const third = call('GET', '/')
  rig.service.last.answer(200)
  rig.service.last.send('half')
  rig.service.last.fail('reset')
  await assert.rejects(Promise.resolve(third), /cut/)
})

test('a call ends with the time that is left of its route, or sooner where its caller says so', async () => {
  const { rig, call } = calling({ timeout: { total: 10_000 } })
  rig.pass(4_000)
  const patient = call('GET', '/', { timeout: 60_000 })
  const hasty = call('GET', '/', { timeout: 500 })
  rig.pass(600)
  assert.equal((await hasty).status, 504)
  rig.pass(5_500)
  const outcome = await Promise.resolve(patient).then(
    ({ status }) => status,
    () => 'given up with its request',
  )
  assert.ok(outcome === 504 || outcome === 'given up with its request')
})

test('on a route without a time limit a call has none either', async () => {
  const { rig, call } = calling({ timeout: { total: 0 } })
  const answer = call('GET', '/')
  rig.pass(120_000)
  assert.equal(rig.service.last.over, false)
  rig.service.last.reply(200, 'late')
  assert.equal(await answer.text(), 'late')
})

test('when the client leaves every running call is cut and rejects; what is not begun yet never is', async () => {
  const { rig, call, exchange } = calling()
  const running = [call('GET', '/a'), call('POST', '/b', { body: 'x' })]
  ;(exchange as unknown as { onFailure(cause: string): void }).onFailure('closed')
  for (const one of running) await assert.rejects(Promise.resolve(one))
  assert.ok(rig.service.streams.every((stream) => stream.aborted))
  await assert.rejects(Promise.resolve(call('GET', '/c')))
  assert.deepEqual(
    [rig.service.streams.length, rig.service.inFlight, rig.listener.load.inFlight, rig.counter('client_aborts_total')],
    [2, 0, 0, 1],
  )
})

test('a call can be given up by a signal of its own, before or while it runs, and rejects with its reason', async () => {
  const { rig, call } = calling()
  const stop = new AbortController()
  const running = call('GET', '/', { signal: stop.signal })
  stop.abort(new Error('not needed any more'))
  await assert.rejects(Promise.resolve(running), /not needed any more/)
  assert.ok(rig.service.last.aborted)
  await assert.rejects(Promise.resolve(call('GET', '/', { signal: stop.signal })), /not needed any more/)
  assert.equal(rig.service.streams.length, 1)
})

test('a call is no request record of its own, and runs no step of the route again', async () => {
  const seen: string[] = []
  const { rig, call, finish } = calling({
    route: [
      {
        name: 'r',
        policy: {
          onRequest: () => void seen.push('request'),
          onResponse: () => void seen.push('response'),
          onEnd: () => void seen.push('end'),
        },
      },
    ],
  })
  const answer = call('GET', '/')
  rig.service.last.reply(200)
  await answer
  assert.deepEqual([seen, rig.ended.length], [['request'], 0])
  finish()
  await settle()
  assert.deepEqual([seen, rig.ended.length], [['request', 'response', 'end'], 1])
})

test('a call that is no request rejects and asks nobody', async () => {
  const { rig, call } = calling()
  for (const [method, path] of [
    ['GET', 'relative'],
    ['GET', '/a b'],
    ['GET', '/a\r\nX: y'],
    ['GET', '/%zz'],
    ['G T', '/'],
  ] as const)
    await assert.rejects(Promise.resolve(call(method, path)), TypeError)
  await assert.rejects(Promise.resolve(call('GET', '/', { headers: { 'x-a': 'b\r\nc: d' } })), TypeError)
  await assert.rejects(Promise.resolve(call('GET', '/', { headers: { 'bad name': 'b' } })), TypeError)
  assert.equal(rig.service.streams.length, 0)
})

test('2.9 a call says of the client what the outer request proved, whatever its own headers say', async () => {
  const { rig, call } = calling()
  void call('GET', '/', {
    headers: {
      'X-Forwarded-For': '1.1.1.1',
      'X-Real-IP': '1.1.1.1',
      'X-Own': 'stays',
      'Transfer-Encoding': 'chunked',
      Host: 'evil.test',
    },
  })
  const { fields } = rig.service.last
  assert.deepEqual(
    [
      fields.getAll('x-forwarded-for'),
      fields.get('x-real-ip'),
      fields.get('x-own'),
      fields.get('transfer-encoding'),
      fields.getAll('host').length,
    ],
    [['192.0.2.7'], undefined, 'stays', undefined, 1],
  )
})
