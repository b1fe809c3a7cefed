import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reply } from '../contract/exchange.ts'
import type { Policy, Stage } from '../contract/policy.ts'
import { Fields } from '../lib/fields.ts'
import { Rig, type RigOptions, type RigPolicy, settle } from './rig.fixture.ts'

/** A policy that writes down each of its hooks. */
const witness = (seen: string[], name: string, over: Partial<Policy> = {}, stage: Stage = 'limit'): RigPolicy => ({
  name,
  stage,
  policy: {
    onRequest: () => void seen.push(`${name} request`),
    onResponse: () => void seen.push(`${name} response`),
    onEnd: () => void seen.push(`${name} end`),
    ...over,
  },
})
const refusal: Reply = { status: 403, code: 'GW4031' }

test('a relayed answer passes every step that its request passed, in reverse order, the route before the gateway', () => {
  const seen: string[] = []
  const rig = new Rig({
    guards: [witness(seen, 'g1'), witness(seen, 'g2')],
    route: [witness(seen, 'r1'), witness(seen, 'r2')],
  })
  const { client } = rig.begin()
  rig.service.last.reply(200)
  assert.deepEqual(seen, [
    'g1 request',
    'g2 request',
    'r1 request',
    'r2 request',
    'r2 response',
    'r1 response',
    'g2 response',
    'g1 response',
    'r1 end',
    'r2 end',
    'g1 end',
    'g2 end',
  ])
  assert.deepEqual([client.status, client.text, client.state, client.breaches], [200, 'ok', 'ended', []])
})

for (const [place, expected] of [
  ['g1', ['g1 response']],
  ['g2', ['g2 response', 'g1 response']],
  ['r1', ['r1 response', 'g2 response', 'g1 response']],
  ['r2', ['r2 response', 'r1 response', 'g2 response', 'g1 response']],
] as const) {
  test(`a refusal by ${place} passes the response steps of exactly those that were reached`, () => {
    const seen: string[] = []
    const make = (name: string): RigPolicy => witness(seen, name, name === place ? { onRequest: () => refusal } : {})
    const rig = new Rig({ guards: [make('g1'), make('g2')], route: [make('r1'), make('r2')] })
    const { client } = rig.begin()
    assert.deepEqual(
      seen.filter((word) => word.endsWith('response')),
      expected,
    )
    // Which route would have matched is not known to a guard before the match.
    assert.equal(client.status, 403)
    assert.equal(rig.service.streams.length, 0)
  })
}

test('steps of the stages respond and log pass every answer, also one that a guard of the gateway made', () => {
  const seen: string[] = []
  const only = (name: string, stage: Stage): RigPolicy => ({
    name,
    stage,
    policy: { onResponse: () => void seen.push(name) },
  })
  const rig = new Rig({
    guards: [
      witness(seen, 'g', { onRequest: () => refusal, onEnd: () => undefined }),
      only('global respond', 'respond'),
      only('global log', 'log'),
    ],
    unmatched: [only('default respond', 'respond')],
    route: [only('route respond', 'respond')],
  })
  rig.begin()
  assert.deepEqual(seen, ['default respond', 'g response', 'global respond', 'global log'])
})

for (const how of ['a thrown error', 'a rejected promise'] as const) {
  test(`${how} in onRequest is 500 and passes the response steps; others do not notice`, async () => {
    const seen: string[] = []
    const onRequest =
      how === 'a thrown error'
        ? (): never => {
            throw new Error('bad')
          }
        : (): Promise<never> => Promise.reject(new Error('bad'))
    const rig = new Rig({
      guards: [witness(seen, 'g')],
      route: [witness(seen, 'r', { onRequest }), witness(seen, 'later')],
    })
    const { client } = rig.begin()
    await settle()
    assert.equal(client.status, 500)
    assert.match(client.text, /GW5001/)
    assert.doesNotMatch(client.text, /bad/)
    assert.deepEqual(
      seen.filter((word) => word.endsWith('response')),
      ['r response', 'g response'],
    )
    assert.deepEqual([rig.ended.length, rig.counter('policy_errors_total')], [1, 1])
  })
}

