import { connect, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { Dial, ServiceConnection as PooledConnection } from '../contract/connection.ts'
import type { FailureCause } from '../contract/streams.ts'
import { areDirect, DirectWire } from './direct-wire.ts'
import { ServiceConnection } from './service-connection.ts'
import { StreamWire } from './stream-wire.ts'
import { sharedBuffer } from './wire.ts'

const causes: Readonly<Record<string, FailureCause>> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'refused',
  EACCES: 'refused',
  ETIMEDOUT: 'connect-timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EMFILE: 'unreachable',
  ENFILE: 'unreachable',
}

/** ms. Node fires a longer timer at once. */
const longestTimer = 2 ** 31 - 1

const secured = (host: string): ConnectionOptions => {
  const name = host.replace(/^\[|\]$/g, '')
  return {
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
  }
}

/**
 * Opens HTTP/1.1 connections: to an address and port, with TLS for `https`, or to the path of a unix socket. With TLS
 * the certificate must be good for the target's name by the authorities of the system; the limit holds for the
 * handshake too.
 */
export const dialHttp1: Dial = (target, address, timeout, events, done) => {
  let direct: DirectWire | undefined
  let settled = false
  const onread = {
    // Asked once before anything can be read, and again after each read; undefined keeps the buffer.
    buffer: (): Buffer => (direct === undefined ? sharedBuffer : (direct.nextBuffer() as Buffer)),
    callback: (length: number): boolean => direct === undefined || direct.enter(length),
  }
  const place = target.scheme === 'unix' ? { path: target.host } : { host: address, port: target.port }
  const isSecure = target.scheme === 'https'
  const options = { ...place, noDelay: true, allowHalfOpen: true, autoSelectFamily: false }
  // Bytes behind TLS are not read from the socket itself, so there is no buffer to lend.
  const socket: Socket = isSecure
    ? connectTls({ ...options, ...secured(target.host) })
    : connect(areDirect ? { ...options, onread } : options)
  const settle = (made: PooledConnection | undefined, cause: FailureCause): void => {
    if (settled) return
    settled = true
    clearTimeout(limit)
    done(made, cause)
  }
  const expire = (): void => {
    settle(undefined, 'connect-timeout')
    socket.destroy()
  }
  const limit = timeout > longestTimer ? undefined : setTimeout(expire, timeout)
  const failed = (error: NodeJS.ErrnoException): void => {
    settle(undefined, causes[error.code ?? ''] ?? (isSecure ? 'tls' : 'reset'))
  }
  socket.once('error', failed)
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    socket.off('error', failed)
    if (areDirect && !isSecure) direct = new DirectWire(socket)
    settle(new ServiceConnection(direct ?? new StreamWire(socket), target, events), 'reset')
  })
  return {
    cancel: () => {
      settled = true
      clearTimeout(limit)
      socket.destroy()
    },
  }
}
