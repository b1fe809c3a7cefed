import { columnsOf } from './columns.ts'
import { gaugesAt, rowWidth, segmentRows, stampBytes, type TableName, targetCell } from './layout.ts'
import type { Memory } from './memory.ts'

const tables: readonly TableName[] = ['routes', 'listeners', 'targets']

const moveAll = (from: Float64Array, to: Float64Array, end: number): void => {
  for (let at = 0; at < end; at++) {
    const value = from[at] as number
    if (value !== 0) to[at] = (to[at] as number) + value
  }
  from.fill(0)
}

/** Readers that meet an odd epoch, or another one at their end, start over. */
const whileMoving = (memory: Memory, move: () => void): void => {
  Atomics.add(memory.epoch, 0, 1)
  move()
  Atomics.add(memory.epoch, 0, 1)
  Atomics.notify(memory.epoch, 0)
}

/** Adds a dead worker's counters to the base and zeroes its gauges. Only main calls it, when the thread has ended. */
export const foldWorker = (memory: Memory, workerIndex: number): void => {
  const base = columnsOf(memory, 0)
  const dead = columnsOf(memory, workerIndex + 1)
  whileMoving(memory, () => {
    moveAll(dead.totals, base.totals, gaugesAt)
    for (const table of tables) {
      for (const [index, cells] of dead[table].entries()) {
        const target = base[table][index] as Float64Array
        if (table === 'targets') clearGauge(cells)
        moveAll(cells, target, cells.length)
      }
    }
    new Uint8Array(memory.handles.stamps, (workerIndex + 1) * stampBytes, stampBytes).fill(0)
  })
}

const clearGauge = (targets: Float64Array): void => {
  for (let at = targetCell.out; at < targets.length; at += rowWidth.targets) targets[at] = 0
}

/** Forgets what was counted for slots, in every column: main does so before it gives a slot to another name. */
export const clearSlots = (memory: Memory, table: TableName, slots: Iterable<number>): void => {
  const rows = segmentRows[table]
  const width = rowWidth[table]
  const columns = memory.handles.workers + 1
  whileMoving(memory, () => {
    for (const slot of slots) {
      const segment = memory.tables[table][Math.floor(slot / rows)]
      if (segment === undefined) continue
      for (let column = 0; column < columns; column++) {
        const from = (column * rows + (slot % rows)) * width
        segment.fill(0, from, from + width)
      }
    }
  })
}
