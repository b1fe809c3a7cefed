import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Reply } from '../contract/exchange.ts'
import type { Policy } from '../contract/policy.ts'
import type { FailureCause } from '../contract/streams.ts'
import { Fields } from '../lib/fields.ts'
import type { FakeStream } from './fake-stream.fixture.ts'
import { Rig, type RigPolicy, settle } from './rig.fixture.ts'

/** What a hook does: nothing, answers, throws, or the same after a while. */
const deeds = [
  'passes',
  'passes',
  'passes',
  'replies',
  'throws',
  'waits',
  'waits and replies',
  'rejects',
  'never settles',
] as const
type Deed = (typeof deeds)[number]
const deed = fc.constantFrom(...deeds)

const refusal: Reply = { status: 403, code: 'GW4031' }
const act = (what: Deed): Reply | undefined | Promise<Reply | undefined> => {
  switch (what) {
    case 'replies':
      return refusal
    case 'throws':
      throw new Error('broken policy')
    case 'waits':
      return settle().then(() => undefined)
    case 'waits and replies':
      return settle().then(() => refusal)
    case 'rejects':
      return settle().then(() => {
        throw new Error('broken policy')
      })
    case 'never settles':
      return new Promise(() => undefined)
    default:
      return undefined
  }
}

interface Chain {
  readonly request: Deed
  readonly attempt: Deed
  readonly response: Deed
  readonly tap: 'passes' | 'replies' | 'throws'
  readonly transforms: boolean
}
const chain: fc.Arbitrary<Chain> = fc.record({
  request: deed,
  attempt: deed,
  response: deed,
  tap: fc.constantFrom('passes', 'passes', 'passes', 'replies', 'throws'),
  transforms: fc.boolean(),
})

const policyOf = (name: string, what: Chain, ends: Map<string, number>): RigPolicy => {
  const policy: Policy = {
    onRequest: () => act(what.request),
    onAttempt: () => act(what.attempt),
    onResponse: () => act(what.response),
    onRequestBody: () => act(what.tap) as Reply | undefined,
    transformResponse: (_exchange, sink) =>
      what.transforms
        ? {
            write: (chunk) => void sink.push(chunk),
            end: () => sink.finish(),
            destroy: () => void ends.set('destroyed', (ends.get('destroyed') ?? 0) + 1),
          }
        : undefined,
    onEnd: () => {
      ends.set(name, (ends.get(name) ?? 0) + 1)
      throw new Error('an end hook that throws is nobody else’s trouble')
    },
  }
  return { name, policy }
}

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'chunk',
        'request end',
        'client drain',
        'settle',
        'connect',
        'service drain',
        'head',
        'body',
        'trailers',
        'finish',
        '100',
        'blocked',
        'takes',
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('client fails'),
      cause: fc.constantFrom<FailureCause>('closed', 'reset', 'malformed', 'timeout', 'too-large', 'trailers'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('service fails'),
      cause: fc.constantFrom<FailureCause>(
        'refused',
        'closed',
        'reset',
        'malformed',
        'too-large',
        'pool',
        'connect-timeout',
      ),
      nothingSent: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time'), ms: fc.constantFrom(60, 400, 1_100, 2_500, 31_000, 61_000) }),
  },
)
type Event = {
  readonly kind: string
  readonly cause?: FailureCause
  readonly nothingSent?: boolean
  readonly ms?: number
}

const world = fc.record({
  guard: chain,
  route: chain,
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
  length: fc.constantFrom<number | 'stream' | 'none'>('none', 'none', 'stream', 30),
  ready: fc.boolean(),
  attempts: fc.integer({ min: 1, max: 4 }),
  attemptTimeout: fc.constantFrom(0, 0, 500),
  whole: fc.constantFrom(0, 2_000),
  matches: fc.constantFrom(true, true, true, false),
  status: fc.constantFrom(200, 204, 404, 500),
  expectContinue: fc.boolean(),
  events: fc.array(event, { maxLength: 24 }) as fc.Arbitrary<Event[]>,
})

