import { rowWidth, segmentRows, stampBytes, type TableName, workerWidth } from './layout.ts'
import { ringHeaderBytes } from './ring.ts'
import { prepareStatuses, statusCells } from './statuses.ts'

/** Rings of one worker: `lines` carries access records as whole lines, `frames` everything else. */
export interface RingHandles {
  readonly lines: SharedArrayBuffer
  readonly frames: SharedArrayBuffer
}

/** Shared memory by reference: travels between threads as it is. */
export interface MemoryHandles {
  /** How many workers may be alive at once, replacements included. */
  readonly workers: number
  readonly statuses: SharedArrayBuffer
  /** One cell, odd while counters are moved; readers start over. */
  readonly epoch: SharedArrayBuffer
  readonly totals: SharedArrayBuffer
  readonly stamps: SharedArrayBuffer
  readonly rings: readonly RingHandles[]
  readonly tables: Readonly<Record<TableName, readonly SharedArrayBuffer[]>>
}

/** Sizes in bytes or slots; powers of two for the rings. */
export interface MemoryOptions {
  readonly workers: number
  readonly routes?: number
  readonly listeners?: number
  readonly targets?: number
  /** Bytes of each worker's access records waiting; 4 MB by default. */
  readonly lineBytes?: number
  /** Bytes of each worker's other records; 256 KB by default. */
  readonly frameBytes?: number
}
export type TableSizes = Readonly<Partial<Record<TableName, number>>>

/** The same memory as arrays to read and write. */
export interface Memory {
  readonly handles: MemoryHandles
  readonly statuses: Int32Array
  readonly epoch: Int32Array
  readonly totals: Float64Array
  readonly tables: Readonly<Record<TableName, readonly Float64Array[]>>
}

const segment = (table: TableName, workers: number): SharedArrayBuffer =>
  new SharedArrayBuffer((workers + 1) * segmentRows[table] * rowWidth[table] * Float64Array.BYTES_PER_ELEMENT)

const extend = (
  have: readonly SharedArrayBuffer[],
  table: TableName,
  workers: number,
  slots: number,
): readonly SharedArrayBuffer[] => {
  const wanted = Math.max(1, Math.ceil(slots / segmentRows[table]))
  const grown = [...have]
  while (grown.length < wanted) grown.push(segment(table, workers))
  return grown
}

/** Makes the shared memory; main does this once, before the first worker. */
export const createMemory = (options: MemoryOptions): MemoryHandles => {
  const { workers } = options
  const statuses = new SharedArrayBuffer(statusCells * Int32Array.BYTES_PER_ELEMENT)
  prepareStatuses(new Int32Array(statuses))
  const ring = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(ringHeaderBytes + bytes)
  return {
    workers,
    statuses,
    epoch: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    totals: new SharedArrayBuffer((workers + 1) * workerWidth * Float64Array.BYTES_PER_ELEMENT),
    stamps: new SharedArrayBuffer((workers + 1) * stampBytes),
    rings: Array.from({ length: workers }, () => ({
      lines: ring(options.lineBytes ?? 4 << 20),
      frames: ring(options.frameBytes ?? 256 << 10),
    })),
    tables: {
      routes: extend([], 'routes', workers, options.routes ?? 0),
      listeners: extend([], 'listeners', workers, options.listeners ?? 0),
      targets: extend([], 'targets', workers, options.targets ?? 0),
    },
  }
}

/** Adds whole segments until each table holds so many slots; what exists stays where it is. */
export const growMemory = (handles: MemoryHandles, sizes: TableSizes): MemoryHandles => {
  const { workers, tables } = handles
  return {
    ...handles,
    tables: {
      routes: extend(tables.routes, 'routes', workers, sizes.routes ?? 0),
      listeners: extend(tables.listeners, 'listeners', workers, sizes.listeners ?? 0),
      targets: extend(tables.targets, 'targets', workers, sizes.targets ?? 0),
    },
  }
}

const views = (segments: readonly SharedArrayBuffer[]): readonly Float64Array[] =>
  segments.map((buffer) => new Float64Array(buffer))

/** Opens shared memory in a thread; cheap, nothing is copied. */
export const attachMemory = (handles: MemoryHandles): Memory => ({
  handles,
  statuses: new Int32Array(handles.statuses),
  epoch: new Int32Array(handles.epoch),
  totals: new Float64Array(handles.totals),
  tables: {
    routes: views(handles.tables.routes),
    listeners: views(handles.tables.listeners),
    targets: views(handles.tables.targets),
  },
})
