import type { LogSinkSnapshot } from '../contract/snapshot.ts'
import { formatRun, type RecordFormat } from './access-record.ts'
import { combinedFormat } from './combined.ts'
import { fileDestination, inheritedDestination } from './destination.ts'
import { frameKind, readFrames } from './frames.ts'
import type { Log } from './log.ts'
import type { MemoryHandles } from './memory.ts'
import { createOutput, type Output } from './output.ts'
import { createPrettyFormat } from './pretty.ts'
import type { RecentRecords } from './recent-records.ts'
import { RingReader } from './ring.ts'
import type { TerminalStyle } from './terminal-text.ts'

/** Takes records out of the workers' rings and brings them to the log sinks. */
export interface Sinks {
  /** Opens new sinks and closes those that are gone; what is the same stays open. */
  configure(sinks: readonly LogSinkSnapshot[]): void
  /** Empties the rings once; the timer does it too. */
  drain(): void
  /** Opens files by name again (SIGUSR1, after logrotate). */
  reopen(): void
  stats(): readonly SinkStats[]
  /** Drains, writes what waits (at most `timeout` ms) and closes. */
  close(timeout: number): Promise<void>
}
/** Lines dropped and bytes written since the sink was opened. */
export interface SinkStats {
  readonly name: string
  readonly dropped: number
  readonly written: number
}

export interface SinksOptions {
  readonly handles: MemoryHandles
  readonly sinks: readonly LogSinkSnapshot[]
  /** Takes workers' own log lines, and hears of failing sinks. */
  readonly log: Log
  readonly style: TerminalStyle
  /** Keeps the latest of the access records that come by. */
  readonly recent?: Pick<RecentRecords, 'take'>
  /** Most ms between two turns; 100 by default. Under load turns come sooner. */
  readonly every?: number
  /** Standard output, where the own log may go too; it is flushed at the end but stays open. Descriptor 1 by default. */
  readonly stdout?: Output
}

interface Sink {
  readonly key: string
  readonly name: string
  readonly output: Output
  /** Undefined: the JSON lines go out as they are. */
  readonly format: RecordFormat | undefined
}

/** Starts draining. A sink that is slow or down holds up neither requests nor other sinks. */
export const createSinks = (options: SinksOptions): Sinks => {
  const { handles, log, style, recent } = options
  const rings = handles.rings.map((ring) => ({
    lines: new RingReader(ring.lines),
    frames: new RingReader(ring.frames),
  }))
  const failed =
    (name: string) =>
    (error: Error): void =>
      log.error('log sink failed', { sink: name, error: error.message })
  const stdout = options.stdout ?? createOutput(inheritedDestination(1), failed('stdout'))
  let sinks: readonly Sink[] = []
  /** Ends of sinks that a reload took away. */
  const leaving = new Set<Promise<void>>()

  const open = (spec: LogSinkSnapshot, key: string): Sink => {
    const output =
      spec.to === 'stdout'
        ? stdout
        : createOutput(fileDestination(spec.path ?? 'access.log', spec.rotate), failed(spec.name))
    const format =
      spec.format === 'json' ? undefined : spec.format === 'combined' ? combinedFormat : createPrettyFormat(style)
    return { key, name: spec.name, output, format }
  }
  /** Several may write to standard output; none of them closes it. */
  const end = (output: Output, timeout: number): Promise<void> =>
    output === stdout ? output.flush(timeout) : output.close(timeout)
  const configure = (specs: readonly LogSinkSnapshot[]): void => {
    const before = new Map(sinks.map((sink) => [sink.key, sink]))
    sinks = specs.map((spec) => {
      const key = JSON.stringify([spec.name, spec.to, spec.path, spec.format, spec.rotate])
      const same = before.get(key)
      before.delete(key)
      return same ?? open(spec, key)
    })
    for (const { output } of before.values()) {
      const gone = end(output, closeWithin).finally(() => leaving.delete(gone))
      leaving.add(gone)
    }
  }
  const take = (run: Buffer): void => {
    recent?.take(run)
    for (const sink of sinks) sink.output.write(sink.format === undefined ? run : formatRun(run, sink.format))
  }
  /** Empties the rings once; tells how many bytes of records there were. */
  const drain = (): number => {
    let bytes = 0
    for (const ring of rings) {
      const lines = ring.lines.read()
      if (lines !== undefined) {
        bytes += lines.length
        take(lines)
      }
      const frames = ring.frames.read()
      if (frames !== undefined) {
        readFrames(frames, (kind, content) => {
          if (kind === frameKind.log) log.line(content.toString('latin1'))
        })
      }
    }
    return bytes
  }

  configure(options.sinks)
  const every = options.every ?? 100
  let pause = every
  let timer: NodeJS.Timeout
  const turn = (): void => {
    pause = nextPause(drain(), pause, every)
    timer = setTimeout(turn, pause).unref()
  }
  timer = setTimeout(turn, every).unref()
  return {
    configure,
    drain: () => void drain(),
    reopen() {
      for (const sink of sinks) if (sink.output !== stdout) sink.output.reopen()
    },
    stats: () => sinks.map(({ name, output }) => ({ name, dropped: output.dropped, written: output.written })),
    async close(timeout) {
      clearTimeout(timer)
      drain()
      await Promise.all([...leaving, ...sinks.map((sink) => end(sink.output, timeout))])
    },
  }
}

/** Bytes a turn aims at: what is taken and written in pieces of this size is still in the processor's caches. */
const turnBytes = 1 << 17
const shortestPause = 5

/** Pause after which there will be about `turnBytes` at the pace of the last one, in ms. */
const nextPause = (bytes: number, last: number, longest: number): number =>
  bytes === 0 ? longest : Math.min(longest, Math.max(shortestPause, Math.round((last * turnBytes) / bytes)))

/** ms that a sink gets to write its rest after a reload removed it. */
const closeWithin = 2000
