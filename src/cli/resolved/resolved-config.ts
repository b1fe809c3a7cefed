import type {
  ActionSnapshot,
  CodeRef,
  ListenerSnapshot,
  PolicyUse,
  RouteSnapshot,
  ServiceSnapshot,
  Snapshot,
} from '../../contract/snapshot.ts'
import type { PolicyOptions } from '../../contract/policy.ts'
import type { Origin } from '../../contract/diagnostic.ts'
import { exit, Stop } from '../exit.ts'
import { placeOf } from '../route-words.ts'
import { writtenDuration, writtenShare, writtenSize, writtenValue } from './written-value.ts'

/** A configuration with nothing left to look up, as plain data of the grammar, and where its parts were written. */
export interface ResolvedConfig {
  readonly tree: Readonly<Record<string, unknown>>
  /** By path of keys joined with `.`: `routes.orders.timeout` → `gateway.yaml:12`, `built in`. */
  readonly origins: ReadonlyMap<string, string>
}

type Note = (path: string, origin: Origin | undefined) => void

const one = (list: readonly unknown[]): unknown => (list.length === 1 ? list[0] : list)

/** Code by its file. What stands as a function inside a TypeScript configuration has no file that could be named. */
const codeOf = (
  { file, export: name, options }: CodeRef,
  key: 'policy' | 'file',
  near: (path: string) => string,
): unknown => {
  if (name !== 'default')
    throw new Stop(
      exit.failure,
      `${near(file)} holds code itself, which cannot be printed`,
      'Move it to a file of its own and name that.',
    )
  return options === undefined || options === null ? near(file) : { [key]: near(file), options }
}

const usesOf = (options: unknown, near: (path: string) => string): unknown[] =>
  (Array.isArray(options) ? options : [options]).map((one: unknown) =>
    typeof one === 'string' ? near(one) : codeOf(one as CodeRef, 'policy', near),
  )

interface Surroundings {
  readonly known: ReadonlyMap<string, PolicyOptions>
  readonly note: Note
  /** Shortens an absolute path. */
  readonly near: (path: string) => string
}

const policiesOf = (
  uses: readonly PolicyUse[],
  path: string,
  { known, note, near }: Surroundings,
): Record<string, unknown> => {
  const out: Record<string, unknown> = {}
  for (const use of uses) {
    const options = known.get(use.name)
    if (use.name === 'use') out['use'] = [...((out['use'] ?? []) as unknown[]), ...usesOf(use.options, near)]
    else out[use.name] = options === undefined ? use.options : writtenValue(options.schema.node, use.options)
    note(`${path}.${use.name}`, use.origin)
  }
  return out
}

const actionOf = (action: ActionSnapshot, near: (path: string) => string): Record<string, unknown> => {
  if (action.kind === 'service') return { service: action.service }
  if (action.kind === 'redirect')
    return { redirect: { to: action.to, status: action.status, keepQuery: action.keepQuery } }
  if (action.kind === 'handler') return { handler: codeOf(action.code, 'file', near) }
  const headers = {
    ...action.headers,
    ...(action.contentType === undefined ? {} : { 'Content-Type': action.contentType }),
  }
  return {
    respond: {
      status: action.status,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(action.body === undefined || action.body === null ? {} : { body: action.body }),
    },
  }
}

const matchOf = ({ conditions }: RouteSnapshot): Record<string, unknown> => {
  if (conditions.length === 0) return {}
  const match: Record<string, unknown> = {}
  for (const { kind, name, matcher } of conditions) {
    const written = matcher === null ? 'none' : matcher
    if (kind === 'ip') match['ip'] = written
    else match[kind] = { ...(match[kind] as Record<string, unknown> | undefined), [name]: written }
  }
  return { match }
}

const listenerOf = (listener: ListenerSnapshot, around: Surroundings): Record<string, unknown> => {
  const { name, limits, timeouts, trustedProxies } = listener
  around.note(`listeners.${name}`, listener.origin)
  const path = `listeners.${name}.global`
  const global = policiesOf(listener.guards, path, around)
  return {
    ...(listener.socket === undefined ? { port: listener.port } : { socket: listener.socket }),
    ...(listener.host === '' || listener.socket !== undefined ? {} : { host: listener.host }),
    ...(listener.redirect === undefined ? {} : { redirect: listener.redirect }),
    ...(typeof trustedProxies === 'number' || trustedProxies.length > 0 ? { trustedProxies } : {}),
    clientIpHeader: listener.clientIpHeader,
    underscoreHeaders: limits.underscore,
    limits: {
      connections: limits.connections === 0 ? 'auto' : limits.connections,
      connectionsPerIp: limits.connectionsPerIp === 0 ? 'none' : limits.connectionsPerIp,
      headerSize: writtenSize(limits.headerSize),
      headers: limits.headers,
      uri: writtenSize(limits.uri),
      requestsPerConnection: limits.requestsPerConnection,
    },
    timeouts: Object.fromEntries(Object.entries(timeouts).map(([key, ms]) => [key, writtenDuration(ms as number)])),
    ...(Object.keys(global).length === 0 ? {} : { global }),
  }
}

