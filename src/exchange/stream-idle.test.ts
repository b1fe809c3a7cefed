import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rig } from './rig.fixture.ts'

/** ms of silence after which an answer of that kind is cut, in steps of a second; 0 when it outlives ten minutes. */
const patience = (type: string, timeout = {}): number => {
  const rig = new Rig({ timeout })
  const { client } = rig.begin()
  rig.service.last.answer(200, ['content-type', type])
  rig.service.last.send('first')
  for (let seconds = 1; seconds <= 600; seconds++) {
    rig.pass(1000)
    if (client.state === 'aborted') return seconds * 1000
  }
  return 0
}
const between = (value: number, from: number): void => assert.ok(value >= from && value <= from + 1000, String(value))

for (const type of [
  'text/event-stream',
  'text/event-stream; charset=utf-8',
  'Text/Event-Stream',
  'application/grpc',
  'application/grpc-web+proto',
])
  test(`8.11 an answer of ${type} may be silent for five minutes`, () => between(patience(type), 300_000))

for (const type of ['text/plain', 'text/events', 'text/event-streams', 'application/json', 'application/grip', 'a', ''])
  test(`an answer of ${type === '' ? 'no type' : type} may be silent for one minute`, () =>
    between(patience(type), 60_000))

test('8.11 the limit for the whole exchange ends with the head of an event stream', () => {
  const rig = new Rig({ timeout: { total: 1000 } })
  const { client } = rig.begin()
  rig.pass(900)
  rig.service.last.answer(200, ['content-type', 'text/event-stream'])
  for (let i = 0; i < 100; i++) {
    rig.pass(200_000)
    rig.service.last.send('data: x\n\n')
  }
  assert.deepEqual([client.state, client.chunks.length], ['head', 100])
})

test('8.11 a silent service is waited for without an end where idle is none', () => {
  assert.equal(patience('text/event-stream', { idle: 0, streamIdle: 0 }), 0)
})
