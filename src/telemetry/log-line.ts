import { timeText } from './clock-text.ts'
import { jsonText, longestField } from './text.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
/** Levels by weight. */
export const logRanks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** Longest line of the gateway's own log; a stack has to fit. */
const longest = 16 * 1024
const longestMessage = 4 * longestField

/**
 * One entry of the gateway's own log as a JSON line, ASCII, ended by a line feed: time, level, msg, then the fields.
 * Never throws; what JSON cannot say is told as text.
 */
export const logLine = (
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>> | undefined,
  time: number,
): string => {
  let line = `{"time":"${timeText(time)}","level":"${level}","msg":"${jsonText(message, longestMessage)}"`
  for (const name in fields) {
    if (!Object.hasOwn(fields, name) || name === 'time' || name === 'level' || name === 'msg') continue
    const value = fieldText(fields[name])
    if (value === undefined) continue
    const piece = `,"${jsonText(name, 128)}":${value}`
    if (line.length + piece.length > longest - 20) return `${line},"truncated":true}\n`
    line += piece
  }
  return `${line}}\n`
}

const fieldText = (value: unknown): string | undefined => {
  if (value === undefined) return undefined
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : quoted(String(value))
  try {
    if (value instanceof Error) return quoted(value.stack ?? value.message)
    const json = JSON.stringify(value)
    if (typeof json !== 'string') return quoted(typeof value)
    // JSON of JSON.stringify is valid but neither ASCII nor bounded.
    return json.length <= longestMessage ? asciiOnly(json) : quoted(json)
  } catch {
    return quoted('[not printable]')
  }
}

const quoted = (text: string): string => `"${jsonText(text, longestMessage)}"`
const asciiOnly = (json: string): string =>
  json.replaceAll(/[^\u0020-\u007e]/g, (sign) => String.raw`\u` + sign.charCodeAt(0).toString(16).padStart(4, '0'))
