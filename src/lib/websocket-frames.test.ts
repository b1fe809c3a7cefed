import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { frameBytes, frameLists, split } from './websocket-frames.fixture.ts'
import { closeFrame, FrameTracker, maskedCloseFrame, pingFrame } from './websocket-frames.ts'

const payload = (size: number): Buffer => Buffer.alloc(size, 'x')
const mask = Buffer.of(1, 2, 3, 4)
const cuts = fc.array(fc.nat(1_000_000), { maxLength: 40 })

describe('frame boundaries', () => {
  for (const masked of [false, true]) {
    const side = masked ? 'client' : 'service'
    test(`stands on a boundary of the frames of a ${side} exactly where one ends, however they are split`, () => {
      fc.assert(
        fc.property(frameLists(masked), cuts, (frames, places) => {
          const ends = new Set([0])
          let end = 0
          for (const frame of frames) ends.add((end += frame.length))
          const tracker = new FrameTracker(masked, false)
          let at = 0
          for (const part of split(Buffer.concat(frames), places)) {
            assert.equal(tracker.read(part, 0, part.length, false), part.length)
            at += part.length
            assert.equal(tracker.takesControl, ends.has(at), `after ${at} bytes`)
            assert.equal(tracker.isFaulty, false)
          }
        }),
        { numRuns: 300 },
      )
    })
  }

  test('stops behind each frame when asked for one at a time, and nowhere else', () => {
    fc.assert(
      fc.property(frameLists(true), cuts, (frames, places) => {
        const tracker = new FrameTracker(true, false)
        const found: number[] = []
        let before = 0
        for (const part of split(Buffer.concat(frames), places)) {
          for (let at = 0; at < part.length;) {
            at = tracker.read(part, at, part.length, true)
            if (tracker.isBoundary) found.push(before + at)
            else assert.equal(at, part.length)
          }
          before += part.length
        }
        let end = 0
        assert.deepEqual(
          found,
          frames.map((frame) => (end += frame.length)),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('a payload of any length that can be counted is skipped without being kept', () => {
    const tracker = new FrameTracker(false, false)
    const head = Buffer.of(0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0)
    tracker.read(head, 0, head.length, false)
    const mib = Buffer.alloc(2 ** 20)
    for (let i = 0; i < 4096; i++) {
      assert.equal(tracker.isBoundary, false)
      tracker.read(mib, 0, mib.length, false)
    }
    assert.equal(tracker.takesControl, true)
  })

  test('behind a Close frame nothing may be put, and what still comes is a fault', () => {
    for (const close of [closeFrame(1000), frameBytes({ final: true, code: 8, payload: payload(0) })]) {
      const tracker = new FrameTracker(false, false)
      tracker.read(close.subarray(0, -1), 0, close.length - 1, false)
      assert.equal(tracker.isClosed, false)
      tracker.read(close, close.length - 1, close.length, false)
      assert.deepEqual(
        [tracker.isClosed, tracker.isBoundary, tracker.takesControl, tracker.isFaulty],
        [true, true, false, false],
      )
      tracker.read(Buffer.of(0x81), 0, 1, false)
      assert.deepEqual([tracker.isFaulty, tracker.isBoundary], [true, false])
    }
  })

  const broken: readonly (readonly [name: string, bytes: Buffer, masked?: boolean, extended?: boolean])[] = [
    ['opcode 3', frameBytes({ final: true, code: 3, payload: payload(1) })],
    ['opcode 7', frameBytes({ final: true, code: 7, payload: payload(1) })],
    ['opcode 11', frameBytes({ final: true, code: 11, payload: payload(1) })],
    ['opcode 15', frameBytes({ final: true, code: 15, payload: payload(1) })],
    ['a reserved bit without an extension', frameBytes({ final: true, code: 1, payload: payload(1), reserved: 4 })],
    ['a reserved bit of a ping with an extension', frameBytes({ final: true, code: 9, payload: payload(1), reserved: 4 }), false, true],
    ['a ping in parts', frameBytes({ final: false, code: 9, payload: payload(1) })],
    ['a long ping', frameBytes({ final: true, code: 9, payload: payload(126) })],
    ['a continuation of nothing', frameBytes({ final: true, code: 0, payload: payload(1) })],
    ['a text inside a fragmented text', Buffer.concat([frameBytes({ final: false, code: 1, payload: payload(1) }), frameBytes({ final: true, code: 1, payload: payload(1) })])],
    ['a masked frame of a service', frameBytes({ final: true, code: 1, payload: payload(1), mask })],
    ['an unmasked frame of a client', frameBytes({ final: true, code: 1, payload: payload(1) }), true],
    ['125 written in two bytes', Buffer.of(0x81, 126, 0, 125)],
    ['65535 written in eight bytes', Buffer.of(0x81, 127, 0, 0, 0, 0, 0, 0, 255, 255)],
    ['8.6 a length with its highest bit set', Buffer.of(0x81, 127, 128, 0, 0, 0, 0, 0, 0, 0)],
    ['8.6 a length of 2^63 − 1', Buffer.of(0x81, 127, 127, 255, 255, 255, 255, 255, 255, 255)],
    ['another protocol', Buffer.from('last words')],
  ] // prettier-ignore
  for (const [name, bytes, masked = false, extended = false] of broken) {
    test(`${name} is a fault for good, at whatever byte it is split`, () => {
      for (let cut = 0; cut <= bytes.length; cut++) {
        const tracker = new FrameTracker(masked, extended)
        tracker.read(bytes, 0, cut, false)
        tracker.read(bytes, cut, bytes.length, false)
        assert.equal(tracker.isFaulty, true, `split at ${cut}`)
        const good = frameBytes({ final: true, code: 1, payload: payload(3), ...(masked ? { mask } : {}) })
        assert.equal(tracker.read(good, 0, good.length, true), good.length)
        assert.deepEqual([tracker.isFaulty, tracker.takesControl], [true, false])
      }
    })
  }

  test('with an extension the reserved bits of data frames are the extension’s', () => {
    const tracker = new FrameTracker(false, true)
    const bytes = Buffer.concat([
      frameBytes({ final: false, code: 2, payload: payload(9), reserved: 4 }),
      frameBytes({ final: true, code: 0, payload: payload(9) }),
    ])
    tracker.read(bytes, 0, bytes.length, false)
    assert.deepEqual([tracker.isFaulty, tracker.takesControl], [false, true])
  })
})

describe('frames of the gateway', () => {
  test('are what an ordinary encoder makes', () => {
    const code = Buffer.of(0x03, 0xf4)
    assert.deepEqual(closeFrame(1012), frameBytes({ final: true, code: 8, payload: code }))
    assert.deepEqual(maskedCloseFrame(1012, mask), frameBytes({ final: true, code: 8, payload: code, mask }))
    assert.deepEqual(
      pingFrame(Buffer.from('12345678')),
      frameBytes({ final: true, code: 9, payload: Buffer.from('12345678') }),
    )
  })
})
