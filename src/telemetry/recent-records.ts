import type { AccessRecord } from '../contract/access-record.ts'
import { jsonText } from './text.ts'

/** Access records that are kept. */
export const keptRecords = 1000
/** Bytes of them that are kept; a line has 16 KiB at most. */
export const keptBytes: number = 1 << 20
const lineFeed = 10

/** The latest access records in memory of a fixed size, to be looked up by request id. */
export interface RecentRecords {
  /** Takes a run of whole lines. Costs a copy of it: where lines end is looked up when somebody asks. */
  take(run: Buffer): void
  /** The latest record with that id; undefined when none is kept. */
  find(id: string): AccessRecord | undefined
}

/** Makes a ring of that many bytes, of whose lines the latest `records` are told; others leave as new ones come. */
export const createRecentRecords = (records: number = keptRecords, size: number = keptBytes): RecentRecords => {
  const ring = Buffer.allocUnsafeSlow(size)
  /** Bytes ever taken; the ring holds the last of them, the one after the latest at `taken % size`. */
  let taken = 0

  /** What is kept, in one piece; it may begin within a line. */
  const kept = (): Buffer => {
    const at = taken % size
    return taken < size ? ring.subarray(0, at) : Buffer.concat([ring.subarray(at), ring.subarray(0, at)])
  }

  return {
    take(run) {
      const last = run.length > size ? run.subarray(run.length - size) : run
      const at = taken % size
      const first = Math.min(last.length, size - at)
      last.copy(ring, at, 0, first)
      last.copy(ring, 0, first)
      taken = at + last.length + (taken < size ? 0 : size)
    },
    find(id) {
      // Quotes inside of values are escaped, so this text can only be the member.
      const member = Buffer.from(`"id":"${jsonText(id)}"`, 'latin1')
      const bytes = kept()
      let end = bytes.length - 1
      for (let left = records; left > 0 && end > 0; left--) {
        const before = bytes.lastIndexOf(lineFeed, end - 1)
        // The oldest line was overwritten in part, unless the ring was never full.
        if (before < 0 && taken >= size) return undefined
        const line = bytes.subarray(before + 1, end)
        if (line.includes(member)) return JSON.parse(line.toString('latin1')) as AccessRecord
        end = before
      }
      return undefined
    },
  }
}
