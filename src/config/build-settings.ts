import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { GatewaySettings, LogSinkSnapshot } from '../contract/snapshot.ts'
import type { LoadOptions } from './load-options.ts'

interface CheckedTelemetry {
  readonly level: GatewaySettings['level']
  readonly logs?: Readonly<Record<string, CheckedSink | null>>
  readonly traces: { readonly sample: number; readonly incoming: GatewaySettings['incomingTrace'] }
  readonly redact: readonly string[]
}
interface CheckedSink {
  readonly to?: 'stdout' | 'file'
  readonly format?: LogSinkSnapshot['format']
  readonly path?: string
  readonly rotate?: { readonly size: number; readonly keep: number }
}
interface CheckedAdmin {
  readonly port: number
  readonly host: string
  readonly debug?: boolean
  readonly tokens: Readonly<
    Record<string, { readonly token?: string; readonly hash?: string; readonly scopes: readonly string[] }>
  >
}

/** What the sections of one value say, in the form of the snapshot. `folder` is that of the main file. */
export const buildSettings = (
  value: (section: string) => unknown,
  folder: string,
  options: Pick<LoadOptions, 'mode' | 'terminal'>,
  filled: GatewaySettings['filled'],
): GatewaySettings => {
  const telemetry = value('telemetry') as CheckedTelemetry
  const workers = value('workers') as { readonly count: number | 'auto'; readonly maxBlock: number }
  return {
    node: hostname(),
    workers: workers.count,
    maxBlock: workers.maxBlock,
    drain: value('drain') as GatewaySettings['drain'],
    state: resolve(folder, value('state') as string),
    admin: adminOf(value('admin') as CheckedAdmin | null, options),
    level: telemetry.level,
    logs: logsOf(telemetry.logs ?? {}, folder, options),
    incomingTrace: telemetry.traces.incoming,
    sample: telemetry.traces.sample,
    redact: telemetry.redact,
    filled,
  }
}

const adminOf = (admin: CheckedAdmin | null, options: Pick<LoadOptions, 'mode'>): GatewaySettings['admin'] => {
  if (admin === null) return undefined
  const dev = options.mode === 'dev' || options.mode === 'demo'
  return {
    port: admin.port,
    host: admin.host,
    debug: admin.debug ?? dev,
    tokens: Object.entries(admin.tokens).map(([name, token]) => ({
      name,
      hash: token.hash ?? hashOf(token.token ?? ''),
      scopes: token.scopes,
    })),
  }
}

const hashOf = (token: string): string => `sha256:${createHash('sha256').update(token).digest('hex')}`

/** Sinks by name; stdout stays unless it is `none`. */
const logsOf = (
  written: Readonly<Record<string, CheckedSink | null>>,
  folder: string,
  options: Pick<LoadOptions, 'terminal'>,
): LogSinkSnapshot[] => {
  const sinks = Object.hasOwn(written, 'stdout') ? written : { stdout: {}, ...written }
  return Object.entries(sinks).flatMap(([name, sink]) => {
    if (sink === null) return []
    const to = sink.to ?? (name === 'file' ? 'file' : 'stdout')
    const pretty = to === 'stdout' && options.terminal === true
    return [
      {
        name,
        to,
        path: sink.path === undefined ? undefined : resolve(folder, sink.path),
        format: sink.format ?? (pretty ? 'pretty' : 'json'),
        rotate: sink.rotate,
      },
    ]
  })
}
