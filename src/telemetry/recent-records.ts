import type { AccessRecord } from '../contract/access-record.ts'
import { jsonText } from './text.ts'

/** Access records that are kept. */
export const keptRecords = 1000
/** Bytes of them that are kept; a line has 16 KiB at most. */
export const keptBytes: number = 1 << 20
const lineFeed = 10

/** The latest access records in memory of a fixed size, to be looked up by request id. */
export interface RecentRecords {
  /** Takes a run of whole lines and copies what it keeps: the last of them, so that the cost has a limit. */
  take(run: Buffer): void
  /** The latest record with that id; undefined when none is kept. */
  find(id: string): AccessRecord | undefined
}

/** Makes a ring of that many records and bytes; whichever is used up first makes the oldest ones leave. */
export const createRecentRecords = (records: number = keptRecords, size: number = keptBytes): RecentRecords => {
  const bytes = Buffer.allocUnsafeSlow(size)
  // Positions and turns run freely and are cut to the ring; a record lies in one piece.
  const starts = new Float64Array(records)
  const lengths = new Int32Array(records)
  let oldest = 0
  let next = 0
  let head = 0

  const keep = (run: Buffer, from: number, to: number): void => {
    const length = to - from
    if (length > size) return
    const at = head % size
    if (at + length > size) head += size - at
    while (oldest < next && (next - oldest >= records || (starts[oldest % records] as number) < head + length - size))
      oldest++
    run.copy(bytes, head % size, from, to)
    starts[next % records] = head
    lengths[next % records] = length
    head += length
    next++
  }
  const line = (turn: number): Buffer => {
    const at = (starts[turn % records] as number) % size
    return bytes.subarray(at, at + (lengths[turn % records] as number))
  }

  return {
    take(run) {
      let from = run.length
      for (let left = records; left > 0 && from > 0 && run.length - from < size; left--)
        from = from < 2 ? 0 : run.lastIndexOf(lineFeed, from - 2) + 1
      for (let to = run.indexOf(lineFeed, from); to >= 0; to = run.indexOf(lineFeed, from)) {
        keep(run, from, to)
        from = to + 1
      }
    },
    find(id) {
      // Quotes inside of values are escaped, so this text can only be the member.
      const member = Buffer.from(`"id":"${jsonText(id)}"`, 'latin1')
      for (let turn = next - 1; turn >= oldest; turn--) {
        const found = line(turn)
        if (found.includes(member)) return JSON.parse(found.toString('latin1')) as AccessRecord
      }
      return undefined
    },
  }
}
