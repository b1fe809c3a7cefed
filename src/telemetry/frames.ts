import type { RingWriter } from './ring.ts'

/** What a frame holds. */
export const frameKind = { log: 1 } as const
export type FrameKind = (typeof frameKind)[keyof typeof frameKind]

const headLength = 4
const longest = 0xff_ffff

/** Writes one frame: kind, length in three bytes (little end first), content of characters up to U+00FF. */
export const writeFrame = (ring: RingWriter, kind: FrameKind, content: string): boolean => {
  const length = content.length
  if (length > longest) return false
  return ring.write(String.fromCharCode(kind, length & 0xff, (length >>> 8) & 0xff, (length >>> 16) & 0xff) + content)
}

/** Calls back for each frame of a run that was read from a ring; the content is part of the run. */
export const readFrames = (run: Buffer, take: (kind: number, content: Buffer) => void): void => {
  let at = 0
  while (at + headLength <= run.length) {
    const length = run.readUIntLE(at + 1, 3)
    const from = at + headLength
    take(run[at] as number, run.subarray(from, from + length))
    at = from + length
  }
}
