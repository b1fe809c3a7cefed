import type { ClientFacts, Exchange } from '../contract/exchange.ts'
import type {
  Action,
  ListenerPlan,
  OpenOptions,
  RoutePlan,
  RouteSettings,
  ServicePlan,
  Target,
} from '../contract/plan.ts'
import type { Policy, Stage } from '../contract/policy.ts'
import type { ResponseSink, ServiceStream } from '../contract/streams.ts'
import type { EndFacts, Telemetry } from '../contract/telemetry.ts'
import { Fields } from '../lib/fields.ts'
import { TimerWheel } from '../lib/timer-wheel.ts'
import { arrange } from '../plan/steps.ts'
import { begin, type IncomingHead } from './begin.ts'
import type { Engine } from './engine.ts'
import { FakeClient } from './fake-client.fixture.ts'
import { FakeStream } from './fake-stream.fixture.ts'
import type { LiveExchange } from './live-exchange.ts'

/** Settings of a route without anything written (config.md §5.6). */
const builtInSettings: RouteSettings = {
  timeout: {
    total: 30_000,
    connect: 5_000,
    attempt: 0,
    idle: 60_000,
    streamIdle: 300_000,
    whole: 0,
    header: undefined,
  },
  websocket: undefined,
  encodedSlash: 'refuse',
  hostHeader: 'target',
  forwarded: 'none',
  attempts: 2,
  log: undefined,
  problem: undefined,
}

/** One policy of a rig, with the stage it stands in. */
export interface RigPolicy {
  readonly name: string
  readonly stage?: Stage
  readonly policy: Policy
}

const targetOf = (index: number): Target => ({
  url: `http://t${index}`,
  slot: index,
  scheme: 'http',
  host: `t${index}`,
  port: 80,
  authority: `t${index}`,
  prefix: '',
  weight: 1,
})

/** A service whose targets are played by the test. */
export class FakeService implements ServicePlan {
  readonly name = 'orders'
  readonly slot = 0
  readonly targets: readonly Target[]
  readonly streams: FakeStream[] = []
  readonly settled: string[] = []
  /** The same with the status that was told. */
  readonly outcomes: string[] = []
  readonly breaches: string[] = []
  /** Whether a stream has its connection at once. */
  ready = true
  out = false
  /** Called with each stream once it is given its head. */
  onOpen: ((stream: FakeStream) => void) | undefined
  private next = 0

  constructor(targets = 2) {
    this.targets = Array.from({ length: targets }, (_, index) => targetOf(index))
  }
  get inFlight(): number {
    return this.streams.length - this.settled.length
  }
  get last(): FakeStream {
    const stream = this.streams.at(-1)
    if (stream === undefined) throw new Error('nothing was asked')
    return stream
  }
  pick(_exchange: Exchange | undefined, not: Target | undefined): Target | undefined {
    if (this.out) return undefined
    const free = this.targets.filter((target) => target !== not)
    return (free.length === 0 ? this.targets : free)[this.next++ % Math.max(1, free.length)]
  }
  open(target: Target, sink: ResponseSink, options: OpenOptions): ServiceStream {
    const stream = new FakeStream(target, sink, options, this.ready, this.breaches)
    this.streams.push(stream)
    if (this.onOpen !== undefined) queueMicrotask(() => this.onOpen?.(stream))
    return stream
  }
  settle(_target: Target, outcome: string, status: number): void {
    this.settled.push(outcome)
    this.outcomes.push(`${outcome} ${status}`)
  }
}

/** What a rig is made of; everything has a default. */
export interface RigOptions {
  readonly guards?: readonly RigPolicy[]
  readonly unmatched?: readonly RigPolicy[]
  readonly route?: readonly RigPolicy[]
  readonly settings?: Partial<RouteSettings>
  readonly timeout?: Partial<RouteSettings['timeout']>
  readonly action?: Action
  readonly matches?: boolean
  readonly allow?: readonly string[]
  readonly targets?: number
}

/** What a request of a rig says. */
export interface RigRequest {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: readonly string[]
  readonly length?: number | 'stream' | 'none'
  readonly trusted?: boolean
  readonly expectContinue?: boolean
  readonly upgrade?: string
  readonly incomingTrace?: 'continue' | 'restart' | 'trusted'
}

const stepsOf = (
  policies: readonly RigPolicy[],
  chain: 'gateway' | 'route',
  first: number,
): ReturnType<typeof arrange> =>
  arrange(
    policies.map(({ name, stage = 'limit', policy }) => ({
      step: { name, stage, chain, origin: undefined, policy, dry: 'pure' as const, stamp: undefined },
      definition: { rank: 0 },
      isOwn: false,
    })),
    first,
  )

