import type { PastRequest } from '../contract/past-request.ts'
import { shown } from '../lib/shown.ts'
import { explanationLines } from './explanation.ts'
import type { Terminal } from './terminal.ts'

const row = (title: string, ...words: readonly (string | undefined)[]): string[] => {
  const said = words.filter((word) => word !== undefined && word !== '')
  return said.length === 0 ? [] : [`${title.padEnd(9)}${said.join('  ')}`]
}
const counted = (count: number | undefined, word: string): string | undefined =>
  count === undefined ? undefined : `${count} ${count === 1 ? word : `${word}s`}`

const recordLines = ({ record, reason }: PastRequest, terminal: Terminal): string[] => {
  // Every text of a record may be a client's.
  const text = (value: string | undefined): string | undefined => (value === undefined ? undefined : shown(value))
  const { source, service, target, ms, serviceMs, bytesIn, bytesOut } = record
  const by = source === 'service' ? `by ${text(service) ?? 'the service'}` : `made by the ${shown(source)}`
  return [
    ...row('Request', text(record.method), text(record.path), text(record.host), text(record.protocol)),
    ...row('', text(record.time), text(record.id), `from ${shown(record.client)}`),
    ...row('Route', text(record.route) ?? 'none', `listener ${text(record.listener) ?? 'not known'}`),
    ...row('Service', text(service), target === undefined ? undefined : `at ${shown(target)}`, tries(record.attempts)),
    ...row(
      'Answer',
      [terminal.style(record.status >= 400 ? 'red' : 'green', String(record.status)), text(record.code), by]
        .filter((word) => word !== undefined)
        .join(' '),
      record.aborted === true ? 'cut before its end' : undefined,
    ),
    ...row('', text(record.detail)),
    ...row(
      'Timing',
      ms === undefined ? undefined : `${ms} ms in all`,
      serviceMs === undefined || service === undefined ? undefined : `${serviceMs} ms of them for the service`,
    ),
    ...row(
      'Bytes',
      bytesIn === undefined ? undefined : `${bytesIn} in`,
      bytesOut === undefined ? undefined : `${bytesOut} out`,
    ),
    ...(reason === undefined ? [] : [...row('Reason', `${reason.title}: ${reason.cause}`), ...row('Fix', reason.fix)]),
  ]
}
const tries = (attempts: number | undefined): string | undefined =>
  attempts === undefined || attempts === 0 ? undefined : counted(attempts, 'attempt')

/** A request that is over as lines of text: its record, then what would happen to it today. */
export const pastRequestLines = (past: PastRequest, terminal: Terminal): string[] => {
  const { asked, today, missing } = past
  const gaps = missing.map(shown).join(', ')
  return [
    ...recordLines(past, terminal),
    '',
    ...(asked === undefined || today === undefined
      ? row('Today', `cannot be told without ${gaps}`)
      : [
          ...row('Today', `the same request, without ${gaps}`),
          ...explanationLines({ ...asked, url: shown(asked.url) }, today, true, terminal),
        ]),
  ]
}
