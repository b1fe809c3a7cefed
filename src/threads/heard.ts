import { entriesOf, type Entry } from './event-log.ts'
import type { MainEvent } from './events.ts'

const ranks: Readonly<Record<Entry['level'], number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/**
 * What is left of an event for a log that tells `level` and above: nothing, or the event without the diagnostics below.
 * That the gateway is ready is told at every level: programs wait for it.
 */
export const heardAt = (level: Entry['level'], event: MainEvent): MainEvent | undefined => {
  const least = ranks[level]
  const own = entriesOf(event).at(-1)
  if (event.kind !== 'ready' && own !== undefined && ranks[own.level] < least) return undefined
  if (!('diagnostics' in event) || least <= ranks.warn) return event
  return { ...event, diagnostics: event.diagnostics.filter(({ severity }) => severity === 'error') }
}
