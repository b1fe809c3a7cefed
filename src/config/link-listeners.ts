import type { CheckedListener } from './build-listeners.ts'
import type { Finding } from './finding.ts'
import { valuePlaceIn, type Unit } from './unit.ts'

const error = (unit: Unit, key: string, code: Finding['code'], message: string, help: string): Finding => ({
  severity: 'error',
  ...valuePlaceIn(unit, key),
  code,
  message,
  help,
  path: `listeners.${unit.name}`,
})

/** What listeners must be beyond their types: an address, their own one, and a redirect that leads somewhere. */
export const listenerFindings = (
  units: readonly Unit[],
  admin: { readonly port: number; readonly host: string } | undefined,
): Finding[] => {
  const findings: Finding[] = []
  const taken: { readonly name: string; readonly port: number; readonly host: string | undefined }[] = []
  if (admin !== undefined && admin.port !== 0) taken.push({ name: 'admin', port: admin.port, host: admin.host })
  for (const unit of units) {
    const listener = unit.value as unknown as CheckedListener | undefined
    if (listener === undefined) continue
    const { port, host, socket } = listener
    if (port === undefined && socket === undefined) {
      findings.push(
        error(unit, '', 'GW1105', `"port" is missing in listeners.${unit.name}`, 'add port: 8080, or socket: /path'),
      )
    }
    if (socket !== undefined && (port !== undefined || host !== undefined)) {
      findings.push(
        error(
          unit,
          'socket',
          'GW1305',
          `listener "${unit.name}" has a socket and a ${port === undefined ? 'host' : 'port'}`,
          'Keep one of them.',
        ),
      )
    }
    if (port !== undefined && port !== 0) {
      const other = taken.find((one) => one.port === port && overlaps(one.host, host))
      if (other !== undefined)
        findings.push(
          error(
            unit,
            'port',
            'GW1305',
            `port ${port} is taken by ${other.name === 'admin' ? 'admin' : `listener "${other.name}"`}`,
            'Choose another port.',
          ),
        )
      taken.push({ name: unit.name, port, host })
    }
    if (listener.redirect !== undefined) findings.push(...redirectFindings(unit, listener.redirect, units))
  }
  return findings
}

/** Two addresses of which one is all of them, or the same. */
const overlaps = (a: string | undefined, b: string | undefined): boolean => {
  const all = (host: string | undefined): boolean => host === undefined || host === '::' || host === '0.0.0.0'
  return all(a) || all(b) || a === b
}

const redirectFindings = (unit: Unit, to: string, units: readonly Unit[]): Finding[] => {
  if (to === unit.name)
    return [error(unit, 'redirect', 'GW1305', `listener "${unit.name}" redirects to itself`, 'Name another listener.')]
  const target = units.find((one) => one.name === to)?.value as unknown as CheckedListener | undefined
  if (target?.redirect === undefined) return []
  return [error(unit, 'redirect', 'GW1305', `listener "${to}" redirects itself`, 'Name a listener that serves.')]
}
