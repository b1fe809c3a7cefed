import { Socket, type Server } from 'node:net'

/** Where the reads of an accepted socket go that lends its bytes: the codec's end of the connection. */
export interface LentReads {
  /** Callback of `onread`; false stops reading. */
  enter(length: number): boolean
  /** The buffer of the next read; undefined keeps the present one. */
  nextBuffer(): Buffer | undefined
}

/** What an acceptor needs from the gateway. */
export interface AcceptorHost {
  /** Read buffer until the connection says otherwise; undefined when this Node is to be used by public interfaces only. */
  readonly firstBuffer: Buffer | undefined
  /** False turns the connection away. */
  admits(): boolean
  /** Makes the connection of a socket that is a plain stream. */
  connect(socket: Socket): void
  /** Makes the connection of a socket that reads into lent buffers. */
  connectLent(socket: Socket): LentReads
  /** A connection over the limit; gets a short answer and is closed. */
  turnAway(socket: Socket): void
  failed(error: Error): void
}

interface ServerHandle {
  onconnection: (error: number, client: unknown) => void
}
type HandleServer = Server & { _handle: ServerHandle | null }

/**
 * Takes the connections of a listening server. Node hands accepted sockets out with its own read path; one reused
 * buffer (`onread`) for them is reached only by making the socket from the handle ourselves, as Node's own accept
 * callback does. Where the host wants no such sockets, or that handle is not found, the public event is used.
 */
export const acceptOn = (server: Server, host: AcceptorHost): void => {
  server.on('error', (error) => host.failed(error))
  const handle = (server as HandleServer)._handle
  const { firstBuffer } = host
  if (firstBuffer === undefined || handle === null || typeof handle.onconnection !== 'function') {
    server.on('connection', (socket) => {
      if (!host.admits()) return host.turnAway(socket)
      socket.setNoDelay(true)
      host.connect(socket)
    })
    return
  }
  handle.onconnection = (error, client) => {
    if (error !== 0) {
      host.failed(new Error(`accept failed with ${error}`))
      return
    }
    if (!host.admits()) {
      host.turnAway(new Socket({ handle: client, allowHalfOpen: true, pauseOnCreate: true } as never))
      return
    }
    let reads: LentReads | undefined
    const socket = new Socket({
      handle: client,
      allowHalfOpen: true,
      onread: {
        buffer: () => (reads === undefined ? firstBuffer : (reads.nextBuffer() as Buffer)),
        callback: (length: number) => reads === undefined || reads.enter(length),
      },
    } as never)
    // Answers are one write each; waiting for an acknowledgement before sending a small one would only delay it.
    socket.setNoDelay(true)
    reads = host.connectLent(socket)
  }
}
