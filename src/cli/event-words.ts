import type { MainOptions } from '../main.ts'
import type { GlobalFlags } from './global-flags.ts'
import type { Terminal } from './terminal.ts'
import { isWithoutFile } from './without-file.ts'
import { plural } from './report/verdict.ts'

/** What happens to the process, as main tells it. */
export type MainEvent = Parameters<NonNullable<MainOptions['onEvent']>>[0]

const clock = (): string => new Date().toTimeString().slice(0, 8)

const findings = async (event: MainEvent, terminal: Terminal): Promise<string[]> => {
  if (!('diagnostics' in event) || event.diagnostics.length === 0) return []
  const { formatDiagnostics } = await import('./engine.ts')
  return [
    (
      await formatDiagnostics(event.diagnostics, {
        color: terminal.talkColor,
        ascii: terminal.ascii,
        width: terminal.width,
      })
    ).trimEnd(),
  ]
}

const own = (event: MainEvent, global: GlobalFlags, terminal: Terminal): string | undefined => {
  const good = terminal.mark('green', '✔')
  const bad = terminal.mark('red', '✖')
  const note = terminal.mark('yellow', '▲')
  switch (event.kind) {
    case 'ready':
      return undefined
    case 'reloaded':
      return `${good} reloaded: ${plural(event.routes, 'route')}, ${event.configHash} (${event.ms.toFixed(0)} ms)`
    case 'unchanged':
      return `${good} nothing changed (${event.ms.toFixed(0)} ms)`
    case 'refused':
      return `${bad} not taken: ${event.reason}. What ran before still runs.`
    case 'failed':
      return `error: ${event.code === undefined ? '' : `${event.code} `}${event.reason}`
    case 'worker-lost':
      return `${bad} GW6004 worker ${event.worker} ended: ${event.reason}`
    case 'worker-replaced':
      return global.verbose ? `${good} worker ${event.worker} replaced by ${event.by}: ${event.reason}` : undefined
    case 'worker-blocked':
      return `${note} GW6005 worker ${event.worker} stood still for ${event.ms.toFixed(0)} ms${event.culprit === undefined ? '' : ` in ${event.culprit}`}${event.ended ? '; ended' : ''}`
    case 'fault':
      return `${bad} ${event.what}: ${event.message}${event.culprit === undefined ? '' : ` (${event.culprit})`}${global.verbose && event.stack !== undefined ? `\n${event.stack}` : ''}`
    case 'control-lost':
      return `${note} control thread lost, starting it again: ${event.reason}`
    case 'notice':
      return `${event.level === 'info' ? terminal.mark('dim', '·') : note} ${event.code === undefined ? '' : `${event.code} `}${event.message}`
    case 'draining':
      return global.verbose ? `draining after ${event.signal}` : undefined
    case 'stopped':
      return event.cut > 0 ? `${note} stopped; ${plural(event.cut, 'request')} cut` : undefined
  }
}

/** What is said of an event on a terminal; an empty list for what a person need not know. */
export const eventLines = async (event: MainEvent, global: GlobalFlags, terminal: Terminal): Promise<string[]> => {
  const line = own(event, global, terminal)
  const before = await findings(event, terminal)
  // That no file is there says it all; that it had errors would be another thing.
  const isTold = event.kind === 'failed' && (event.diagnostics?.some(isWithoutFile) ?? false)
  if (line === undefined || isTold) return before
  return [...before, event.kind === 'failed' ? line : `${terminal.mark('dim', clock())}  ${line}`]
}
