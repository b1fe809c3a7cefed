import { connect, isIP } from 'node:net'
import { targetAddress } from '../target-address.ts'

/** Why a target is out of reach; undefined when a connection could be opened. */
export type Unreached = { readonly what: 'name' | 'connection'; readonly reason: string } | undefined

/** Addresses of a name; empty when it has none. Rejects when nobody could answer. */
export type FindAddresses = (name: string) => Promise<{ readonly addresses: readonly string[] }>

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way to the address',
  ENETUNREACH: 'there is no way to the address',
  ECONNRESET: 'the connection was cut at once',
  ENOENT: 'there is no such socket',
  ENOTSOCK: 'the file is no socket',
  EACCES: 'this user may not use the socket',
}

/** Opens and closes one connection; undefined when that worked. */
const open = (
  to: { readonly host: string; readonly port: number } | { readonly path: string },
  patience: number,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(to)
    const end = (reason: string | undefined): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(reason)
    }
    const timer = setTimeout(() => end(`no answer within ${seconds(patience)}`), patience)
    socket.once('connect', () => end(undefined))
    socket.on('error', (error: NodeJS.ErrnoException) => end(reasons[error.code ?? ''] ?? error.message))
  })

const seconds = (ms: number): string => `${Math.max(0.1, Math.round(ms / 100) / 10)} s`

const addressesOf = async (
  host: string,
  find: FindAddresses,
  patience: number,
): Promise<readonly string[] | string> => {
  if (isIP(host) !== 0) return [host]
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no name server answered within ${seconds(patience)}`), patience)
  })
  const found = find(host).then(
    ({ addresses }) => (addresses.length === 0 ? 'no such name' : addresses),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  try {
    return await Promise.race([found, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Looks the host of a target's URL up and opens a TCP connection to one of its addresses, or opens its unix socket.
 * Sends nothing. Never rejects, and ends within `patience` ms.
 */
export const reachTarget = async (url: string, find: FindAddresses, patience: number): Promise<Unreached> => {
  const begun = performance.now()
  const to = targetAddress(url)
  if ('path' in to) {
    const reason = await open(to, patience)
    return reason === undefined ? undefined : { what: 'connection', reason }
  }
  const addresses = await addressesOf(to.host, find, patience)
  if (typeof addresses === 'string') return { what: 'name', reason: addresses }
  const left = Math.max(1, patience - (performance.now() - begun))
  // All at once: one that nothing answers at must not use up the time of the next.
  const tried = addresses.map(async (host) => {
    const reason = await open({ host, port: to.port }, left)
    if (reason !== undefined) throw new Error(reason)
  })
  try {
    await Promise.any(tried)
    return undefined
  } catch (error) {
    const failures = (error as AggregateError).errors as readonly Error[]
    return { what: 'connection', reason: [...new Set(failures.map(({ message }) => message))].join('; ') }
  }
}