/** Whether bytes of the request may have been read by the target of a stream. */
const reached = (stream: FakeStream, untouched: ReadonlySet<FakeStream>): boolean =>
  stream.ready && !untouched.has(stream)

test('however an exchange goes, it ends once: one record, one settling for each attempt, one onEnd, nothing left behind', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const ends = new Map<string, number>()
      const rig = new Rig({
        guards: [policyOf('guard', given.guard, ends)],
        route: [policyOf('route', given.route, ends)],
        unmatched: [policyOf('unmatched', given.route, ends)],
        settings: { attempts: given.attempts },
        timeout: { attempt: given.attemptTimeout, whole: given.whole },
        matches: given.matches,
      })
      rig.service.ready = given.ready
      const { client, exchange } = rig.begin(given)
      let bodyLeft = given.length === 'none' ? 0 : given.length === 'stream' ? Infinity : given.length
      let requestOpen = given.length !== 'none'
      const untouched = new Set<FakeStream>()
      const heads = new Set<FakeStream>()
      /** Body bytes of the request, and of the answer of the latest stream. */
      let asked = ''
      let answered = ''
      let isWhole = false
      let isAsked = given.length === 'none'
      const over = (): boolean => client.state === 'ended' || client.state === 'aborted'
      for (const happening of given.events) {
        const stream = rig.service.streams.at(-1)
        // After its end the codec tells an exchange nothing any more.
        switch (happening.kind) {
          case 'chunk':
            if (requestOpen && !over() && bodyLeft > 0) {
              bodyLeft -= 10
              const chunk = String.fromCharCode(97 + (asked.length % 26)).repeat(10)
              asked += chunk
              exchange.onBody(Buffer.from(chunk))
            }
            break
          case 'request end':
            if (requestOpen && !over() && (bodyLeft === Infinity || bodyLeft <= 0)) {
              requestOpen = false
              isAsked = true
              exchange.onEnd()
            }
            break
          case 'client drain':
            client.takes = true
            if (!over()) exchange.onDrain()
            break
          case 'blocked':
            client.takes = false
            if (stream !== undefined) stream.takes = false
            break
          case 'takes':
            if (stream !== undefined) stream.takes = true
            break
          case 'settle':
            await settle()
            break
          case 'client fails':
            // A request that has arrived whole cannot break any more; its client can only go.
            if (!over() && (requestOpen || happening.cause === 'closed' || happening.cause === 'reset')) {
              requestOpen = false
              exchange.onFailure(happening.cause as FailureCause)
            }
            break
          case 'time':
            rig.pass(happening.ms ?? 0)
            break
          case 'connect':
            stream?.connect()
            break
          case 'service drain':
            if (stream?.ready === true) stream.drain()
            break
          case '100':
            if (stream?.ready === true && !heads.has(stream)) stream.informational(100)
            break
          case 'head':
            if (stream?.ready === true && !heads.has(stream)) {
              heads.add(stream)
              stream.answer(given.status, [], given.status === 204 ? 'none' : 'stream')
            }
            break
          case 'body':
            if (stream !== undefined && !stream.over && heads.has(stream) && given.status !== 204) {
              const text = `answer ${answered.length}`
              answered += text
              stream.send(text)
            }
            break
          case 'trailers':
            if (stream !== undefined && !stream.over && heads.has(stream)) stream.sink.onTrailers(new Fields())
            break
          case 'finish':
            if (stream !== undefined && !stream.over && heads.has(stream)) {
              isWhole = true
              stream.finish()
            }
            break
          default:
            if (stream !== undefined && !stream.over) {
              const nothingSent =
                !heads.has(stream) && (!stream.ready || (happening.nothingSent === true && stream.chunks.length === 0))
              if (nothingSent) untouched.add(stream)
              stream.fail(happening.cause as FailureCause, nothingSent)
            }
        }
      }
      await settle()
      await settle()
      if (!over()) exchange.onFailure('closed')
      await settle()
      await settle()
      assert.deepEqual(client.breaches, [], 'what the client saw')
      assert.deepEqual(rig.service.breaches, [], 'what the target saw')
      assert.ok(over(), `the client is left in state ${client.state}`)
      assert.equal(rig.ended.length, 1, 'access records')
      assert.equal(rig.service.settled.length, rig.service.streams.length, `settled ${rig.service.settled.join(' ')}`)
      assert.equal(ends.get('guard'), 1, 'onEnd of the gateway chain')
      assert.equal(
        (ends.get('route') ?? 0) + (ends.get('unmatched') ?? 0),
        1,
        'onEnd of the route or of what holds without one',
      )
      assert.equal(rig.listener.load.inFlight, 0, 'in flight')
      // The rest of an answer that was replaced may still run out.
      rig.pass(1_100)
      assert.equal(rig.counter('tunnels'), 0, 'tunnels')
      assert.equal(rig.wheel.count, 0, 'timers left')
      for (const stream of rig.service.streams) assert.ok(stream.over, 'a stream is left open')
      const idempotent = ['GET', 'PUT', 'DELETE'].includes(given.method)
      if (!idempotent)
        assert.ok(
          rig.service.streams.filter((stream) => reached(stream, untouched)).length <= 1,
          'a request that may not be repeated reached two targets',
        )
      assert.ok(rig.service.streams.length <= given.attempts, 'more attempts than allowed')
      // What passed through is whole and unchanged, or visibly cut.
      for (const stream of rig.service.streams) {
        const got = Buffer.concat(stream.chunks).toString()
        assert.equal(got, asked.slice(0, got.length), 'the body at the target')
        if (stream.ends > 0) assert.deepEqual([got, isAsked], [asked, true], 'a request completed at the target')
      }
      if (client.state === 'ended' && rig.ended[0]?.exchange.response.source === 'service')
        assert.deepEqual([client.text, isWhole], [answered, true])
    }),
    { numRuns: 4_000 },
  )
})

