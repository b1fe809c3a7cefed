import type { Server, Socket } from 'node:net'
import type { DataPlanePorts } from './contract/data-plane.ts'
import type { ClientFacts } from './contract/exchange.ts'
import type { ListenerPlan } from './contract/plan.ts'
import { errorEntry } from './errors.ts'
import { begin } from './exchange/begin.ts'
import type { Engine } from './exchange/engine.ts'
import { problemBody } from './exchange/problem.ts'
import { turnedAway } from './http1/answer-writer.ts'
import { areDirect, DirectWire } from './http1/direct-wire.ts'
import { statusLine } from './http1/head-writer.ts'
import type { HeadRefusal } from './http1/head-refusals.ts'
import type { RequestHead } from './http1/request-head.ts'
import { ServerConnection } from './http1/server-connection.ts'
import type { ServerHost } from './http1/server-host.ts'
import { StreamWire } from './http1/stream-wire.ts'
import { sharedBuffer, type Wire } from './http1/wire.ts'
import { normalizeAddress } from './lib/address.ts'
import type { TimerWheel } from './lib/timer-wheel.ts'
import type { AcceptorHost, LentReads } from './listener/acceptor.ts'
import { AddressCounts } from './listener/address-counts.ts'
import { clientFacts, peerFacts } from './listener/client-facts.ts'

/** What a door asks of the thread's data path. */
export interface DoorPlane {
  readonly ports: DataPlanePorts
  readonly wheel: TimerWheel
  readonly engine: Engine
  /** Monotonic ms, at most one tick old. */
  readonly coarse: number
  /** Line break and `Date` line. */
  readonly dateLine: string
  readonly isDraining: boolean
  /** Connections that `limits.connections: auto` gives this worker. */
  readonly connectionShare: number
  readonly incomingTrace: 'continue' | 'restart' | 'trusted'
  /** Whether the next trace is recorded, when no client decides. */
  sampled(): boolean
  connectionClosed(): void
}

const addressOf = ({ facts }: ServerConnection): string => (facts as ClientFacts).address

/** One listener of this thread: its server, its connections and the plan they use. */
export class Door implements ServerHost<ServerConnection>, AcceptorHost {
  readonly firstBuffer: Buffer | undefined = areDirect ? sharedBuffer : undefined
  readonly connections: Set<ServerConnection> = new Set()
  readonly wheel: TimerWheel
  plan: ListenerPlan
  limits: ListenerPlan['limits']
  timeouts: ListenerPlan['timeouts']
  server: Server | undefined
  /** A reload took the listener away: its connections end with the answer at hand, also those amid a head. */
  private leaving = false
  /** It has left, and a connection amid a head may still begin a request on its plan. */
  private holdsPlan = false
  private readonly plane: DoorPlane
  /** Of all connections, for as long as their number is limited. */
  private perAddress: AddressCounts | undefined

  constructor(plane: DoorPlane, plan: ListenerPlan) {
    this.plane = plane
    this.wheel = plane.wheel
    this.plan = plan
    this.limits = plan.limits
    this.timeouts = plan.timeouts
    this.perAddress = plan.limits.connectionsPerIp > 0 ? new AddressCounts() : undefined
  }

  use(plan: ListenerPlan): void {
    this.plan = plan
    this.limits = plan.limits
    this.timeouts = plan.timeouts
    if (plan.limits.connectionsPerIp === 0) this.perAddress = undefined
    else if (this.perAddress === undefined) {
      this.perAddress = new AddressCounts()
      for (const connection of this.connections) this.perAddress.add(addressOf(connection))
    }
  }
  /** The listener is no more: stops accepting and keeps no connection. */
  leave(): void {
    this.leaving = true
    this.server?.close()
    this.server = undefined
    this.holdsPlan = this.connections.size > 0
    if (this.holdsPlan) this.plan.load.inFlight++
    for (const connection of this.connections) connection.closeIfIdle()
  }
  now(): number {
    return this.plane.coarse
  }
  date(): string {
    return this.plane.dateLine
  }
  draining(): boolean {
    return this.leaving || this.plane.isDraining
  }

  admits(): boolean {
    const { connections } = this.limits
    return this.connections.size < (connections === 0 ? this.plane.connectionShare : connections)
  }
  turnAway(socket: Socket): void {
    this.plane.ports.telemetry.add('connections_refused_total', 1)
    socket.on('error', () => undefined)
    socket.end(turnedAway, () => socket.destroy())
  }
  failed(error: Error): void {
    this.plane.ports.telemetry.log('warn', 'listener', { listener: this.plan.name, error: error.message })
  }
  connect(socket: Socket): void {
    this.welcome(new StreamWire(socket))
  }
  connectLent(socket: Socket): LentReads {
    const wire = new DirectWire(socket)
    this.welcome(wire)
    return wire
  }
  private welcome(wire: Wire): void {
    const connection = new ServerConnection(wire, this)
    const { telemetry } = this.plane.ports
    this.connections.add(connection)
    telemetry.add('connections_total', 1)
    telemetry.gauge('connections', 1)
    connection.facts = peerFacts(connection.peer, connection.peerPort, this.plan.scheme)
    if (this.perAddress === undefined || this.perAddress.add(addressOf(connection)) <= this.limits.connectionsPerIp)
      return
    telemetry.add('connections_refused_total', 1)
    connection.dismiss(turnedAway)
  }
  closed(connection: ServerConnection): void {
    if (!this.connections.delete(connection)) return
    this.plane.ports.telemetry.gauge('connections', -1)
    this.perAddress?.remove(addressOf(connection))
    if (this.holdsPlan && this.connections.size === 0) this.letGo()
    this.plane.connectionClosed()
  }

  private letGo(): void {
    this.holdsPlan = false
    const { load } = this.plan
    if (--load.inFlight === 0) load.idle?.()
  }

  begin(connection: ServerConnection, head: RequestHead): ReturnType<typeof begin> {
    const { plan, plane } = this
    const peer = connection.facts as ClientFacts
    const trusted = plan.trusted
    const client = trusted.hops > 0 || trusted.isTrusted(peer.address) ? clientFacts(peer, head.fields, trusted) : peer
    return begin(plane.engine, plan, client, connection, head, plane.incomingTrace, plane.sampled())
  }

  refused(connection: ServerConnection, refusal: HeadRefusal): string {
    const { plane, plan } = this
    const { status } = errorEntry(refusal.code)
    const id = plane.engine.nextRequestId()
    const body = problemBody(refusal.code, status, refusal.detail, '', id, plane.engine.hints)
    plane.ports.telemetry.refused(
      plan.slot,
      plan.name,
      status,
      refusal.code,
      normalizeAddress(connection.peer) ?? connection.peer,
      refusal.detail,
      id,
    )
    const extra =
      status === 426
        ? 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
        : status === 405
          ? 'Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n'
          : ''
    return `${statusLine(status)}${plane.dateLine}\r\n${extra}Content-Type: application/problem+json\r\nContent-Length: ${body.length}\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n${body}`
  }
}
