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
import type { PolicyDefinition } from './contract/policy.ts'
import type { CodeRef, Snapshot } from './contract/snapshot.ts'
import type { SlotTable, TargetTable } from './contract/threads.ts'
import { Door, type DoorPlane } from './door.ts'
import { errorEntry } from './errors.ts'
import { begin } from './exchange/begin.ts'
import { explainExchange } from './exchange/explain.ts'
import type { Engine } from './exchange/engine.ts'
import { createHandler } from './exchange/handler.ts'
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
import { codeOf, type LoadedCode } from './plan/code.ts'
import { type CompiledPlan, compilePlan } from './plan/compile.ts'
import type { HostPorts } from './plan/policy-host.ts'
import { Retirement } from './plan/retirement.ts'
import { policyDefinitions } from './policies/definitions.ts'
import { definitionOf } from './policies/use/use.ts'
import { ServiceRegistry } from './services/registry.ts'
import { innerResponse, parseInner } from './inner-request.ts'
import { createMemoryCounters, createMemoryRecords } from './store/memory.ts'

/** ms between two looks at the timers; their precision. */
const tick = 50
/** ms a kept connection must have been silent before a drain closes it. */
const drainQuiet = 1000
/** ms of building a plan between two looks at sockets. */
const slice = 2
const backlog = 4096
/** ms in which tunnels that are told of the end may answer. */
const farewell = 500

/** The data path of one thread. */
class Plane implements DataPlane, DoorPlane {
  readonly ports: DataPlanePorts
  readonly wheel: TimerWheel
  readonly engine: Engine
  coarse: number = performance.now()
  dateLine: string = ''
  /** Wall clock minus monotonic clock, ms. */
  wallOffset: number = 0
  isDraining = false
  /** What `limits.connections: auto` gives this worker. */
  connectionShare: number = automaticConnections()
  incomingTrace: Snapshot['settings']['incomingTrace'] = 'trusted'
  private readonly registry: ServiceRegistry
  private readonly retirement = new Retirement()
  private readonly hostPorts: HostPorts
  private readonly doors = new Map<string, Door>()
  /** Doors of listeners that a reload took away, for as long as something runs there. */
  private readonly leaving = new Set<Door>()
  private readonly clock: NodeJS.Timeout
  private sample = 0
  private addresses: TargetTable['addresses'] = {}
  private dateSecond = 0
  private plan: CompiledPlan | undefined
  private prepared: CompiledPlan | undefined
  private waitingForEnd: (() => void) | undefined

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
    this.hostPorts = {
      source: { node: ports.node, version: ports.version, time: () => Date.now(), now },
      telemetry,
      counters: createMemoryCounters(now),
      records: createMemoryRecords(now),
      random: Math.random,
    }
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

  async prepare(snapshot: Snapshot, slots: SlotTable, targets: TargetTable): Promise<void> {
    const code = await this.loadCode(snapshot)
    this.setTargets({ addresses: { ...this.addresses, ...targets.addresses } })
    const steps = compilePlan({
      snapshot,
      slots,
      services: this.registry.build(snapshot, slots),
      code,
      ports: this.hostPorts,
      portOf: (listener) => this.portOf(listener),
      previous: this.plan,
    })
    for (;;) {
      const until = performance.now() + slice
      for (;;) {
        const step = steps.next()
        if (step.done === true) {
          this.prepared = step.value
          return
        }
        if (performance.now() > until) break
      }
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }

  private portOf(listener: string): number | undefined {
    const address = this.doors.get(listener)?.server?.address()
    return typeof address === 'object' && address !== null ? address.port : undefined
  }

  private async loadCode(snapshot: Snapshot): Promise<LoadedCode> {
    const wanted = codeOf(snapshot)
    const definitions = new Map<string, PolicyDefinition<never>>()
    for (const name of wanted.policies) {
      const load = policyDefinitions[name]
      if (load === undefined) throw new Error(`there is no policy ${name}`)
      definitions.set(name, await load())
    }
    const own = new Map<string, PolicyDefinition<never>>()
    for (const [key, ref] of wanted.own)
      own.set(key, definitionOf(await this.importCode(ref, snapshot.generation), ref))
    const handlers = new Map<string, ReturnType<typeof createHandler>>()
    for (const [key, ref] of wanted.handlers) {
      const handler = await this.importCode(ref, snapshot.generation)
      handlers.set(
        key,
        createHandler(handler, ref, this.engine, () => this.plan?.services),
      )
    }
    return { definitions, own, handlers }
  }
  private async importCode(ref: CodeRef, generation: number): Promise<unknown> {
    if (this.ports.importCode === undefined) throw new Error('this gateway loads no code')
    return this.ports.importCode(ref, generation)
  }

  commit(): void {
    const next = this.prepared
    if (next === undefined) return
    const before = this.plan
    this.prepared = undefined
    this.plan = next
    this.incomingTrace = next.snapshot.settings.incomingTrace
    this.engine.hints = next.snapshot.settings.admin?.debug ?? false
    this.sample = next.snapshot.settings.sample
    const { workers } = next.snapshot.settings
    this.connectionShare = Math.ceil(automaticConnections() / (workers === 'auto' ? availableParallelism() : workers))
    for (const [name, door] of this.doors) {
      const plan = next.listeners.get(name)
      if (plan !== undefined) door.use(plan)
      else {
        door.leave()
        this.doors.delete(name)
        if (door.connections.size > 0) this.leaving.add(door)
      }
    }
    for (const [name, plan] of next.listeners) if (!this.doors.has(name)) this.doors.set(name, new Door(this, plan))
    this.registry.keepOnly(next.services.values() as Iterable<never>)
    this.retirement.hold(next)
    if (before !== undefined) this.retirement.retire(before)
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
      const stream = new InnerStream((answer) => {
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
    if (this.plan === undefined) throw new Error('there is no plan')
    return this.plan
  }

  async drain(timeout: number): Promise<{ finished: number; cut: number }> {
    this.isDraining = true
    const { connections: before } = this.stats()
    if (before > 0) {
      const quietFor = Math.min(drainQuiet, timeout / 2)
      await new Promise<void>((resolve) => {
        // Whoever is about to send on a kept connection gets an answer that closes it; who is silent is closed later.
        const sweep = setInterval(() => this.closeQuiet(quietFor), 100)
        const done = (): void => {
          clearInterval(sweep)
          clearTimeout(limit)
          resolve()
        }
        const limit = setTimeout(done, timeout)
        this.waitingForEnd = done
      })
    }
    const left = this.stats().connections
    for (const door of this.everyDoor()) for (const connection of door.connections) connection.cut()
    if (this.stats().connections > 0) {
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, farewell)
        this.waitingForEnd = () => {
          clearTimeout(limit)
          resolve()
        }
      })
    }
    return { finished: before - left, cut: left }
  }
  private closeQuiet(quietFor: number): void {
    for (const door of this.everyDoor())
      for (const connection of door.connections) connection.closeIfQuiet(this.coarse - quietFor)
  }
  private everyDoor(): Door[] {
    return [...this.doors.values(), ...this.leaving]
  }
  connectionClosed(): void {
    for (const door of this.leaving) if (door.connections.size === 0) this.leaving.delete(door)
    if (this.waitingForEnd !== undefined && this.stats().connections === 0) this.waitingForEnd()
  }

  close(): void {
    clearInterval(this.clock)
    for (const door of this.everyDoor()) {
      door.server?.close()
      for (const connection of door.connections) connection.wire.destroy()
    }
    this.registry.close()
  }

  stats(): { readonly connections: number; readonly inFlight: number } {
    let connections = 0
    let inFlight = 0
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
