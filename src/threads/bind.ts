import { lstatSync, rmSync } from 'node:fs'
import { BoundSocket, type BoundSocketOptions, connect, isIP } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { ErrorCode } from '../errors.ts'
import { findPortOwner, findRival, type PortOwner, startedAfter } from './port-owner.ts'

/** Where a listener listens, once its port is known. */
export interface Address {
  readonly host: string
  readonly port: number
  /** Path of a unix socket instead. */
  readonly socket: string | undefined
}

/** Why a listener cannot be bound. */
export class BindError extends Error {
  override name = 'BindError'
  readonly code: ErrorCode
  readonly port: number
  readonly owner: PortOwner | undefined
  constructor(code: ErrorCode, message: string, port: number, owner?: PortOwner) {
    super(message)
    this.code = code
    this.port = port
    this.owner = owner
  }
}

/** Whether several workers can share a port here (SO_REUSEPORT with balancing). */
export const canShare: boolean = ['linux', 'freebsd', 'dragonfly', 'sunos', 'aix'].includes(process.platform)

const taken = (port: number, where: string, owner: PortOwner | undefined = findPortOwner(port)): BindError => {
  const by = owner === undefined ? 'another process' : `${owner.name} (pid ${owner.pid})`
  return new BindError('GW6001', `${where} is used by ${by}`, port, owner)
}

/** The problem of a port that could not be bound or listened on. */
export const listenError = (error: unknown, host: string, port: number): BindError => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return taken(port, `port ${port}`)
  if (code === 'EACCES' || code === 'EPERM')
    return new BindError('GW6002', `port ${port} may not be bound by this user`, port)
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'EINVAL')
    return new BindError('GW6006', `address ${host} does not exist on this machine`, port)
  return new BindError('GW6006', message, port)
}

/** The hosts to try for what config says: `all` is dual-stack where IPv6 exists. */
const hostsOf = (host: string): readonly string[] => {
  if (host === 'all' || host === '' || host === '*') return ['::', '0.0.0.0']
  if (host === 'localhost') return ['127.0.0.1']
  return [host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host]
}

/**
 * Settles where a TCP listener is bound: takes it exclusively for a moment, so that a taken port is an error and not a
 * silent second server, and lets go. `ours` tells ports this process itself listens on. Throws a `BindError`.
 */
export function reserve(host: string, port: number, ours: (port: number) => boolean = () => false): Address {
  let failure: unknown
  for (const candidate of hostsOf(host)) {
    if (isIP(candidate) === 0) throw new BindError('GW6006', `${host} is no address; name one, or all`, port)
    try {
      const socket = new BoundSocket({ host: candidate, port, reusePort: ours(port) && canShare })
      const address = socket.address() as { readonly port: number }
      socket.close()
      return { host: candidate, port: address.port, socket: undefined }
    } catch (error) {
      failure = error
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') break
    }
  }
  throw listenError(failure, host, port)
}

/** One more socket on a reserved address, to be moved to a worker. Throws a `BindError`. */
export function bindShared({ host, port }: Address): BoundSocket {
  try {
    return new BoundSocket({ host, port, reusePort: canShare })
  } catch (error) {
    throw listenError(error, host, port)
  }
}

/**
 * A socket bound to a path, to be renamed to the real one once it accepts: closing it removes the name that it was
 * bound to.
 */
export const bindPath = (temporary: string): BoundSocket =>
  // The types do not know bound paths yet.
  new BoundSocket({ path: temporary } as BoundSocketOptions)

/** ms a listener goes on taking connections after nobody is sent to it any more, so that those in its queue are not reset. */
export const settle = 25

const secondLook = 1_000

/**
 * Makes sure, once everybody listens, that no other process shares the port. Of two gateways that started together
 * the later one gives way; who meets one that runs already, gives way too. Rejects with a `BindError`.
 */
export async function refuseRivals(ports: Iterable<number>): Promise<void> {
  for (const port of ports) {
    let rival = await findRival(port)
    if (rival !== undefined && !startedAfter(rival)) {
      await setTimeout(secondLook)
      rival = await findRival(port)
    }
    if (rival !== undefined) throw taken(port, `port ${port}`, rival)
  }
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN'))
  })

/** Checks that a unix socket's path can be taken: free, or left behind by a process that is gone. */
export async function reservePath(path: string): Promise<Address> {
  let kind: 'free' | 'socket' | 'other' = 'free'
  try {
    kind = lstatSync(path).isSocket() ? 'socket' : 'other'
  } catch {
    // Nothing there.
  }
  if (kind === 'other') throw new BindError('GW6001', `${path} exists and is no socket`, 0)
  if (kind === 'socket') {
    if (await answers(path)) throw new BindError('GW6001', `socket ${path} is used by another process`, 0)
    try {
      rmSync(path)
    } catch {
      throw new BindError('GW6002', `socket ${path} may not be replaced by this user`, 0)
    }
  }
  return { host: '', port: 0, socket: path }
}
