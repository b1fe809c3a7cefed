import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Timed, TimerWheel } from './timer-wheel.ts'

const tick = 50

/** An entry that writes down when it was called, and then does what its test says. */
class Entry extends Timed {
  readonly calls: number[] = []
  next: (() => void) | undefined
  override onDeadline(now: number): void {
    this.calls.push(now)
    this.next?.()
  }
}

/** What a wheel must do, told by a list that is searched from end to end. */
class Model {
  readonly armed: Map<number, { readonly deadline: number; readonly by: number }> = new Map()
  /** It has to be called by the tick that follows both its deadline and its arming. */
  arm(entry: number, deadline: number, now: number): void {
    this.armed.set(entry, { deadline, by: Math.max(Math.ceil(deadline / tick), Math.floor(now / tick) + 1) })
  }
}

const count = 8
const entry = fc.nat(count - 1)
const delay = fc.oneof(fc.integer({ min: -100, max: 400 }), fc.integer({ min: 0, max: 200_000 }))
const action = fc.oneof(
  fc.record({ kind: fc.constant('arm' as const), entry, delay }),
  fc.record({ kind: fc.constant('rest' as const), entry, delay: fc.constant(0) }),
  fc.record({ kind: fc.constant('remove' as const), entry, delay: fc.constant(0) }),
  // A long one is a stall of more than a whole turn of the wheel.
  fc.record({
    kind: fc.constant('advance' as const),
    entry: fc.constant(0),
    delay: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 120_000 })),
  }),
)

test('any mix of arming, re-arming, resting, removing and stalls calls what a plain list would call', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.array(action, { maxLength: 60 }), (start, actions) => {
      let now = start
      const wheel = new TimerWheel(tick, now)
      const entries = Array.from({ length: count }, () => new Entry())
      const model = new Model()
      for (const { kind, entry: index, delay: by } of actions) {
        const one = entries[index] as Entry
        if (kind === 'arm') {
          wheel.arm(one, now + by)
          model.arm(index, now + by, now)
        } else if (kind === 'advance') {
          now += by
          for (const each of entries) each.calls.length = 0
          wheel.advance(now)
          for (const [i, each] of entries.entries()) {
            const due = model.armed.get(i)
            assert.ok(each.calls.length <= 1, 'called twice')
            if (each.calls.length === 0)
              assert.ok(due === undefined || due.by > Math.floor(now / tick), `entry ${i} was not called`)
            else {
              assert.ok(due !== undefined && due.deadline <= now, `entry ${i} was called early`)
              model.armed.delete(i)
            }
          }
        } else {
          if (kind === 'rest') wheel.rest(one)
          else wheel.remove(one)
          model.armed.delete(index)
        }
      }
      for (const each of entries) wheel.remove(each)
      assert.equal(wheel.count, 0)
    }),
    { numRuns: 3_000 },
  )
})

test('callbacks may arm, rest and remove themselves and others; what they removed is not called, what they armed later is', () => {
  const deed = fc.record({
    kind: fc.constantFrom('arm', 'rest', 'remove'),
    entry,
    delay: fc.integer({ min: 0, max: 300 }),
  })
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.integer({ min: 1, max: 200 }), deeds: fc.array(deed, { maxLength: 3 }) }), {
        minLength: count,
        maxLength: count,
      }),
      (plans) => {
        const wheel = new TimerWheel(tick, 0)
        const entries = plans.map(() => new Entry())
        const deadlines = new Map<number, number>()
        let now = 0
        for (const [index, { at, deeds }] of plans.entries()) {
          const one = entries[index] as Entry
          wheel.arm(one, at)
          deadlines.set(index, at)
          one.next = () => {
            const due = deadlines.get(index)
            assert.ok(due !== undefined && due <= now, `entry ${index} was called without being due`)
            deadlines.delete(index)
            // Each entry acts once, so that the run comes to an end.
            one.next = () => {
              const again = deadlines.get(index)
              assert.ok(again !== undefined && again <= now, `entry ${index} was called without being due`)
              deadlines.delete(index)
            }
            for (const { kind, entry: other, delay: by } of deeds) {
              const target = entries[other] as Entry
              if (kind === 'arm') {
                wheel.arm(target, now + by)
                deadlines.set(other, now + by)
              } else {
                if (kind === 'rest') wheel.rest(target)
                else wheel.remove(target)
                deadlines.delete(other)
              }
            }
          }
        }
        for (; now < 3_000; now += 25) wheel.advance(now)
        assert.deepEqual([...deadlines], [], 'somebody was forgotten')
      },
    ),
    { numRuns: 2_000 },
  )
})

test('moving a deadline later touches nothing: the entry stays where it is and is put further on when its slot comes', () => {
  const wheel = new TimerWheel(tick, 0)
  const one = new Entry()
  wheel.arm(one, 100)
  const slot = one.wheelEntry?.slot
  for (let deadline = 200; deadline <= 5_000; deadline += 100) wheel.arm(one, deadline)
  assert.equal(one.wheelEntry?.slot, slot)
  for (let now = 0; now < 5_000; now += 50) wheel.advance(now)
  assert.deepEqual(one.calls, [])
  wheel.advance(5_050)
  assert.equal(one.calls.length, 1)
})

test('deadlines beyond one turn of the wheel come when they are due, not a turn earlier', () => {
  const wheel = new TimerWheel(tick, 0)
  const one = new Entry()
  wheel.arm(one, 200_000)
  for (let now = 0; now < 200_000; now += 50) wheel.advance(now)
  assert.deepEqual(one.calls, [])
  wheel.advance(200_000)
  assert.equal(one.calls.length, 1)
})

test('a callback that throws costs no other entry its call', () => {
  const wheel = new TimerWheel(tick, 0)
  const entries = Array.from({ length: 4 }, () => new Entry())
  for (const one of entries) wheel.arm(one, 100)
  const thrower = entries[1] as Entry
  thrower.next = () => {
    thrower.next = undefined
    throw new Error('broken')
  }
  assert.throws(() => wheel.advance(150), /broken/)
  wheel.advance(200)
  assert.deepEqual(
    entries.map((one) => one.calls.length),
    [1, 1, 1, 1],
  )
})
