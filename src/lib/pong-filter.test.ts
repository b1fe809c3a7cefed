import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { PongFilter } from './pong-filter.ts'
import { frameBytes, frameLists, split } from './websocket-frames.fixture.ts'
import { FrameTracker } from './websocket-frames.ts'

const payload = Buffer.from([200, 1, 138, 136, 0, 255, 7, 9])
const answer = (mask: Buffer): Buffer => frameBytes({ final: true, code: 10, payload, mask })

const run = (
  parts: readonly Buffer[],
): {
  readonly given: Buffer
  readonly frames: FrameTracker
  readonly filter: PongFilter
  readonly to: { give(bytes: Uint8Array): void }
} => {
  const chunks: Buffer[] = []
  // What is given is lent, so it is copied, and the memory is spoiled once the call is over.
  const to = { give: (bytes: Uint8Array): void => void chunks.push(Buffer.from(bytes)) }
  const frames = new FrameTracker(true, false)
  const filter = new PongFilter(payload)
  for (const part of parts) {
    const lent = Buffer.from(part)
    filter.pass(lent, frames, to)
    lent.fill(0xee)
  }
  return {
    get given() {
      return Buffer.concat(chunks)
    },
    frames,
    filter,
    to,
  }
}

/** Pongs that are nearly the answer: other payload in one byte, other length, none at all. */
const nearly = fc.oneof(
  fc.nat(7).map((index) => payload.map((byte, at) => (at === index ? byte ^ 1 : byte))),
  fc.constant(payload.subarray(0, 7)),
  fc.constant(Buffer.concat([payload, payload])),
  fc.constant(Buffer.alloc(0)),
)
const masks = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((key) => Buffer.from(key))

test('exactly the answers are taken out of a client’s frames, however they are mixed and split', () => {
  fc.assert(
    fc.property(
      frameLists(true),
      fc.array(fc.record({ at: fc.nat(1000), mask: masks, other: fc.option(nearly) }), { maxLength: 6 }),
      fc.array(fc.nat(1_000_000), { maxLength: 60 }),
      (frames, inserted, cuts) => {
        const all: { readonly bytes: Buffer; readonly isOurs: boolean }[] = frames.map((bytes) => ({
          bytes,
          isOurs: false,
        }))
        for (const { at, mask, other } of inserted) {
          const bytes =
            other === null ? answer(mask) : frameBytes({ final: true, code: 10, payload: Buffer.from(other), mask })
          all.splice(at % (all.length + 1), 0, { bytes, isOurs: other === null })
        }
        const sent = Buffer.concat(all.map(({ bytes }) => bytes))
        const wanted = Buffer.concat(all.filter(({ isOurs }) => !isOurs).map(({ bytes }) => bytes))
        const { given, frames: tracker } = run(split(sent, cuts))
        assert.ok(given.equals(wanted), `${given.length} bytes came, not ${wanted.length}`)
        assert.equal(tracker.takesControl, true)
      },
    ),
    { numRuns: 400 },
  )
})

test('an answer is taken out at every split, also byte by byte', () => {
  const text = frameBytes({ final: true, code: 1, payload: Buffer.from('hello'), mask: Buffer.of(1, 2, 3, 4) })
  const sent = Buffer.concat([text, answer(Buffer.of(9, 8, 7, 6)), text])
  for (let cut = 0; cut <= sent.length; cut++)
    assert.ok(
      run([sent.subarray(0, cut), sent.subarray(cut)]).given.equals(Buffer.concat([text, text])),
      `split at ${cut}`,
    )
  assert.ok(run([...sent].map((byte) => Buffer.of(byte))).given.equals(Buffer.concat([text, text])))
})

test('a payload that looks like an answer is left alone', () => {
  const inside = frameBytes({
    final: true,
    code: 2,
    payload: answer(Buffer.of(0, 0, 0, 0)),
    mask: Buffer.of(0, 0, 0, 0),
  })
  assert.ok(run([inside.subarray(0, 6), inside.subarray(6)]).given.equals(inside))
})

test('what is kept back is the beginning of an answer only, and is given on request', () => {
  const whole = answer(Buffer.of(1, 2, 3, 4))
  for (let size = 1; size < whole.length; size++) {
    const half = run([whole.subarray(0, size)])
    assert.equal(half.given.length, 0)
    half.filter.flush(half.frames, half.to)
    half.filter.flush(half.frames, half.to)
    assert.ok(half.given.equals(whole.subarray(0, size)))
    assert.equal(half.frames.isBoundary, false)
  }
})

test('bytes that are no frames pass as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 8 }), (array, cuts) => {
      const sent = Buffer.concat([Buffer.from('GET / '), Buffer.from(array)])
      assert.ok(run(split(sent, cuts)).given.equals(sent))
    }),
  )
})
