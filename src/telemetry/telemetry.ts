import type { CounterName, GaugeName, Telemetry } from '../contract/telemetry.ts'
import { createAccessLog } from './access-log.ts'
import { bucketOf, sumOffset } from './buckets.ts'
import { type Columns, columnsOf } from './columns.ts'
import { frameKind, writeFrame } from './frames.ts'
import {
  codeNames,
  codesAt,
  counterNames,
  gaugeNames,
  gaugesAt,
  rowWidth,
  segmentRows,
  serviceHistogram,
  targetCell,
  totalHistogram,
} from './layout.ts'
import { type LogLevel, logLine, logRanks } from './log-line.ts'
import { attachMemory, type MemoryHandles } from './memory.ts'
import { createRedaction } from '../lib/redaction.ts'
import { RingWriter } from './ring.ts'
import { statusColumn } from './statuses.ts'

/** What a worker's telemetry is told, and told again when a reload changes it. */
export interface TelemetryChoices {
  /** Lowest level of the gateway's own log that leaves; `info` by default. */
  readonly level?: LogLevel
  /** `telemetry.redact`. */
  readonly redact?: readonly string[]
  /** Access records of one turn of the loop go to the ring as one; otherwise each by itself. */
  readonly batch?: boolean
  /** False when no sink wants access records; then none is made. */
  readonly access?: boolean
}

/** Choices, and what a test replaces. */
export interface TelemetryOptions extends TelemetryChoices {
  readonly random?: () => number
  /** Wall clock, ms since 1970. */
  readonly time?: () => number
}

/** Characters of access records that wait for the end of the turn at most. */
const batchLimit = 65_536

/** A worker's telemetry, which can be given more memory before a plan that names new slots is used. */
export interface WorkerTelemetry extends Telemetry {
  grow(handles: MemoryHandles): void
  /** Takes the choices of a new configuration; those left out go back to their defaults. */
  configure(choices: TelemetryChoices): void
}

const routeShift = 31 - Math.clz32(segmentRows.routes)
const routeMask = segmentRows.routes - 1
const listenerShift = 31 - Math.clz32(segmentRows.listeners)
const listenerMask = segmentRows.listeners - 1
const targetShift = 31 - Math.clz32(segmentRows.targets)
const targetMask = segmentRows.targets - 1

const counterAt = Object.fromEntries(counterNames.map((name, at) => [name, at])) as Record<CounterName, number>
const gaugeAt = Object.fromEntries(gaugeNames.map((name, at) => [name, gaugesAt + at])) as Record<GaugeName, number>
const codeAt = new Map<string, number>(codeNames.map((code, at) => [code, codesAt + at]))

const count = (cells: Float64Array, at: number, by: number): void => {
  cells[at] = (cells[at] as number) + by
}
const observe = (cells: Float64Array, at: number, duration: number): void => {
  count(cells, at + bucketOf(duration), 1)
  count(cells, at + sumOffset, duration > 0 ? duration : 0)
}

/** Opens one worker's telemetry: plain stores in its own columns, and the head of its rings. */
export const createTelemetry = (
  handles: MemoryHandles,
  workerIndex: number,
  options: TelemetryOptions = {},
): WorkerTelemetry => {
  const { random = Math.random, time = Date.now } = options
  let { level = 'info', access = true } = options
  const { batch = false } = options
  const rings = handles.rings[workerIndex]
  if (rings === undefined) throw new RangeError(`no worker ${workerIndex} in shared memory`)
  const lines = new RingWriter(rings.lines)
  const frames = new RingWriter(rings.frames)
  let accessLog = createAccessLog(createRedaction(options.redact ?? []), random)
  const memory = attachMemory(handles)
  const { statuses } = memory
  const { totals } = columnsOf(memory, workerIndex + 1)
  let columns: Columns = columnsOf(memory, workerIndex + 1)

  let waiting = ''
  let waitingLines = 0
  const writeWaiting = (): void => {
    const text = waiting
    const number = waitingLines
    waiting = ''
    waitingLines = 0
    if (number > 0 && !lines.write(text)) count(totals, counterAt.log_dropped_total, number)
  }
  const writeLine = (line: string): void => {
    if (!batch) {
      if (!lines.write(line)) count(totals, counterAt.log_dropped_total, 1)
      return
    }
    waiting += line
    if (waitingLines++ === 0) setImmediate(writeWaiting)
    else if (waiting.length > batchLimit) writeWaiting()
  }
  const countCode = (code: string | undefined): void => {
    const at = code === undefined ? undefined : codeAt.get(code)
    if (at !== undefined) count(totals, at, 1)
  }

  return {
    exchangeEnded(exchange, route, facts) {
      const cells = columns.routes[route.slot >> routeShift]
      if (cells !== undefined) {
        const row = (route.slot & routeMask) * rowWidth.routes
        const column = statusColumn(statuses, facts.status)
        if (column >= 0) count(cells, row + column, 1)
        observe(cells, row + totalHistogram, facts.endedAt - exchange.startedAt)
        if (exchange.attempts > 0) observe(cells, row + serviceHistogram, facts.serviceTime)
      }
      count(totals, counterAt.request_bytes_total, exchange.requestBytes)
      count(totals, counterAt.response_bytes_total, exchange.responseBytes)
      if (exchange.code !== undefined) countCode(exchange.code)
      if (!access) return
      const line = accessLog.line(exchange, route, facts)
      if (line !== undefined) writeLine(line)
    },
    refused(listenerSlot, listener, status, code, address, detail, id = '') {
      const cells = columns.listeners[listenerSlot >> listenerShift]
      const column = statusColumn(statuses, status)
      if (cells !== undefined && column >= 0)
        count(cells, (listenerSlot & listenerMask) * rowWidth.listeners + column, 1)
      count(totals, counterAt.rejected_total, 1)
      countCode(code)
      if (access) writeLine(accessLog.refused(listener, status, code, address, detail, id, time()))
    },
    add(counter, by) {
      count(totals, counterAt[counter], by)
    },
    gauge(gauge, by) {
      count(totals, gaugeAt[gauge], by)
    },
    target(slot, what, by) {
      const cells = columns.targets[slot >> targetShift]
      if (cells === undefined) return
      const row = (slot & targetMask) * rowWidth.targets
      if (what === 'request') count(cells, row + targetCell.request, by)
      else if (what === 'failure') count(cells, row + targetCell.failure, by)
      else if (what === 'connect-failure') count(cells, row + targetCell.connectFailure, by)
      else {
        const out = what === 'ejected'
        count(cells, row + (out ? targetCell.ejected : targetCell.restored), by)
        cells[row + targetCell.out] = out ? 1 : 0
      }
    },
    log(severity, message, fields) {
      if (logRanks[severity] < logRanks[level]) return
      if (!writeFrame(frames, frameKind.log, logLine(severity, message, fields, time()))) {
        count(totals, counterAt.log_dropped_total, 1)
      }
    },
    grow(handles) {
      columns = columnsOf(attachMemory(handles), workerIndex + 1)
    },
    configure(choices) {
      level = choices.level ?? 'info'
      access = choices.access ?? true
      accessLog = createAccessLog(createRedaction(choices.redact ?? []), random)
    },
  }
}