/** The engine with a clock that the test moves, a route to a service that the test plays, and everything counted. */
export class Rig {
  now = 1000
  readonly service: FakeService
  readonly listener: ListenerPlan
  readonly route: RoutePlan
  readonly engine: Engine
  readonly wheel: TimerWheel
  readonly ended: { readonly exchange: Exchange; readonly route: string; readonly facts: EndFacts }[] = []
  readonly counters: Map<string, number> = new Map()
  readonly logged: string[] = []
  private ids = 0

  constructor(options: RigOptions = {}) {
    this.service = new FakeService(options.targets)
    this.wheel = new TimerWheel(50, this.now)
    const count = (name: string, by: number): void => void this.counters.set(name, (this.counters.get(name) ?? 0) + by)
    const telemetry: Telemetry = {
      exchangeEnded: (exchange, route, facts) => void this.ended.push({ exchange, route: route.name, facts }),
      refused: () => undefined,
      add: count,
      gauge: count,
      target: () => undefined,
      log: (_level, message, fields) => void this.logged.push(`${message} ${JSON.stringify(fields?.['error'] ?? '')}`),
    }
    this.engine = {
      telemetry,
      wheel: this.wheel,
      now: () => this.now,
      coarseNow: () => this.now,
      time: () => 1_700_000_000_000 + this.now,
      via: 'gwanmun-test',
      nextRequestId: () => `req_${++this.ids}`,
      nextTrace: () => `00-${'a'.repeat(32)}-${(++this.ids).toString(16).padStart(16, '0')}-00`,
      overloaded: () => false,
      stamp: undefined,
    }
    const settings: RouteSettings = {
      ...builtInSettings,
      ...options.settings,
      timeout: { ...builtInSettings.timeout, ...options.timeout },
    }
    const guards = stepsOf(options.guards ?? [], 'gateway', 0)
    const base = { slot: 0, origin: undefined, describes: '', labels: {}, slotCount: 0 }
    this.route = {
      ...base,
      name: 'orders',
      action: options.action ?? { kind: 'service', service: this.service },
      steps: stepsOf(options.route ?? [], 'route', guards.all.length),
      settings,
    }
    const unmatched: RoutePlan = {
      ...base,
      name: 'none',
      action: { kind: 'reply', make: () => ({ status: 404 }) },
      steps: stepsOf(options.unmatched ?? [], 'route', guards.all.length),
      settings: builtInSettings,
    }
    this.listener = {
      name: 'main',
      slot: 0,
      port: 80,
      scheme: 'http',
      guards,
      guardSlots: 0,
      unmatched,
      limits: {
        headerSize: 32768,
        headers: 100,
        uri: 8192,
        requestsPerConnection: 1000,
        connections: 0,
        connectionsPerIp: 0,
        underscore: 'refuse',
      },
      timeouts: { headers: 1000, body: 1000, keepAlive: 1000, write: 1000 },
      trusted: { isTrusted: () => false, hops: 0, header: 'x-forwarded-for' },
      redirect: undefined,
      match: () => ({ value: options.matches === false ? undefined : this.route, params: {}, allow: options.allow }),
      lost: () => [],
      load: { inFlight: 0, idle: undefined },
    }
  }

  /** Begins a request. Its body, if it has one, is for the test to send. */
  begin(request: RigRequest = {}): { readonly client: FakeClient; readonly exchange: LiveExchange } {
    const client = new FakeClient()
    const facts: ClientFacts = {
      address: '192.0.2.7',
      peer: '192.0.2.7',
      port: 5000,
      forwardedFor: '192.0.2.7',
      trusted: request.trusted ?? false,
      scheme: 'http',
    }
    const head: IncomingHead = {
      method: request.method ?? 'GET',
      rawPath: request.path ?? '/orders/1',
      query: request.query ?? '',
      host: 'api.test',
      authority: 'api.test',
      protocol: 'HTTP/1.1',
      length: request.length ?? 'none',
      expectContinue: request.expectContinue ?? false,
      upgrade: request.upgrade ?? '',
      fields: Fields.of(...(request.headers ?? [])),
    }
    const exchange = begin(this.engine, this.listener, facts, client, head, request.incomingTrace ?? 'trusted', false)
    // As the codec does: a request without a body is complete at once.
    if (head.length === 'none') exchange.onEnd()
    return { client, exchange }
  }

  /** Moves the clock in ticks of 50 ms. */
  pass(ms: number): void {
    for (const until = this.now + ms; this.now < until;) {
      this.now = Math.min(until, this.now + 50)
      this.wheel.advance(this.now)
    }
  }
  counter(name: string): number {
    return this.counters.get(name) ?? 0
  }
}

/** Lets every promise that is due settle. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
