import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rig, type RigOptions, settle } from './rig.fixture.ts'

const replacing: RigOptions = {
  route: [{ name: 'replace', policy: { onResponse: () => ({ status: 502, code: 'GW5029' }) } }],
}
const long = 65_537

test('a target is judged by what it answered, not by what took the place of it', () => {
  for (const [status, outcome] of [
    [503, 'status 503'],
    [200, 'ok 200'],
  ] as const) {
    const rig = new Rig(replacing)
    const { client } = rig.begin()
    rig.service.last.reply(status, 'secret')
    assert.deepEqual([client.status, client.breaches, rig.service.outcomes], [502, [], [outcome]])
  }
})

test('a status that a response step changes is not the target’s', () => {
  const rig = new Rig({
    route: [{ name: 'mend', policy: { onResponse: ({ response }) => void (response.status = 200) } }],
  })
  const { client } = rig.begin()
  rig.service.last.reply(500)
  assert.deepEqual([client.status, rig.service.outcomes], [200, ['status 500']])
})

test('the short rest of a replaced answer runs out, and no byte or trailer of it reaches the client', () => {
  for (const length of [65_536, 'stream'] as const) {
    const rig = new Rig(replacing)
    const { client } = rig.begin()
    const stream = rig.service.last
    stream.answer(503, [], length)
    stream.send('x'.repeat(65_536))
    stream.sink.onTrailers({ length: 0 } as never)
    stream.finish()
    assert.deepEqual([stream.aborted, client.state, client.trailers, client.breaches], [false, 'ended', undefined, []])
    assert.doesNotMatch(client.text, /xxx/)
    assert.deepEqual([rig.service.breaches, rig.wheel.count, rig.engine.rests?.size], [[], 0, 0])
  }
})

test('a rest that is long, proves long, stalls or breaks is cut, and the target is told once', () => {
  const cases: Readonly<Record<string, (rig: Rig) => void>> = {
    announced: ({ service }) => service.last.answer(503, [], long),
    proves: ({ service }) => {
      service.last.answer(503)
      service.last.send('x'.repeat(long))
    },
    stalls: (rig) => {
      rig.service.last.answer(503)
      rig.pass(1_100)
    },
    breaks: ({ service }) => {
      service.last.answer(503)
      service.last.fail('reset')
    },
  }
  for (const [name, play] of Object.entries(cases)) {
    const rig = new Rig(replacing)
    const { client } = rig.begin()
    play(rig)
    assert.deepEqual([client.status, client.state], [502, 'ended'], name)
    assert.deepEqual([rig.service.outcomes, rig.service.last.over], [['status 503'], true], name)
    assert.deepEqual([rig.service.breaches, rig.wheel.count], [[], 0], name)
  }
})

test('a request that is still on its way keeps no connection for the rest of its replaced answer', () => {
  const rig = new Rig(replacing)
  const { client } = rig.begin({ method: 'POST', length: 10 })
  rig.service.last.answer(503)
  assert.deepEqual([client.status, rig.service.last.aborted, rig.service.outcomes], [502, true, ['status 503']])
})

test('a response step that is late is not the target’s fault', async () => {
  const rig = new Rig({
    route: [{ name: 'slow', policy: { onResponse: () => new Promise(() => undefined) } }],
    timeout: { total: 1_000 },
  })
  rig.begin()
  rig.service.last.answer(200)
  rig.pass(1_100)
  await settle()
  assert.deepEqual(rig.service.outcomes, ['ok 200'])
})
