import { Socket, type Server } from 'node:net'

/** What an accepted socket is given to: the codec's end of a connection. */
export interface Accepted {
  /** Callback of `onread`; false stops reading. */
  enter(length: number): boolean
  nextBuffer(): Buffer | undefined
}

/** What an acceptor needs from the gateway. */
export interface AcceptorHost {
  /** Read buffer until the connection says otherwise. */
  readonly firstBuffer: Buffer
  /** False turns the connection away. */
  admits(): boolean
  /** Makes the connection; `direct`: bytes come through `enter`. */
  connect(socket: Socket, direct: boolean): Accepted
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
 * callback does. Where that handle is not found the public event is used.
 */
export const acceptOn = (server: Server, host: AcceptorHost): void => {
  server.on('error', (error) => host.failed(error))
  const handle = (server as HandleServer)._handle
  if (handle === null || typeof handle.onconnection !== 'function') {
    server.on('connection', (socket) => {
      if (host.admits()) host.connect(socket, false)
      else host.turnAway(socket)
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
    let accepted: Accepted | undefined
    const socket = new Socket({
      handle: client,
      allowHalfOpen: true,
      onread: {
        buffer: () => (accepted === undefined ? host.firstBuffer : (accepted.nextBuffer() as Buffer)),
        callback: (length: number) => accepted === undefined || accepted.enter(length),
      },
    } as never)
    // Answers are one write each; waiting for an acknowledgement before sending a small one would only delay it.
    socket.setNoDelay(true)
    accepted = host.connect(socket, true)
  }
}