const serviceOf = (service: ServiceSnapshot, note: Note): Record<string, unknown> => {
  note(`services.${service.name}`, service.origin)
  const { pool, passive } = service
  return {
    targets: service.targets.map(({ url, weight }) => (weight === 1 ? url : { url, weight })),
    loadBalancing: service.algorithm,
    healthCheck: {
      passive:
        passive === undefined
          ? 'none'
          : {
              ...passive,
              window: writtenDuration(passive.window),
              ejectFor: writtenDuration(passive.ejectFor),
              maxEjectFor: writtenDuration(passive.maxEjectFor),
              maxEjected: writtenShare(passive.maxEjected),
            },
      whenNoneHealthy: service.whenNoneHealthy,
    },
    pool: { ...pool, wait: writtenDuration(pool.wait), idle: writtenDuration(pool.idle) },
    ...(service.forwarded === 'both' ? { forwarded: 'both' } : {}),
    ...(Object.keys(service.labels).length === 0 ? {} : { labels: service.labels }),
  }
}

const routeOf = (route: RouteSnapshot, around: Surroundings): Record<string, unknown> => {
  around.note(`routes.${route.name}`, route.origin)
  return {
    listener: one(route.listeners),
    ...(route.hosts.length === 0 ? {} : { host: one(route.hosts) }),
    path: one(route.paths),
    ...(route.methods.length === 0 ? {} : { methods: one(route.methods) }),
    ...matchOf(route),
    ...(route.priority === 0 ? {} : { priority: route.priority }),
    ...actionOf(route.action, around.near),
    // What is built in and only concerns services would be a warning on a route that asks none.
    ...policiesOf(
      route.action.kind === 'service' ? route.policies : route.policies.filter((use) => use.origin !== undefined),
      `routes.${route.name}`,
      around,
    ),
    ...(route.summary === undefined ? {} : { summary: route.summary }),
    ...(route.tags.length === 0 ? {} : { tags: route.tags }),
  }
}

/** Resolves a snapshot back into the grammar. `near` shortens absolute paths. */
export const resolvedConfig = (
  snapshot: Snapshot,
  policies: readonly PolicyOptions[],
  near: (path: string) => string,
): ResolvedConfig => {
  const origins = new Map<string, string>()
  const note: Note = (path, origin) => origins.set(path, origin === undefined ? 'built in' : placeOf(origin))
  const around: Surroundings = { known: new Map(policies.map((policy) => [policy.name, policy])), note, near }
  const { settings } = snapshot
  const tree = {
    version: 1,
    listeners: Object.fromEntries(snapshot.listeners.map((listener) => [listener.name, listenerOf(listener, around)])),
    services: Object.fromEntries(snapshot.services.map((service) => [service.name, serviceOf(service, note)])),
    routes: Object.fromEntries(snapshot.routes.map((route) => [route.name, routeOf(route, around)])),
    state: near(settings.state),
    telemetry: {
      level: settings.level,
      logs: Object.fromEntries(
        settings.logs.map(({ name, to, path, format, rotate }) => [
          name,
          {
            to,
            ...(path === undefined ? {} : { path: near(path) }),
            format,
            ...(rotate === undefined ? {} : { rotate: { size: writtenSize(rotate.size), keep: rotate.keep } }),
          },
        ]),
      ),
      traces: { incoming: settings.incomingTrace, sample: writtenShare(settings.sample) },
      ...(settings.redact.length === 0 ? {} : { redact: settings.redact }),
    },
    admin:
      settings.admin === undefined
        ? 'none'
        : { port: settings.admin.port, host: settings.admin.host, debug: settings.admin.debug },
    workers: { count: settings.workers, maxBlock: writtenDuration(settings.maxBlock) },
    drain: { delay: writtenDuration(settings.drain.delay), timeout: writtenDuration(settings.drain.timeout) },
  }
  return { tree, origins }
}
