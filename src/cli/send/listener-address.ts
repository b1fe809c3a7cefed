import { isLoopback } from '../../lib/loopback.ts'
import { exit, Stop } from '../exit.ts'

/** A listener as the running gateway or its configuration tells of it. */
export interface KnownListener {
  readonly name: string
  /** Empty: every address. */
  readonly host: string
  readonly port: number
  readonly socket?: string | undefined
}

/** Where a request is sent to: host and port, or the path of a unix socket. */
export interface SendAddress {
  readonly url: string
  /** For the Host field when the request names none. */
  readonly authority: string
  readonly to: { readonly host: string; readonly port: number } | { readonly socketPath: string }
}

const everywhere = new Set(['', '0.0.0.0', '::'])

/**
 * Where a listener is reached from this machine. `gateway` is the host of the gateway that was asked, undefined when it
 * is this machine. Throws a `Stop` with exit code 1 for a listener that cannot be reached from here or whose port nobody
 * knows.
 */
export const listenerAddress = (
  name: string | undefined,
  listeners: readonly KnownListener[],
  gateway: string | undefined,
): SendAddress => {
  const listener = listeners.find((one) => one.name === name) ?? listeners[0]
  if (listener === undefined) throw new Stop(exit.failure, 'there is no listener to send it to')
  const away = gateway !== undefined && !isLoopback(gateway)
  const { socket } = listener
  if (away && (socket !== undefined || isLoopback(listener.host)))
    throw new Stop(
      exit.failure,
      `listener ${listener.name} of ${gateway} cannot be reached from here: it listens on ${socket ?? listener.host}`,
      'Run the same command on that machine.',
    )
  if (socket !== undefined) return { url: `unix:${socket}`, authority: 'localhost', to: { socketPath: socket } }
  if (listener.port === 0)
    throw new Stop(
      exit.failure,
      `listener ${listener.name} takes any free port, and no running gateway was asked which`,
      'Name its admin API with --admin URL.',
    )
  const own = listener.host === '::' ? '::1' : '127.0.0.1'
  const host = everywhere.has(listener.host) ? (away ? gateway : own) : listener.host
  const authority = `${host.includes(':') ? `[${host}]` : host}:${listener.port}`
  return { url: `http://${authority}`, authority, to: { host, port: listener.port } }
}
