import { connect, type Socket } from 'node:net'
import type { Dial, ServiceConnection as PooledConnection } from '../contract/connection.ts'
import type { FailureCause } from '../contract/streams.ts'
import { ServiceConnection } from './service-connection.ts'
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

/** Opens HTTP/1.1 connections: to an address and port, or to the path of a unix socket. */
export const dialHttp1: Dial = (target, address, timeout, events, done) => {
  let connection: ServiceConnection | undefined
  let settled = false
  const onread = {
    // Asked once before anything can be read, and again after each read; undefined keeps the buffer.
    buffer: (): Buffer => (connection === undefined ? sharedBuffer : (connection.wire.nextBuffer() as Buffer)),
    callback: (length: number): boolean => connection === undefined || connection.wire.enter(length),
  }
  const place = target.scheme === 'unix' ? { path: target.host } : { host: address, port: target.port }
  const socket: Socket = connect({ ...place, noDelay: true, allowHalfOpen: true, autoSelectFamily: false, onread })
  const settle = (made: PooledConnection | undefined, cause: FailureCause): void => {
    if (settled) return
    settled = true
    clearTimeout(limit)
    done(made, cause)
  }
  const limit = setTimeout(() => {
    settle(undefined, 'connect-timeout')
    socket.destroy()
  }, timeout)
  const failed = (error: NodeJS.ErrnoException): void => {
    settle(undefined, causes[error.code ?? ''] ?? 'reset')
  }
  socket.once('error', failed)
  socket.once('connect', () => {
    socket.off('error', failed)
    connection = new ServiceConnection(socket, target, events, true)
    settle(connection, 'reset')
  })
  return {
    cancel: () => {
      settled = true
      clearTimeout(limit)
      socket.destroy()
    },
  }
}
