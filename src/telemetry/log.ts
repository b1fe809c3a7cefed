import { shown } from '../lib/shown.ts'
import { localTime } from './pretty.ts'
import { type LogLevel, logLine, logRanks } from './log-line.ts'
import type { Output } from './output.ts'
import { type Paint, painted, type TerminalStyle } from './terminal-text.ts'

export type { LogLevel } from './log-line.ts'
type LogFields = Readonly<Record<string, unknown>>

/** The gateway's own log. Every entry is one line, whatever it holds. */
export interface Log {
  write(level: LogLevel, message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** Takes a finished JSON line of another thread. */
  line(json: string): void
  setLevel(level: LogLevel): void
}

/** `style` undefined writes JSON lines, else lines for a terminal. */
export interface LogOptions {
  readonly level: LogLevel
  readonly output: Pick<Output, 'write'>
  readonly style?: TerminalStyle | undefined
  /** Wall clock, ms since 1970. */
  readonly time?: () => number
}

/** Makes the log. */
export const createLog = (options: LogOptions): Log => {
  const { output, style, time = Date.now } = options
  let level = options.level
  const emit = (json: string): void => {
    output.write(Buffer.from(style === undefined ? json : `${prettyEntry(json, style)}\n`))
  }
  const write = (severity: LogLevel, message: string, fields?: LogFields): void => {
    if (logRanks[severity] >= logRanks[level]) emit(logLine(severity, message, fields, time()))
  }
  return {
    write,
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    line: emit,
    setLevel(next) {
      level = next
    },
  }
}

const paints: Readonly<Record<string, Paint>> = { debug: 'dim', info: 'cyan', warn: 'yellow', error: 'red' }

/** `13:14:27  warn   message  name=value`; long values stay on their line. */
const prettyEntry = (json: string, style: TerminalStyle): string => {
  const entry = JSON.parse(json) as Record<string, unknown>
  const { time, level, msg, ...fields } = entry
  const pairs = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return painted(style, 'dim', `${shown(name)}=`) + shown(text)
  })
  const severity = String(level)
  return [
    painted(style, 'dim', localTime(String(time))),
    painted(style, paints[severity] ?? 'dim', severity.padEnd(5)),
    [shown(String(msg)), ...pairs].join('  '),
  ].join('  ')
}
