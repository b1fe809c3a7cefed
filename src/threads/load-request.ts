import { hash } from 'node:crypto'
import type { ShownConfig } from '../contract/admin.ts'
import type { GatewaySettings, Snapshot } from '../contract/snapshot.ts'

/** What a verb says about the configuration to load; plain data on its way to the compiler. */
export interface LoadRequest {
  /** Path of the configuration, relative to `cwd`; without it the folder is searched. */
  readonly file?: string | undefined
  readonly cwd: string
  readonly object?: unknown
  readonly text?: string | undefined
  readonly format?: 'yaml' | 'json' | undefined
  /** Name of an overlay. */
  readonly environment?: string | undefined
  readonly mode: 'start' | 'dev' | 'demo' | 'library'
  /** Whether stdout is a terminal. */
  readonly terminal?: boolean
  /** Instead of the port of the only serving listener, and of the admin port. */
  readonly port?: number | undefined
  readonly adminPort?: number | undefined
  /** Instead of `telemetry.level`. */
  readonly level?: GatewaySettings['level'] | undefined
}

/** What a command line says over the configuration. */
export type Overrides = Pick<LoadRequest, 'port' | 'adminPort' | 'level'>

/** The snapshot with what a command line says over it; a text says why that cannot be. */
export function withOverrides(snapshot: Snapshot, overrides: Overrides): Snapshot | string {
  const { port, adminPort, level } = overrides
  const changed = withPorts(snapshot, port, adminPort)
  if (typeof changed === 'string' || level === undefined) return changed
  return { ...changed, settings: { ...changed.settings, level } }
}

const withPorts = (snapshot: Snapshot, port: number | undefined, adminPort: number | undefined): Snapshot | string => {
  if (port === undefined && adminPort === undefined) return snapshot
  const serving = snapshot.listeners.filter(({ redirect, socket }) => redirect === undefined && socket === undefined)
  const [only] = serving
  if (port !== undefined && (only === undefined || serving.length > 1)) {
    return `--port wants exactly one serving listener, and there are ${serving.length}`
  }
  const { admin } = snapshot.settings
  return {
    ...snapshot,
    hash: hash('sha256', `${snapshot.hash} ${port ?? ''} ${adminPort ?? ''}`).slice(0, 12),
    listeners: snapshot.listeners.map((listener) =>
      listener === only && port !== undefined ? { ...listener, port } : listener,
    ),
    settings: {
      ...snapshot.settings,
      admin: admin === undefined || adminPort === undefined ? admin : { ...admin, port: adminPort },
    },
  }
}

/** A configuration for people with what a command line says over it, which is in no file. */
export function shownWithOverrides(shown: ShownConfig, snapshot: Snapshot, overrides: Overrides): ShownConfig {
  const { port, adminPort, level } = overrides
  const serving = snapshot.listeners.find(({ redirect, socket }) => redirect === undefined && socket === undefined)
  const changes: [readonly string[], number | string, string][] = []
  if (port !== undefined && serving !== undefined) changes.push([['listeners', serving.name, 'port'], port, '--port'])
  if (adminPort !== undefined && snapshot.settings.admin !== undefined)
    changes.push([['admin', 'port'], adminPort, '--admin-port'])
  if (level !== undefined) changes.push([['telemetry', 'level'], level, '--log-level'])
  let { config } = shown
  for (const [path, value] of changes) config = replaced(config, path, value)
  const origins = Object.fromEntries(changes.map(([path, , flag]) => [path.join('.'), flag]))
  return { ...shown, config, origins: { ...shown.origins, ...origins } }
}

const replaced = (tree: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
  const map = (tree ?? {}) as Readonly<Record<string, unknown>>
  return key === undefined ? value : { ...map, [key]: replaced(map[key], rest, value) }
}