test('a request that may not be repeated reaches no target twice, whatever fails and however often', async () => {
  const failure = fc.record({
    cause: fc.constantFrom<FailureCause>(
      'refused',
      'reset',
      'closed',
      'connect-timeout',
      'unreachable',
      'malformed',
      'name',
      'pool',
    ),
    /** How far the request had got. */
    sent: fc.constantFrom('nothing', 'head', 'body'),
    connected: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(failure, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('POST', 'PATCH', 'LOCK'),
      fc.boolean(),
      async (failures, method, hasBody) => {
        const rig = new Rig({ settings: { attempts: 9 }, targets: 3 })
        rig.service.ready = false
        const { client, exchange } = rig.begin({ method, length: hasBody ? 4 : 'none' })
        if (hasBody) {
          exchange.onBody(Buffer.from('body'))
          exchange.onEnd()
        }
        let reachedTargets = 0
        for (const { cause, sent, connected } of failures) {
          const stream = rig.service.last
          if (stream.over) break
          if (connected) stream.connect()
          const nothingSent = !connected || (sent === 'nothing' && stream.chunks.length === 0)
          if (!nothingSent) reachedTargets++
          stream.fail(cause, nothingSent)
        }
        if (!rig.service.last.over) {
          rig.service.last.connect()
          reachedTargets++
          rig.service.last.reply(200)
        }
        await settle()
        assert.ok(reachedTargets <= 1, `${reachedTargets} targets read it`)
        assert.equal(client.state, 'ended')
        assert.equal(rig.service.inFlight, 0)
        assert.deepEqual([client.breaches, rig.service.breaches], [[], []])
      },
    ),
    { numRuns: 1_000 },
  )
})
