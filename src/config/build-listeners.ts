import { resolve } from 'node:path'
import type { ListenerTimeouts, MessageLimits } from '../contract/plan.ts'
import type { PolicyOptions } from '../contract/policy.ts'
import type { ListenerSnapshot } from '../contract/snapshot.ts'
import type { Layer, Levels } from './levels.ts'
import type { KeyPlace } from './scope.ts'
import type { Sources } from './source.ts'
import type { Unit } from './unit.ts'

export interface CheckedListener {
  readonly port?: number
  readonly host?: string
  readonly socket?: string
  readonly redirect?: string
  readonly trustedProxies?: readonly string[] | number
  readonly clientIpHeader: string
  readonly underscoreHeaders: MessageLimits['underscore']
  readonly limits: Omit<MessageLimits, 'underscore' | 'connections' | 'connectionsPerIp'> & {
    readonly connections: 'auto' | 'none' | number
    readonly connectionsPerIp: number | null
  }
  readonly timeouts: ListenerTimeouts
  readonly global?: Readonly<Record<string, unknown>>
}

/** `listeners.<name>.global` as a unit of its own. */
export const listenerGlobal = (
  unit: Unit,
  places: WeakMap<object, ReadonlyMap<string, KeyPlace>>,
): Unit | undefined => {
  const global = (unit.value as CheckedListener | undefined)?.global
  return global === undefined ? undefined : { ...unit, value: global, at: places.get(global) ?? new Map() }
}

export interface ListenerContext {
  readonly levels: Levels
  readonly sources: Sources
  /** The gateway chain of this listener, far to near. */
  readonly gateway: readonly Layer[]
  /** The layers of the main file's `defaults`. */
  readonly defaults: readonly Layer[]
  /** Folder that socket paths start from. */
  readonly folder: string
  /** Address of listeners that state none. */
  readonly host: string
}

/** Whether a policy of the gateway chain runs before the match. */
const beforeMatch = (policy: PolicyOptions): boolean => policy.kind === 'guard' || policy.name === 'use'

/** A checked listener as the snapshot holds it. 0 connections stand for `auto` and for no limit of one address. */
export const buildListener = (unit: Unit, context: ListenerContext): ListenerSnapshot | undefined => {
  if (unit.value === undefined) return undefined
  const listener = unit.value as unknown as CheckedListener
  const { levels, gateway, defaults } = context
  const { connections, connectionsPerIp, ...limits } = listener.limits
  return {
    name: unit.name,
    origin: unit.place.source < 0 ? undefined : context.sources.origin(unit.place),
    port: listener.port ?? 0,
    host: listener.host ?? context.host,
    socket: listener.socket === undefined ? undefined : resolve(context.folder, listener.socket),
    trustedProxies: listener.trustedProxies ?? [],
    clientIpHeader: listener.clientIpHeader,
    limits: {
      ...limits,
      connections: connections === 'none' ? Number.MAX_SAFE_INTEGER : connections === 'auto' ? 0 : connections,
      connectionsPerIp: connectionsPerIp ?? 0,
      underscore: listener.underscoreHeaders,
    },
    timeouts: listener.timeouts,
    redirect: listener.redirect,
    guards: levels.all(gateway, false, beforeMatch),
    unmatched: [
      ...levels.all(gateway, true, (policy) => !beforeMatch(policy) && policy.name !== 'cors'),
      ...levels.all([...gateway, ...defaults], true, (policy) => policy.name === 'cors'),
      ...levels.all(defaults, true, (policy) => policy.kind === 'guard'),
    ],
  }
}
