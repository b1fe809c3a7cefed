import { rowWidth, segmentRows, type TableName, workerWidth } from './layout.ts'
import type { Memory } from './memory.ts'

/** One worker's columns: what it alone writes, with plain stores. */
export interface Columns {
  readonly totals: Float64Array
  readonly routes: readonly Float64Array[]
  readonly listeners: readonly Float64Array[]
  readonly targets: readonly Float64Array[]
}

/** The columns of one writer; column 0 is the base, worker `i` has `i + 1`. */
export const columnsOf = (memory: Memory, column: number): Columns => {
  const cut = (table: TableName): readonly Float64Array[] => {
    const length = segmentRows[table] * rowWidth[table]
    return memory.tables[table].map((segment) => segment.subarray(column * length, (column + 1) * length))
  }
  return {
    totals: memory.totals.subarray(column * workerWidth, (column + 1) * workerWidth),
    routes: cut('routes'),
    listeners: cut('listeners'),
    targets: cut('targets'),
  }
}
