import { rowWidth, segmentRows, type TableName, workerWidth } from './layout.ts'
import type { Memory } from './memory.ts'

/** Everything that was counted, summed over the workers at one moment. */
export interface Reading {
  /** The row of counters, codes and gauges. */
  readonly totals: Float64Array
  /** The row of one slot; empty when the table has no such slot. */
  readonly row: (table: TableName, slot: number) => Float64Array
}

const sumColumns = (cells: Float64Array, length: number): Float64Array => {
  const sum = cells.slice(0, length)
  for (let from = length; from < cells.length; from += length) {
    for (let at = 0; at < length; at++) {
      const value = cells[from + at] as number
      if (value !== 0) sum[at] = (sum[at] as number) + value
    }
  }
  return sum
}

const read = (memory: Memory): Reading => {
  const sums = (table: TableName): readonly Float64Array[] =>
    memory.tables[table].map((segment) => sumColumns(segment, segmentRows[table] * rowWidth[table]))
  const tables = { routes: sums('routes'), listeners: sums('listeners'), targets: sums('targets') }
  return {
    totals: sumColumns(memory.totals, workerWidth),
    row(table, slot) {
      const from = (slot % segmentRows[table]) * rowWidth[table]
      return (
        tables[table][Math.floor(slot / segmentRows[table])]?.subarray(from, from + rowWidth[table]) ??
        new Float64Array(0)
      )
    },
  }
}

/** ms to wait for counters that are being moved, and how often to start over; moving them takes well under 10 ms. */
const patience = 50
const turns = 100

/** Sums the columns; starts over when counters were moved meanwhile, so that none is seen twice or not at all. */
export const readMemory = (memory: Memory): Reading => {
  for (let turn = 0; ; turn++) {
    const before = Atomics.load(memory.epoch, 0)
    if (before % 2 !== 0 && turn < turns) {
      Atomics.wait(memory.epoch, 0, before, patience)
      continue
    }
    const reading = read(memory)
    if (Atomics.load(memory.epoch, 0) === before || turn >= turns) return reading
  }
}

/** One cell of each living worker's row, by worker index. */
export const perWorker = (memory: Memory, cell: number): number[] =>
  Array.from(
    { length: memory.handles.workers },
    (_, index) => memory.totals[(index + 1) * workerWidth + cell] as number,
  )
