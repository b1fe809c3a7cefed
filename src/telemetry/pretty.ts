import type { AccessRecord } from '../contract/access-record.ts'
import { shown } from '../lib/shown.ts'
import type { RecordFormat } from './access-record.ts'
import { type Paint, painted, type TerminalStyle } from './terminal-text.ts'

const narrowest = 14
const widest = 40

const classPaint = (status: number): Paint =>
  status >= 500 ? 'red' : status >= 400 ? 'yellow' : status >= 300 ? 'cyan' : status >= 200 ? 'green' : 'dim'

/** Time of day where the terminal stands. */
export const localTime = (time: string): string => {
  const date = new Date(time)
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Makes the request line of a terminal: status in a fixed column, paths aligned with those before. */
export const createPrettyFormat = (style: TerminalStyle): RecordFormat => {
  const arrow = style.unicode ? '→' : '->'
  const times = style.unicode ? '×' : 'x'
  const dots = style.unicode ? '…' : '...'
  let width = narrowest
  const place = (path: string): string => {
    width = Math.max(width, Math.min(path.length, widest))
    return path.length <= widest ? path.padEnd(width) : path.slice(0, widest - dots.length) + dots
  }
  const made = (record: AccessRecord, tried: string): string => {
    if (record.code === undefined) return `gateway ${shown(record.route ?? '')}`.trimEnd()
    const detail = record.detail === undefined ? '' : `  ${shown(record.detail)}`
    // The detail of a delivery that failed counts its tries itself.
    const tries = tried === '' || / tried \d/.test(detail) ? '' : `, ${tried}`
    return `gateway ${painted(style, 'bold', shown(record.code))}${detail}${tries}${idOf(record)}`
  }
  const idOf = ({ id }: AccessRecord): string => (id === undefined ? '' : `   ${painted(style, 'dim', shown(id))}`)
  const served = (record: AccessRecord, tried: string): string => {
    const target = shown((record.target ?? record.source).replace(/^[a-z]+:\/\//, ''))
    return `${shown(record.route ?? '')} ${arrow} ${target}${tried === '' ? '' : `, ${tried}`}${idOf(record)}`
  }
  return (record) => {
    const attempts = record.attempts ?? 0
    const tried = attempts > 1 ? `tried ${attempts}${times}` : ''
    const what = record.source === 'gateway' || record.code !== undefined ? made(record, tried) : served(record, tried)
    const duration = `${String(Math.round(record.ms ?? 0)).padStart(4)} ms`
    return [
      painted(style, 'dim', localTime(record.time)),
      painted(style, classPaint(record.status), String(record.status).padEnd(3)),
      `${shown(record.method ?? '-').padEnd(4)} ${place(shown(record.path ?? '-'))}${duration}`,
      what,
    ].join('  ')
  }
}
