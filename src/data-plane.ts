import { performance } from 'node:perf_hooks'
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { BoundSocket, createServer, type Server } from 'node:net'
import type {
  DataPlane,
  DataPlanePorts,
  ExplainRequest,
  ExplainResult,
  InnerRequest,
  InnerResponse,
} from './contract/data-plane.ts'
import type { Snapshot } from './contract/snapshot.ts'
import type { SlotTable, TargetTable } from './contract/threads.ts'
import { Door, type DoorPlane } from './door.ts'
import { Ending } from './ending.ts'
import { errorEntry } from './errors.ts'
import { begin } from './exchange/begin.ts'
import { explainExchange } from './exchange/explain.ts'
import type { Engine } from './exchange/engine.ts'
import { InnerStream } from './exchange/inner-stream.ts'
import { problemBody } from './exchange/problem.ts'
import { createRequestIds, createTraceIds } from './exchange/request-ids.ts'
import { dialHttp1 } from './http1/dial.ts'
import { turn } from './http1/turn.ts'
import { normalizeAddress } from './lib/address.ts'
import { flat } from './lib/flat.ts'
import { TimerWheel } from './lib/timer-wheel.ts'
import { acceptOn } from './listener/acceptor.ts'
import { automaticConnections } from './listener/automatic-connections.ts'
import type { CompiledPlan } from './plan/compile.ts'
import { Reload } from './reload.ts'
import { ServiceRegistry } from './services/registry.ts'
import { innerResponse, parseInner } from './inner-request.ts'
import { createMemoryCounters, createMemoryRecords } from './store/memory.ts'

/** ms between two looks at the timers; their precision. */
const tick = 50
const backlog = 4096

/** The data path of one thread. */
class Plane implements DataPlane, DoorPlane {
  readonly ports: DataPlanePorts
  readonly wheel: TimerWheel
  readonly engine: Engine
  coarse: number = performance.now()
  dateLine: string = ''
  /** Wall clock minus monotonic clock, ms. */
  wallOffset: number = 0
  /** What `limits.connections: auto` gives this worker. */
  connectionShare: number = automaticConnections()
  incomingTrace: Snapshot['settings']['incomingTrace'] = 'trusted'
  private readonly registry: ServiceRegistry
  private readonly reload: Reload
  private readonly ending: Ending
  private readonly doors = new Map<string, Door>()
  /** Doors of listeners that a reload took away, for as long as something runs there. */
  private readonly leaving = new Set<Door>()
  /** Requests of `inject` that have no answer yet. */
  private readonly inner = new Set<InnerStream>()
  private readonly clock: NodeJS.Timeout
  private sample = 0
  private addresses: TargetTable['addresses'] = {}
  private dateSecond = 0

  constructor(ports: DataPlanePorts) {
    this.ports = ports
    this.wheel = new TimerWheel(tick, this.coarse)
    this.beat()
    this.clock = setInterval(() => {
      this.beat()
      this.wheel.advance(this.coarse)
    }, tick)
    this.clock.unref()
    const { telemetry } = ports
    let read = 0
    let readIn = 0
    // One reading of the clock serves a whole callback: what runs in it is not measured apart.
    const now = (): number => {
      if (!turn.open) return performance.now()
      if (turn.id !== readIn) {
        readIn = turn.id
        read = performance.now()
      }
      return read
    }
    this.engine = {
      telemetry,
      wheel: this.wheel,
      now,
      coarseNow: () => this.coarse,
      time: () => this.wallOffset + now(),
      via: `gwanmun-${ports.start}`,
      nextRequestId: createRequestIds(),
      nextTrace: createTraceIds(),
      overloaded: () => this.isOverloaded(),
      stamp: ports.stamp,
      pages: ports.pages ?? false,
    }
    this.registry = new ServiceRegistry({
      dial: dialHttp1,
      wheel: this.wheel,
      telemetry,
      now: () => this.coarse,
      addressesOf: (host) => this.addresses[host] ?? (normalizeAddress(host) === undefined ? [] : [host]),
    })
    this.reload = new Reload({
      ports,
      engine: this.engine,
      registry: this.registry,
      portOf: (listener) => this.portOf(listener),
      hostPorts: {
        source: { node: ports.node, version: ports.version, time: () => Date.now(), now },
        telemetry,
        counters: createMemoryCounters(now),
        records: createMemoryRecords(now),
        random: Math.random,
      },
    })
    this.ending = new Ending({
      everyDoor: () => this.everyDoor(),
      inner: this.inner,
      now: () => this.coarse,
    })
  }

  private beat(): void {
    this.coarse = performance.now()
    // Follows the system's clock when it is set; the monotonic one never jumps (row 11.10).
    this.wallOffset = Date.now() - this.coarse
    const second = Math.floor(Date.now() / 1000)
    if (second === this.dateSecond) return
    this.dateSecond = second
    this.dateLine = flat(`\r\nDate: ${new Date(second * 1000).toUTCString()}`)
  }
  private isOverloaded(): boolean {
    const { vitals } = this.ports
    if (vitals === undefined || (vitals.lag < 300 && vitals.heap < 0.95)) return false
    this.ports.telemetry.add('shed_total', 1)
    return true
  }
  /** Whether the next trace is recorded, when no client decides. */
  sampled(): boolean {
    return this.sample > 0 && Math.random() < this.sample
  }