test('a response step that waits holds the whole answer back, head first, nothing lost', async () => {
  const rig = new Rig({
    route: [
      {
        name: 'slow',
        policy: {
          onResponse: async (exchange) => {
            await settle()
            exchange.response.fields.set('x-late', '1')
            return undefined
          },
        },
      },
    ],
  })
  const { client } = rig.begin()
  rig.service.last.reply(200, 'body in the same read as its head')
  await settle()
  await settle()
  assert.deepEqual(
    [client.state, client.text, client.fields.get('x-late'), client.breaches],
    ['ended', 'body in the same read as its head', '1', []],
  )
  assert.equal(rig.ended.length, 1)
  assert.deepEqual(rig.service.settled, ['ok'])
})

test('trailers of an answer survive a response step that waits', async () => {
  const rig = new Rig({ route: [{ name: 'slow', policy: { onResponse: () => settle().then(() => undefined) } }] })
  const { client } = rig.begin()
  const stream = rig.service.last
  stream.answer(200)
  stream.send('a')
  stream.sink.onTrailers({ length: 0 } as never)
  stream.finish()
  await settle()
  await settle()
  assert.ok(client.trailers !== undefined)
})

test('a service that fails while a response step waits becomes a 502, of which the failed answer is no part', async () => {
  const rig = new Rig({ route: [{ name: 'slow', policy: { onResponse: () => settle().then(() => undefined) } }] })
  const { client } = rig.begin()
  rig.service.last.answer(200)
  rig.service.last.send('half')
  rig.service.last.fail('reset')
  await settle()
  await settle()
  assert.deepEqual([client.status, client.state, client.breaches], [502, 'ended', []])
  assert.doesNotMatch(client.text, /half/)
  assert.deepEqual([rig.ended.length, rig.service.settled], [1, ['reset']])
})

test('a reply of a response step replaces the answer of the service, of which no byte is passed on', () => {
  const rig = new Rig({ route: [{ name: 'replace', policy: { onResponse: () => ({ status: 502, code: 'GW5029' }) } }] })
  const { client } = rig.begin()
  rig.service.last.reply(500, 'secret stack trace')
  assert.deepEqual([client.status, client.breaches], [502, []])
  assert.doesNotMatch(client.text, /secret/)
  assert.equal(rig.ended.length, 1)
})

test('a reply of a response step that waited replaces the answer too', async () => {
  const rig = new Rig({
    route: [{ name: 'replace', policy: { onResponse: () => Promise.resolve({ status: 502, code: 'GW5029' }) } }],
  })
  const { client } = rig.begin()
  rig.service.last.reply(500, 'secret stack trace')
  await settle()
  assert.deepEqual([client.status, client.state, client.breaches], [502, 'ended', []])
  assert.doesNotMatch(client.text, /secret/)
  assert.deepEqual([rig.ended.length, rig.service.inFlight], [1, 0])
})

test('a client that leaves while a request step waits ends the exchange once, and nothing is delivered', async () => {
  const options: RigOptions = { route: [{ name: 'slow', policy: { onRequest: () => settle().then(() => undefined) } }] }
  const rig = new Rig(options)
  const { exchange, client } = rig.begin()
  exchange.onFailure('closed')
  await settle()
  await settle()
  assert.deepEqual([rig.service.streams.length, rig.ended.length, client.breaches], [0, 1, []])
  assert.equal(rig.ended[0]?.facts.status, 499)
})

test('a step that waited too long says nothing to the answer that came in its place, though that waits as well', async () => {
  const release: (() => void)[] = []
  const waiting = (name: string): RigPolicy => ({
    name,
    stage: 'respond',
    policy: { onResponse: () => new Promise((resolve) => void release.push(() => resolve(undefined))) },
  })
  let ends: (() => void) | undefined
  const slowly: RigPolicy = {
    name: 'slowly',
    stage: 'respond',
    policy: {
      transformResponse: (_exchange, sink) => ({
        write: (chunk) => void sink.push(chunk),
        end: () => {
          ends = () => sink.finish()
        },
        destroy: () => undefined,
      }),
    },
  }
  const rig = new Rig({ route: [waiting('one'), waiting('two'), slowly], timeout: { total: 1000 } })
  const { client } = rig.begin()
  rig.service.last.reply(200)
  rig.pass(1100)
  assert.equal(release.length, 2, 'the time limit brought another answer to the next step')
  release[0]?.()
  await settle()
  assert.equal(client.state, 'waiting')
  release[1]?.()
  await settle()
  ends?.()
  assert.deepEqual([client.status, client.state, client.breaches], [504, 'ended', []])
  assert.equal(client.text.split('GW5042').length, 3, 'the problem is written once, with its code twice')
})

