import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ExplainResult } from '../contract/data-plane.ts'
import type { Policy } from '../contract/policy.ts'
import { Fields } from '../lib/fields.ts'
import type { FilledValue } from '../lib/shield.ts'
import { explainExchange } from './explain.ts'
import { Rig, type RigOptions, type RigPolicy, settle } from './rig.fixture.ts'

const explain = (
  rig: Rig,
  over: {
    readonly method?: string
    readonly path?: string
    readonly query?: string
    readonly filled?: readonly FilledValue[]
  } = {},
): Promise<ExplainResult> =>
  explainExchange(
    rig.engine,
    rig.listener,
    { address: '192.0.2.7', peer: '192.0.2.7', port: 1, forwardedFor: '192.0.2.7', trusted: false, scheme: 'http' },
    {
      method: over.method ?? 'GET',
      rawPath: over.path ?? '/orders/1',
      query: over.query ?? 'a=b',
      host: 'api.test',
      authority: 'api.test',
      protocol: 'HTTP/1.1',
      length: 'none',
      expectContinue: false,
      upgrade: '',
      fields: new Fields(),
    },
    { filled: over.filled ?? [], redact: [] },
  )
const make = (name: string, policy: Policy): RigPolicy => ({ name, policy })

/** An explanation leaves nothing behind: nothing sent, counted, kept or waited for. */
const explained = async (options: RigOptions): Promise<ExplainResult & { readonly rig: Rig }> => {
  const rig = new Rig(options)
  const result = await explain(rig)
  await settle()
  assert.deepEqual(
    [rig.service.streams.length, rig.ended.length, rig.wheel.count, rig.listener.load.inFlight],
    [0, 0, 0, 0],
  )
  assert.deepEqual(
    [...rig.counters].filter(([, value]) => value !== 0),
    [],
  )
  return { ...result, rig }
}

test('what would be delivered is told with its target, and with method, path and query as they would be sent', async () => {
  const { source, sends, target, service, route, status } = await explained({})
  assert.deepEqual(
    [source, sends, target, service, route, status],
    ['service', 'GET /orders/1?a=b', 'http://t0', 'orders', 'orders', 0],
  )
})

test('a refusal is told with its status, its code and the step that made it, whether it waited or not', async () => {
  const reply = { status: 403, code: 'GW4031' }
  for (const onRequest of [() => reply, () => Promise.resolve(reply), () => settle().then(() => reply)]) {
    const { status, code, source, steps } = await explained({
      guards: [make('before', { onRequest: () => undefined })],
      route: [make('refuses', { onRequest }), make('after', { onRequest: () => undefined })],
    })
    assert.deepEqual([status, code, source], [403, 'GW4031', 'gateway'])
    assert.deepEqual(
      steps?.map(({ name, verdict }) => `${name} ${verdict}`),
      ['before passed', 'refuses answered', 'after not-reached'],
    )
  }
})

test('what steps do to an attempt or an answer is told, also when they wait for something', async () => {
  const moved = await explained({
    route: [
      make('moves', {
        onAttempt: async (attempt) => {
          await settle()
          attempt.requestTarget = '/elsewhere'
          return undefined
        },
      }),
    ],
  })
  assert.equal(moved.sends, 'GET /elsewhere')
  const refused = await explained({
    route: [make('refuses', { onAttempt: () => settle().then(() => ({ status: 429 })) })],
  })
  assert.deepEqual([refused.status, refused.source], [429, 'gateway'])
  const replaced = await explained({
    route: [
      make('refuses', { onRequest: () => ({ status: 403, code: 'GW4031' }) }),
      make('late', { onRequest: () => undefined }),
    ],
    guards: [
      make('replaces', { onRequest: () => undefined, onResponse: () => settle().then(() => ({ status: 418 })) }),
    ],
  })
  assert.equal(replaced.status, 418)
})

test('a handler is named and not run; no route and a missing method are told as they would be answered', async () => {
  let ran = false
  const handled = await explained({
    action: {
      kind: 'handler',
      file: '/srv/shop/users.ts',
      stamp: undefined,
      handle: () => {
        ran = true
        return { status: 200 }
      },
    },
  })
  assert.deepEqual([handled.source, handled.handler, ran], ['handler', 'users.ts', false])
  assert.deepEqual(
    handled.steps?.map(({ stage, name, verdict, words }) => [stage, name, verdict, words]),
    [['deliver', 'handler', 'unknown', 'users.ts was not run']],
  )
  const lost = await explained({ matches: false })
  assert.deepEqual([lost.status, lost.code, lost.route], [404, 'GW4041', undefined])
  const method = await explained({ matches: false, allow: ['GET'] })
  assert.deepEqual([method.status, method.code], [405, 'GW4051'])
})

test('a step that may not be run dry is told as unknown, and none of its hooks is called, onEnd neither', async () => {
  const called: string[] = []
  const rig = new Rig({
    route: [
      make('mine', {
        onRequest: () => void called.push('request'),
        onAttempt: () => void called.push('attempt'),
        onResponse: () => void called.push('response'),
        onEnd: () => void called.push('end'),
      }),
    ],
  })
  for (const step of rig.route.steps.all) (step as { dry: string }).dry = 'unknown'
  for (const steps of [rig.route.steps.request, rig.route.steps.attempt, rig.route.steps.end])
    for (const step of steps) (step as { dry: string }).dry = 'unknown'
  const { steps } = await explain(rig)
  assert.deepEqual([steps?.map(({ verdict }) => verdict), called], [['unknown'], []])
})

test('an explanation ends nothing: end hooks are of exchanges that took place', async () => {
  const ended: string[] = []
  await explained({
    guards: [make('g', { onEnd: () => void ended.push('g') })],
    route: [make('r', { onEnd: () => void ended.push('r') })],
  })
  assert.deepEqual(ended, [])
})

test('a step that never answers does not hold an explanation up for ever', async () => {
  const { source } = await explained({ route: [make('stuck', { onRequest: () => new Promise(() => undefined) })] })
  assert.equal(source, 'gateway')
})

test('explaining over and over changes no later answer', async () => {
  const rig = new Rig()
  for (let i = 0; i < 5; i++) await explain(rig)
  const { client } = rig.begin()
  rig.service.last.reply(200, 'real')
  assert.equal(client.text, 'real')
  assert.equal(rig.ended.length, 1)
})

test('an explanation tells no text from outside the file and no value under a telling name', async () => {
  const secret = 'from-the-environment'
  const rig = new Rig({
    route: [
      make('tells', {
        onRequest: (exchange) => {
          exchange.note(1)
          exchange.request.query += `&plain=${secret}`
          return undefined
        },
        explain: () => `adds ${secret}`,
      }),
    ],
  })
  const result = await explain(rig, { query: 'api_key=mine', filled: [[secret, '${SECRET}']] })
  assert.equal(result.sends, 'GET /orders/1?api_key=***&plain=${SECRET}')
  assert.equal(result.steps?.find(({ name }) => name === 'tells')?.words, 'adds ${SECRET}')
})
