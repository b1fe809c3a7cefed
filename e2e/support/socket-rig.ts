import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocket, WebSocketServer, type ClientOptions, type ServerOptions } from 'ws'
import { createGateway, type Gateway } from '../../src/gateway.ts'
import type { Config } from './gateway.ts'
import { eventually } from './raw-connection.ts'

/** Both ends of one tunnel, with what the service read of the handshake. */
export interface Pair {
  readonly client: WebSocket
  readonly service: WebSocket
  readonly request: IncomingMessage
}
/** How a socket was closed: code and reason as its `close` event told them. */
export interface Closed {
  readonly code: number
  readonly reason: string
}

/** A WebSocket service of the ws package behind a gateway, and clients of the same package before it. */
export class SocketRig {
  readonly gateway: Gateway
  /** Lines of the access log. */
  readonly lines: Readonly<Record<string, unknown>>[]
  private readonly http: Server
  private readonly sockets: WebSocketServer
  private readonly clients = new Set<WebSocket>()
  private readonly waiting = new Map<string, (service: WebSocket, request: IncomingMessage) => void>()
  private opened = 0

  private constructor(
    gateway: Gateway,
    http: Server,
    sockets: WebSocketServer,
    lines: Readonly<Record<string, unknown>>[],
  ) {
    this.gateway = gateway
    this.http = http
    this.sockets = sockets
    this.lines = lines
    sockets.on('connection', (service, request) => {
      service.on('error', () => undefined)
      this.waiting.get(String(request.headers['x-pair']))?.(service, request)
    })
  }

  /** `routes` take the service by the name `live`. */
  static async start(routes: Config, options: ServerOptions = {}): Promise<SocketRig> {
    const http = createServer()
    const sockets = new WebSocketServer({ ...options, server: http })
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const lines: Readonly<Record<string, unknown>>[] = []
    const gateway = await createGateway({
      config: SocketRig.config(routes, (http.address() as AddressInfo).port),
      onLog: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    })
    await gateway.listen()
    return new SocketRig(gateway, http, sockets, lines)
  }
  private static config(routes: Config, port: number, listener = 'main'): object {
    return {
      listeners: { [listener]: { host: '127.0.0.1', port: 0 } },
      services: { live: { targets: [`http://127.0.0.1:${port}`], healthCheck: { passive: 'none' } } },
      routes,
      admin: 'none',
    }
  }

  /** Takes other routes, and a listener of another name in the place of the one there was. */
  reload(routes: Config, listener?: string): Promise<void> {
    return this.gateway.reload(SocketRig.config(routes, (this.http.address() as AddressInfo).port, listener))
  }
  get port(): number {
    return this.gateway.address().port
  }
  /** Connections the service holds. */
  get held(): number {
    return this.sockets.clients.size
  }

  /** Opens a tunnel. */
  async open(path = '/', protocols: readonly string[] = [], options: ClientOptions = {}): Promise<Pair> {
    const number = String(++this.opened)
    const accepted = this.accepted(number)
    const client = this.dial(path, protocols, { ...options, headers: { ...options.headers, 'x-pair': number } })
    await once(client, 'open')
    return { client, ...(await accepted) }
  }
  /** The service's end of the tunnel whose handshake says `x-pair: number`. Ask before it is opened. */
  accepted(number: string): Promise<{ readonly service: WebSocket; readonly request: IncomingMessage }> {
    return new Promise((resolve) => {
      this.waiting.set(number, (service, request) => resolve({ service, request }))
    })
  }
  private dial(path: string, protocols: readonly string[], options: ClientOptions): WebSocket {
    const client = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, [...protocols], options)
    client.on('error', () => undefined)
    this.clients.add(client)
    return client
  }
  /** Tries to open one, and tells the status of the answer. */
  async refused(path: string, options: ClientOptions = {}): Promise<number> {
    const client = this.dial(path, [], options)
    const [, response] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage]
    response.resume()
    return response.statusCode ?? 0
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.terminate()
    for (const service of this.sockets.clients) service.terminate()
    await this.gateway.close(0)
    this.http.closeAllConnections()
    await new Promise((resolve) => this.http.close(resolve))
  }
}

/** Resolves when the socket has closed. Ask before it can happen. */
export const closeOf = async (socket: WebSocket): Promise<Closed> => {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
  return { code, reason: reason.toString() }
}
/** The socket under a WebSocket, for cuts and pauses that no WebSocket would make. */
export const rawOf = (socket: WebSocket): Socket => {
  // oxlint-disable-next-line no-underscore-dangle -- the package has no public way to it
  const { _socket: raw } = socket as unknown as { readonly _socket: Socket }
  return raw
}

/** Sends a message and waits for the next one. */
export const roundTrip = async (socket: WebSocket, message: string | Buffer): Promise<Buffer> => {
  const next = once(socket, 'message')
  socket.send(message)
  const [data] = (await next) as [Buffer]
  return data
}
/** Sends back what comes, text as text. */
export const echo = (socket: WebSocket): void => {
  socket.on('message', (data: Buffer, isBinary) => socket.send(data, { binary: isBinary }))
}
/** Waits until the service holds no connection. */
export const released = (rig: SocketRig): Promise<void> => eventually(() => rig.held === 0, 'the service is let go')