test('response steps that never end hold a late answer back for as long as timeout.total once more, and no longer', async () => {
  const seen: string[] = []
  const never = (name: string): RigPolicy => ({
    name,
    stage: 'respond',
    policy: { onResponse: () => (seen.push(name), new Promise(() => undefined)) },
  })
  const rig = new Rig({
    guards: [{ name: 'gateway', policy: { onRequest: () => undefined, onResponse: () => void seen.push('gateway') } }],
    route: [never('one'), never('two'), never('three')],
    timeout: { total: 1_000 },
  })
  const { client } = rig.begin()
  rig.service.last.reply(200)
  rig.pass(1_950)
  assert.deepEqual([client.state, seen], ['waiting', ['one', 'two']])
  rig.pass(100)
  assert.deepEqual([client.state, client.status, seen], ['ended', 504, ['one', 'two']])
  assert.match(client.text, /GW5042/)
  await settle()
  assert.deepEqual([rig.ended.length, rig.wheel.count, client.breaches], [1, 0, []])
})

test('timeout.attempt is over with the head of the answer, though a response step waits', async () => {
  let go: () => void = () => undefined
  const rig = new Rig({
    route: [{ name: 'slow', policy: { onResponse: () => new Promise((resolve) => (go = () => resolve(undefined))) } }],
    timeout: { attempt: 500 },
  })
  const { client } = rig.begin()
  rig.service.last.answer(200)
  rig.pass(1_000)
  go()
  await settle()
  rig.service.last.send('whole')
  rig.service.last.finish()
  assert.deepEqual([client.status, client.text, rig.service.outcomes], [200, 'whole', ['ok 200']])
})

test('what a head announces and is not sent is not counted, and no transform sees an end of it', () => {
  const seen: string[] = []
  const flushing: RigPolicy = {
    name: 'flushing',
    stage: 'respond',
    policy: {
      transformResponse: (_exchange, sink) => ({
        write: (chunk) => void sink.push(chunk),
        end: () => {
          seen.push('end')
          sink.push(Buffer.from('the rest'))
          sink.finish()
        },
        destroy: () => void seen.push('destroy'),
      }),
    },
  }
  const made: Reply = { status: 200, body: 'five!' }
  for (const route of [[], [flushing]]) {
    const length = route.length === 0 ? 5 : 'stream'
    const own = new Rig({ route, action: { kind: 'reply', make: () => made } })
    const head = own.begin({ method: 'HEAD' })
    assert.deepEqual([head.client.state, head.client.length, head.client.text], ['ended', length, ''])
    assert.equal(own.ended[0]?.exchange.responseBytes, 0)
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 304],
    ] as const) {
      const rig = new Rig({ route })
      const { client } = rig.begin({ method })
      rig.service.last.answer(status, [], 5)
      rig.service.last.finish()
      assert.deepEqual([client.state, client.length, client.text, client.breaches], ['ended', length, '', []])
      assert.equal(rig.ended[0]?.exchange.responseBytes, 0)
    }
  }
  const changed = new Rig({
    route: [{ name: 'empty', policy: { onResponse: ({ response }) => void (response.status = 204) } }],
  })
  const { client } = changed.begin()
  changed.service.last.reply(200, 'gone')
  assert.deepEqual([client.status, client.text, changed.ended[0]?.exchange.responseBytes], [204, '', 0])
  assert.deepEqual([...new Set(seen)], ['destroy'])
})

test('of an interim answer only the links go on, since no response step sees it', () => {
  const rig = new Rig({})
  const { client } = rig.begin()
  const told: string[][] = []
  Object.assign(client, { informational: (_: number, fields: Fields) => void told.push(fields.toPairs()) })
  const fields = Fields.of(
    'link',
    '</a.css>; rel=preload',
    'server',
    'x',
    'x-powered-by',
    'y',
    'x-request-id',
    'z',
    'set-cookie',
    'a=b; Domain=evil.test',
    'access-control-allow-origin',
    '*',
    'link',
    '</b.css>; rel=preload',
  )
  rig.service.last.sink.onInformational(103, fields)
  assert.deepEqual(told, [['link', '</a.css>; rel=preload', 'link', '</b.css>; rel=preload']])
})
