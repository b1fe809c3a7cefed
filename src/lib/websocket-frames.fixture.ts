import * as fc from 'fast-check'

/** One frame as a test writes it. */
export interface FrameSpec {
  readonly final: boolean
  readonly code: number
  readonly payload: Buffer
  /** Reserved bits, 0 – 7. */
  readonly reserved?: number
  /** Masking key; absent in frames of a service. */
  readonly mask?: Buffer
}

/** The bytes of a frame with the shortest length (RFC 6455 §5.2). */
export const frameBytes = ({ final, code, payload, reserved = 0, mask }: FrameSpec): Buffer => {
  const size = payload.length
  const long = Buffer.alloc(size < 126 ? 0 : size < 65_536 ? 2 : 8)
  if (long.length === 2) long.writeUInt16BE(size)
  else if (long.length === 8) long.writeBigUInt64BE(BigInt(size))
  const short = size < 126 ? size : size < 65_536 ? 126 : 127
  const head = Buffer.of((final ? 0x80 : 0) | (reserved << 4) | code, short | (mask === undefined ? 0 : 0x80))
  const body = mask === undefined ? payload : payload.map((byte, index) => byte ^ (mask[index & 3] as number))
  return Buffer.concat([head, long, mask ?? Buffer.alloc(0), body])
}

const bytes = (least: number, most: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((array) => Buffer.from(array))
const payloads = fc.oneof(
  { arbitrary: bytes(0, 20), weight: 6 },
  { arbitrary: bytes(120, 130), weight: 2 },
  { arbitrary: fc.constantFrom(126, 65_535, 65_536, 70_001).map((size) => Buffer.alloc(size, 7)), weight: 1 },
)
const control = fc.record({ code: fc.constantFrom(9, 10), payload: bytes(0, 125) })

/** Messages of one direction, whole or fragmented, with pings and pongs also between their parts. */
export const frameLists = (masked: boolean): fc.Arbitrary<Buffer[]> =>
  fc
    .array(
      fc.record({
        code: fc.constantFrom(1, 2),
        parts: fc.array(payloads, { minLength: 1, maxLength: 4 }),
        between: fc.array(fc.option(control), { maxLength: 4 }),
        mask: bytes(4, 4),
      }),
      { maxLength: 6 },
    )
    .map((messages) =>
      messages.flatMap(({ code, parts, between, mask }) =>
        parts.flatMap((payload, index) => {
          const key = masked ? { mask } : {}
          const frame = frameBytes({ final: index === parts.length - 1, code: index === 0 ? code : 0, payload, ...key })
          const inserted = between[index]
          return inserted === undefined || inserted === null
            ? [frame]
            : [frame, frameBytes({ final: true, ...inserted, ...key })]
        }),
      ),
    )

/** Cuts bytes at random places. */
export const split = (whole: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [...new Set(cuts.map((cut) => (whole.length === 0 ? 0 : cut % whole.length)))].sort((a, b) => a - b)
  return [0, ...at]
    .map((from, index) => whole.subarray(from, at[index] ?? whole.length))
    .filter((part) => part.length > 0)
}