  async prepare(snapshot: Snapshot, slots: SlotTable, targets: TargetTable, load = 0): Promise<void> {
    this.setTargets({ addresses: { ...this.addresses, ...targets.addresses } })
    await this.reload.prepare(snapshot, slots, load)
  }
  discard(load: number): void {
    this.reload.discard(load)
  }
  commit(load = 0): void {
    this.reload.commit(load, (plan) => this.install(plan))
  }

  private install(next: CompiledPlan): void {
    const { settings } = next.snapshot
    this.incomingTrace = settings.incomingTrace
    this.engine.hints = settings.admin?.debug ?? false
    this.sample = settings.sample
    const { workers } = settings
    this.connectionShare = Math.ceil(automaticConnections() / (workers === 'auto' ? availableParallelism() : workers))
    for (const [name, door] of this.doors) {
      const plan = next.listeners.get(name)
      if (plan !== undefined) door.use(plan)
      else {
        this.doors.delete(name)
        if (door.connections.size > 0) this.leaving.add(door)
        door.leave()
      }
    }
    for (const [name, plan] of next.listeners) if (!this.doors.has(name)) this.doors.set(name, new Door(this, plan))
  }

  private portOf(listener: string): number | undefined {
    const address = this.doors.get(listener)?.server?.address()
    return typeof address === 'object' && address !== null ? address.port : undefined
  }

  async attach(listener: string, socket: BoundSocket | Server): Promise<void> {
    const door = this.doors.get(listener)
    if (door === undefined) throw new Error(`there is no listener ${listener}`)
    let server: Server
    if (socket instanceof BoundSocket) {
      server = createServer({ allowHalfOpen: true })
      await new Promise<void>((resolve, reject) => {
        server.once('listening', resolve)
        server.once('error', reject)
        // The types do not know bound sockets yet.
        server.listen(socket as never, backlog as never)
      })
      server.removeAllListeners('error')
    } else server = socket
    door.server = server
    acceptOn(server, door)
  }

  detach(listener: string): Server | undefined {
    const door = this.doors.get(listener)
    const server = door?.server
    if (door !== undefined) door.server = undefined
    return server
  }

  setTargets(targets: TargetTable): void {
    this.addresses = targets.addresses
  }

  async explain(request: ExplainRequest): Promise<ExplainResult> {
    const inner = parseInner(
      this.running(),
      request.method,
      request,
      request.body === undefined || request.body === '' ? undefined : Buffer.byteLength(request.body),
    )
    const { settings } = this.running().snapshot
    if (!('refusal' in inner)) return explainExchange(this.engine, inner.listener, inner.client, inner.head, settings)
    const { code, detail } = inner.refusal
    return {
      route: undefined,
      status: errorEntry(code).status,
      code,
      listener: inner.listener.name,
      steps: [],
      source: 'gateway',
      detail,
    }
  }

  inject(request: InnerRequest): Promise<InnerResponse> {
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
    const inner = parseInner(this.running(), request.method, { headers: [], ...request }, body?.length)
    if ('refusal' in inner) {
      const { code, detail } = inner.refusal
      const id = this.engine.nextRequestId()
      const { status } = errorEntry(code)
      return Promise.resolve(
        innerResponse(
          status,
          ['content-type', 'application/problem+json', 'x-request-id', id],
          Buffer.from(problemBody(code, status, detail, '', id, this.engine.hints)),
        ),
      )
    }
    return new Promise((resolve, reject) => {
      const stream: InnerStream = new InnerStream((answer) => {
        this.inner.delete(stream)
        this.ending.changed()
        if (answer.aborted) reject(new Error('the answer was cut'))
        else
          resolve(
            innerResponse(
              answer.status,
              answer.fields.toPairs(),
              inner.head.method === 'HEAD' ? new Uint8Array(0) : answer.body,
            ),
          )
      })
      this.inner.add(stream)
      const exchange = begin(
        this.engine,
        inner.listener,
        inner.client,
        stream,
        inner.head,
        this.incomingTrace,
        this.sampled(),
      )
      stream.sink = exchange
      if (body !== undefined && body.length > 0) exchange.onBody(body)
      exchange.onEnd()
    })
  }

  private running(): CompiledPlan {
    if (this.reload.plan === undefined) throw new Error('there is no plan')
    return this.reload.plan
  }

  get isDraining(): boolean {
    return this.ending.hasBegun
  }
  drain(timeout: number): Promise<{ finished: number; cut: number }> {
    return this.ending.drain(timeout)
  }
  private everyDoor(): Door[] {
    return [...this.doors.values(), ...this.leaving]
  }
  connectionClosed(): void {
    for (const door of this.leaving) if (door.connections.size === 0) this.leaving.delete(door)
    this.ending.changed()
  }

  close(): void {
    clearInterval(this.clock)
    this.ending.close()
    for (const rest of this.engine.rests ?? []) rest.cut()
    this.registry.close()
    this.reload.close()
  }

  stats(): { readonly connections: number; readonly inFlight: number } {
    let connections = 0
    let inFlight = this.inner.size
    for (const door of this.everyDoor()) {
      connections += door.connections.size
      for (const connection of door.connections) if (!connection.isIdle) inFlight++
    }
    return { connections, inFlight }
  }
}

export { slotsOf } from './plan/slots.ts'

/** Makes the data path of a thread; it does nothing until it is given a snapshot and sockets. */
export const createDataPlane = (ports: DataPlanePorts): DataPlane => new Plane(ports)
/** Random text that tells one start of the gateway from another. */
export const startToken = (): string => randomBytes(4).toString('hex')
