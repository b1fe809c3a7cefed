import type { ConnectionEvents, Dial, ServiceConnection } from '../contract/connection.ts'
import type { FieldList } from '../contract/fields.ts'
import type { Target } from '../contract/plan.ts'
import type { ServiceSnapshot } from '../contract/snapshot.ts'
import type { BodyLength, FailureCause, ResponseSink } from '../contract/streams.ts'
import { TimerWheel } from '../lib/timer-wheel.ts'
import type { PoolHost } from './pool.ts'

/** A connection without a socket. It says that it is gone a turn after it was closed, as sockets do. */
export class FakeConnection implements ServiceConnection {
  readonly ready: boolean = true
  served = 0
  idleUntil: number = Infinity
  readonly target: Target
  readonly address: string
  readonly events: ConnectionEvents
  closed = false
  gone = false
  sink: FakeSink | undefined
  /** What it was asked: method and target of each head. */
  readonly asked: string[] = []
  readonly chunks: string[] = []
  ends = 0
  paused = false

  constructor(target: Target, address: string, events: ConnectionEvents) {
    this.target = target
    this.address = address
    this.events = events
  }
  begin(sink: ResponseSink): void {
    if (this.closed) throw new Error('a connection that is closed was given out')
    if (this.sink !== undefined) throw new Error('a connection was given out twice at once')
    this.sink = sink as FakeSink
    this.sink.connection = this
  }
  head(method: string, target: string, _fields: FieldList, _length: BodyLength): void {
    this.asked.push(`${method} ${target}`)
  }
  body(chunk: Uint8Array): boolean {
    this.chunks.push(Buffer.from(chunk).toString())
    return true
  }
  end(): void {
    this.ends++
  }
  abort(): void {
    this.sink = undefined
    this.close()
  }
  pauseResponse(): void {
    this.paused = true
  }
  resumeResponse(): void {
    this.paused = false
  }
  close(): void {
    if (this.closed) return
    this.closed = true
    setImmediate(() => this.vanish())
  }
  /** The socket is gone, by whoever's wish. */
  vanish(): void {
    if (this.gone) return
    this.closed = true
    this.gone = true
    const { sink } = this
    this.sink = undefined
    this.events.onClosed(this)
    sink?.onFailure('closed', true)
  }
  /** Ends the answer; the connection may be used again. */
  finish(hint = 0): void {
    const { sink } = this
    this.sink = undefined
    this.served++
    this.events.onIdle(this, hint)
    sink?.onEnd()
  }
}

/** Hears one attempt. */
export class FakeSink implements ResponseSink {
  connection: FakeConnection | undefined
  failure: FailureCause | undefined
  nothingSent = false
  ended = false
  drains = 0
  onInformational(): void {}
  onHead(): void {}
  onBody(): void {}
  onTrailers(): void {}
  onEnd(): void {
    this.ended = true
  }
  onDrain(): void {
    this.drains++
  }
  onFailure(cause: FailureCause, nothingSent: boolean): void {
    this.failure = cause
    this.nothingSent = nothingSent
  }
}

/** One dial that waits for its test. */
export interface FakeDial {
  readonly target: Target
  readonly address: string
  readonly timeout: number
  cancelled: boolean
  succeed(): FakeConnection
  fail(cause: FailureCause): void
}

/** Everything that pools ask of their surroundings, in the hands of the test. */
export class FakeHost implements PoolHost {
  clock = 1000
  readonly wheel: TimerWheel = new TimerWheel(50, 1000)
  readonly dials: FakeDial[] = []
  readonly counters: Map<string, number> = new Map()
  readonly logged: string[] = []
  addresses: Record<string, readonly string[]> = {}
  readonly telemetry: PoolHost['telemetry'] = {
    exchangeEnded: () => undefined,
    refused: () => undefined,
    add: (name, by) => this.count(name, by),
    gauge: (name, by) => this.count(name, by),
    target: (slot, what, by) => this.count(`${slot} ${what}`, by),
    log: (_level, message) => void this.logged.push(message),
  }
  readonly dial: Dial = (target, address, timeout, events, done) => {
    const dial: FakeDial = {
      target,
      address,
      timeout,
      cancelled: false,
      succeed: () => {
        const connection = new FakeConnection(target, address, events)
        if (!dial.cancelled) done(connection, 'reset')
        return connection
      },
      fail: (cause) => {
        if (!dial.cancelled) done(undefined, cause)
      },
    }
    this.dials.push(dial)
    return {
      cancel: () => {
        dial.cancelled = true
      },
    }
  }
  now(): number {
    return this.clock
  }
  addressesOf(host: string): readonly string[] {
    return this.addresses[host] ?? [host]
  }
  get lastDial(): FakeDial {
    const dial = this.dials.at(-1)
    if (dial === undefined) throw new Error('nothing was dialed')
    return dial
  }
  pass(ms: number): void {
    for (const until = this.clock + ms; this.clock < until;) {
      this.clock = Math.min(until, this.clock + 50)
      this.wheel.advance(this.clock)
    }
  }
  count(name: string, by: number): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + by)
  }
  counter(name: string): number {
    return this.counters.get(name) ?? 0
  }
}

/** A turn of the loop: sockets that were closed are gone after it. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

/** A service of the snapshot; defaults are those of config.md §7. */
export const serviceOf = (
  targets: readonly (string | readonly [url: string, weight: number])[],
  over: Partial<ServiceSnapshot> = {},
): ServiceSnapshot => ({
  name: 'orders',
  origin: undefined,
  targets: targets.map((one) => ({
    url: typeof one === 'string' ? one : one[0],
    weight: typeof one === 'string' ? 1 : one[1],
    zone: undefined,
    backup: false,
  })),
  algorithm: 'round-robin',
  pool: { max: 256, pending: 1024, wait: 5_000, idle: 4_000, maxRequests: 10_000 },
  passive: { failures: 5, window: 30_000, ejectFor: 30_000, maxEjectFor: 300_000, maxEjected: 0.5 },
  whenNoneHealthy: 'try-all',
  forwarded: 'none',
  labels: {},
  ...over,
})
