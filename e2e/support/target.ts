import net from 'node:net'
import { announcedBody, MessageReader, valuesOf, Violation } from './message-reader.ts'
import type { BodyKind, FieldPair } from './message-reader.ts'
import { eventually, toBuffer } from './raw-connection.ts'
import type { Bytes, Standing } from './raw-connection.ts'

/** One request as a target got it. */
export class TargetRequest {
  readonly method: string
  /** Request target, byte for byte. */
  readonly target: string
  readonly fields: readonly FieldPair[]
  readonly framing: BodyKind
  readonly connection: TargetConnection
  trailers: readonly FieldPair[] = []
  complete = false
  /** Bytes of body so far; the first MiB (or `keep`) is kept in `body`. */
  length = 0
  readonly kept: Buffer[] = []

  constructor(line: string, fields: readonly FieldPair[], framing: BodyKind, connection: TargetConnection) {
    const [method, target] = line.split(' ')
    this.method = method as string
    this.target = target as string
    this.fields = fields
    this.framing = framing
    this.connection = connection
  }

  header(name: string): string | undefined {
    const values = valuesOf(this.fields, name)
    return values.length === 0 ? undefined : values.join(', ')
  }
  get body(): Buffer {
    return Buffer.concat(this.kept)
  }
}

/** One connection to a target, with everything that came on it. */
export class TargetConnection {
  readonly requests: TargetRequest[] = []
  readonly socket: net.Socket
  /** Bytes that came. */
  received = 0
  standing: Standing = 'open'
  violation: string | undefined

  constructor(socket: net.Socket) {
    this.socket = socket
  }
  write(bytes: Bytes): boolean {
    return this.socket.writable && this.socket.write(toBuffer(bytes))
  }
  end(bytes: Bytes = ''): void {
    this.socket.end(toBuffer(bytes))
  }
  /** Cuts with RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** Does something about a request: writes bytes, waits, cuts. */
export type Answer = (request: TargetRequest) => void

/** Answers with a head, a Content-Length and a body. */
export const answerWith =
  (status: number, fields: readonly FieldPair[] = [], body: Bytes = 'ok'): Answer =>
  (request) => {
    const bytes = toBuffer(body)
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    const length = status === 204 || status === 304 ? '' : `Content-Length: ${bytes.length}\r\n`
    const head = Buffer.from(`HTTP/1.1 ${status} Said\r\n${lines}${length}\r\n`, 'latin1')
    request.connection.write(request.method === 'HEAD' || length === '' ? head : Buffer.concat([head, bytes]))
  }
/** Answers with exactly these bytes, however wrong, and leaves the connection open. */
export const answerBytes =
  (bytes: Bytes): Answer =>
  (request) => {
    request.connection.write(bytes)
  }

/**
 * A strict target: records every connection, byte and request, notices everything that is not a clean HTTP/1.1
 * request, and answers as told.
 */
export class RecordingTarget {
  connections: TargetConnection[] = []
  requests: TargetRequest[] = []
  violations: string[] = []
  /** Called with each whole request. */
  answer: Answer = answerWith(200)
  /** Bytes of each body that are kept. */
  keep: number = 1 << 20
  /** End our side when the peer ends its own. */
  autoEnd = true
  /** Called with each head, before its body. */
  onHead: Answer | undefined
  private readonly server: net.Server
  private readonly sockets = new Set<net.Socket>()

  private constructor() {
    this.server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket))
  }
  /** Listens on a free port (or the one given) of 127.0.0.1, or on a unix socket. */
  static async start(place: number | string = 0): Promise<RecordingTarget> {
    const target = new RecordingTarget()
    await new Promise<void>((resolve, reject) => {
      target.server.once('error', reject)
      if (typeof place === 'string') target.server.listen(place, resolve)
      else target.server.listen(place, '127.0.0.1', resolve)
    })
    return target
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }
  /** Bytes that came since `clear`. */
  get received(): number {
    return this.connections.reduce((sum, connection) => sum + connection.received, 0)
  }
  get open(): number {
    return this.sockets.size
  }
  /** The one request since `clear`; throws when there is another number of them. */
  get only(): TargetRequest {
    if (this.requests.length !== 1) throw new Error(`the target got ${this.requests.length} requests instead of 1`)
    return this.requests[0] as TargetRequest
  }

  /** Forgets what was recorded; connections stay open and are recorded anew from here. */
  clear(): void {
    for (const connection of this.connections) {
      connection.received = 0
      connection.requests.length = 0
    }
    this.connections = this.connections.filter((connection) => connection.standing === 'open')
    this.requests = []
    this.violations = []
  }
  /** Back to plain answers, with nothing recorded. */
  calm(): void {
    this.answer = answerWith(200)
    this.onHead = undefined
    this.autoEnd = true
    this.clear()
  }
  /** Waits until `condition` holds for what was recorded. */
  until(condition: (target: RecordingTarget) => boolean, what = 'the target sees it', timeout = 5000): Promise<void> {
    return eventually(() => condition(this), what, timeout)
  }
  /** Closes all connections; the port stays bound. */
  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy()
  }
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    this.dropConnections()
    await closed
  }

  private accept(socket: net.Socket): void {
    const connection = new TargetConnection(socket)
    this.connections.push(connection)
    this.sockets.add(socket)
    let current: TargetRequest | undefined
    const reader = new MessageReader({
      head: (line, fields) => {
        const framing = requestFraming(line, fields)
        current = new TargetRequest(line, fields, framing, connection)
        connection.requests.push(current)
        this.requests.push(current)
        this.onHead?.(current)
        if (framing === 'tunnel') {
          current.complete = true
          this.answer(current)
        }
        return framing
      },
      body: (chunk) => {
        if (current === undefined) return
        if (current.length < this.keep) current.kept.push(Buffer.from(chunk))
        current.length += chunk.length
      },
      end: (trailers) => {
        if (current === undefined || current.framing === 'tunnel') return
        current.trailers = trailers
        current.complete = true
        this.answer(current)
      },
      violation: (what) => {
        // An attempt that was cut is no violation: it was never completed.
        if (what === 'ended in the middle of a message') return
        connection.violation = what
        this.violations.push(what)
        // As a strict server does; the gateway must not wait for an answer.
        socket.destroy()
      },
    })
    socket.on('data', (chunk: Buffer) => {
      connection.received += chunk.length
      reader.push(chunk)
    })
    const ended = (how: Standing): void => {
      if (connection.standing !== 'open') return
      connection.standing = how
      reader.finish()
    }
    socket.on('end', () => {
      ended('end')
      if (this.autoEnd) socket.end()
    })
    socket.on('error', () => ended('reset'))
    socket.on('close', () => {
      ended('end')
      this.sockets.delete(socket)
    })
  }
}

/** Framing of a clean request; throws a Violation for any other. */
const requestFraming = (line: string, fields: readonly FieldPair[]): BodyKind => {
  if (
    !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ \/[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7c\x7e]* HTTP\/1\.1$/.test(line) ||
    line.includes('#')
  )
    throw new Violation(`request line ${JSON.stringify(line)}`)
  const hosts = valuesOf(fields, 'host')
  if (hosts.length !== 1 || !/^[A-Za-z0-9.\-_[\]:]+$/.test(hosts[0] as string))
    throw new Violation(`Host ${JSON.stringify(hosts)}`)
  const upgrade = valuesOf(fields, 'upgrade').length > 0
  const announced = announcedBody(fields)
  if (upgrade) {
    if (announced !== undefined && announced !== 0) throw new Violation('upgrade with a body')
    return 'tunnel'
  }
  return announced ?? 'none'
}
