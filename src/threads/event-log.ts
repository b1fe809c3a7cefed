import type { MainEvent } from './events.ts'

/** An event as an entry of the JSON log. */
export interface Entry {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

const round = (ms: number): number => Math.round(ms * 10) / 10
const entry = (level: Entry['level'], message: string, fields: Entry['fields']): Entry => ({ level, message, fields })

/** One entry for the event, and one for each diagnostic it brings. */
export function entriesOf(event: MainEvent): readonly Entry[] {
  const diagnostics = 'diagnostics' in event ? event.diagnostics : []
  const findings = diagnostics.map(({ severity, code, message, file, line, column, help, path }) =>
    entry(severity === 'error' ? 'error' : 'warn', message, { code, file, line, column, help, path }),
  )
  return [...findings, ownEntry(event)]
}

const ownEntry = (event: MainEvent): Entry => {
  switch (event.kind) {
    case 'ready': {
      const { listeners, routes, configHash, ms, admin, workers } = event
      return entry('info', 'ready', { listeners, admin, routes, workers, configHash, ms: round(ms) })
    }
    case 'reloaded':
      return entry('info', 'reloaded', { routes: event.routes, configHash: event.configHash, ms: round(event.ms) })
    case 'unchanged':
      return entry('info', 'unchanged', { configHash: event.configHash, ms: round(event.ms) })
    case 'refused':
      return entry('error', 'reload refused, the running configuration stays', {
        reason: event.reason,
        ms: round(event.ms),
      })
    case 'failed':
      return entry('error', 'not started', { code: event.code, reason: event.reason, port: event.port })
    case 'worker-lost':
      return entry('error', 'worker lost', { code: 'GW6004', worker: event.worker, reason: event.reason })
    case 'worker-replaced':
      return entry('info', 'worker replaced', { worker: event.worker, by: event.by, reason: event.reason })
    case 'worker-blocked': {
      const { worker, ms, culprit, ended } = event
      return entry(ended ? 'error' : 'warn', ended ? 'worker blocked too long, ended' : 'worker blocked', {
        code: 'GW6005',
        worker,
        ms: round(ms),
        culprit,
      })
    }
    case 'fault': {
      const { worker, what, message, culprit, stack } = event
      return entry('error', message, { worker, what, culprit, stack })
    }
    case 'control-lost':
      return entry('error', 'control lost, starting it again', { reason: event.reason })
    case 'notice':
      return entry(event.level, event.message, { code: event.code })
    case 'draining':
      return entry('info', 'draining', { signal: event.signal, delay: event.delay, timeout: event.timeout })
    case 'stopped':
      return entry('info', 'stopped', { finished: event.finished, cut: event.cut, ms: round(event.ms) })
  }
}
