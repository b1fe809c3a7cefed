import type { Finding } from './finding.ts'
import type { Parts } from './parts.ts'
import type { KeyPlace, Scope } from './scope.ts'

type Values = Readonly<Record<string, unknown>>

/** What telemetry and admin must be beyond their types. */
export const settingsFindings = (parts: Parts, scope: Scope): Finding[] => {
  const findings: Finding[] = []
  const telemetry = parts.main.values.get('telemetry')
  const logs = (telemetry?.value as Values | undefined)?.['logs'] as Readonly<Record<string, Values | null>> | undefined
  for (const [name, sink] of Object.entries(logs ?? {})) {
    const place = scope.places.get(logs as object)?.get(name) ?? telemetry?.place
    if (sink !== null && place !== undefined) findings.push(...sinkFindings(name, sink, place))
  }
  const admin = parts.main.values.get('admin')
  const tokens = (admin?.value as Values | null | undefined)?.['tokens'] as Readonly<Record<string, Values>> | undefined
  for (const [name, token] of Object.entries(tokens ?? {})) {
    const place = scope.places.get(tokens as object)?.get(name) ?? admin?.place
    if (place !== undefined) findings.push(...tokenFindings(name, token, place))
  }
  return findings
}

const finding = (place: KeyPlace, code: Finding['code'], message: string, help: string, path: string): Finding => ({
  severity: 'error',
  ...place.key,
  code,
  message,
  help,
  path,
})

const sinkFindings = (name: string, sink: Values, place: KeyPlace): Finding[] => {
  const path = `telemetry.logs.${name}`
  const to = sink['to'] ?? name
  if (to !== 'stdout' && to !== 'file')
    return [finding(place, 'GW1105', `"to" is missing in ${path}`, 'add to: stdout or to: file', path)]
  if (to === 'file' && sink['path'] === undefined)
    return [finding(place, 'GW1105', `"path" is missing in ${path}`, 'add path: ./log/access.json', path)]
  if (to === 'stdout' && (sink['path'] !== undefined || sink['rotate'] !== undefined)) {
    return [
      finding(
        place,
        'GW1305',
        `${path} goes to stdout and has a file's keys`,
        'write to: file, or remove path and rotate',
        path,
      ),
    ]
  }
  return []
}

const tokenFindings = (name: string, token: Values, place: KeyPlace): Finding[] => {
  const path = `admin.tokens.${name}`
  const { token: plain, hash } = token as { readonly token?: string; readonly hash?: string }
  if ((plain === undefined) === (hash === undefined)) {
    return [
      finding(
        place,
        plain === undefined ? 'GW1105' : 'GW1305',
        `${path} needs one of token and hash`,
        'write token: ${NAME} or hash: sha256:…',
        path,
      ),
    ]
  }
  if (plain !== undefined && plain.length < 16)
    return [
      finding(place, 'GW1103', `the token of ${path} is too short`, 'take at least 16 characters, at random', path),
    ]
  if (hash !== undefined && !/^sha256:[0-9a-f]{64}$/.test(hash))
    return [
      finding(place, 'GW1103', `the hash of ${path} has not the form of one`, 'write sha256: and 64 hex digits', path),
    ]
  return []
}
