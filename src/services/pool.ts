import type { ConnectionEvents, Dial, ServiceConnection } from '../contract/connection.ts'
import type { OpenOptions, Target } from '../contract/plan.ts'
import type { ServiceSnapshot } from '../contract/snapshot.ts'
import type { FailureCause, ResponseSink, ServiceStream } from '../contract/streams.ts'
import type { Telemetry } from '../contract/telemetry.ts'
import { Timed, type TimerWheel } from '../lib/timer-wheel.ts'
import { PendingStream, type PendingHost } from './pending-stream.ts'

/** What pools share. */
export interface PoolHost {
  readonly dial: Dial
  readonly wheel: TimerWheel
  readonly telemetry: Telemetry
  now(): number
  /** Addresses of a host name or literal; empty when it does not resolve. */
  addressesOf(host: string): readonly string[]
}
export type PoolOptions = ServiceSnapshot['pool']

/**
 * Connections to one target. The newest idle one is taken first, so that the others can go; what waits is served in
 * order; a connection that served `maxRequests` or waited longer than `idle` is closed.
 */
export class Pool extends Timed implements ConnectionEvents, PendingHost {
  options: PoolOptions
  private readonly target: Target
  private readonly host: PoolHost
  private readonly idle: ServiceConnection[] = []
  private readonly waiting: PendingStream[] = []
  private dialing = 0
  private alive = 0
  private nextAddress = 0
  private retired = false

  constructor(target: Target, options: PoolOptions, host: PoolHost) {
    super()
    this.target = target
    this.options = options
    this.host = host
  }

  get connections(): number {
    return this.alive
  }

  /** A stream on an idle connection, on a new one, or one that waits for either. */
  open(sink: ResponseSink, options: OpenOptions): ServiceStream {
    if (!options.fresh) {
      for (let connection = this.idle.pop(); connection !== undefined; connection = this.idle.pop()) {
        // Timers are coarse; what the service may be closing right now is not asked.
        if (connection.idleUntil <= this.host.now()) {
          connection.close()
          continue
        }
        connection.begin(sink)
        return connection
      }
    }
    const stream = new PendingStream(sink, this, options.connectTimeout)
    if (this.alive + this.dialing < this.options.max) this.dialFor(stream)
    else if (this.waiting.length >= this.options.pending) queueMicrotask(() => stream.fail('pool'))
    else {
      this.waiting.push(stream)
      this.host.wheel.arm(stream, this.host.now() + this.options.wait)
      // Who must have a new connection waits for a place, and one that idles keeps it from him.
      this.idle.shift()?.close()
    }
    return stream
  }

  /** Opens a connection for a stream; the first address is the next in turn, and one that refuses is followed by another. */
  private dialFor(stream: PendingStream): void {
    const addresses = this.target.scheme === 'unix' ? [''] : this.host.addressesOf(this.target.host)
    if (addresses.length > 0) {
      this.dialFrom(stream, addresses, this.nextAddress++, 0, this.host.now() + stream.connectTimeout)
      return
    }
    queueMicrotask(() => {
      stream.fail('name')
      this.refill()
    })
  }

  /** @param until monotonic ms at which `timeout.connect` is over, for all addresses together; Infinity for never */
  private dialFrom(
    stream: PendingStream,
    addresses: readonly string[],
    first: number,
    tried: number,
    until: number,
  ): void {
    const address = addresses[(first + tried) % addresses.length] as string
    const timeout = Math.max(1, until - this.host.now())
    this.dialing++
    let waits = true
    const dialed = this.host.dial(this.target, address, timeout, this, (connection, cause) => {
      if (!waits) return
      waits = false
      this.dialing--
      if (connection === undefined) {
        if ((cause === 'refused' || cause === 'unreachable') && tried + 1 < addresses.length) {
          this.dialFrom(stream, addresses, first, tried + 1, until)
          return
        }
        stream.fail(cause)
        this.refill()
        return
      }
      this.alive++
      this.host.telemetry.add('service_connections_total', 1)
      this.host.telemetry.gauge('service_connections', 1)
      if (stream.isOver) this.onIdle(connection, 0)
      else stream.attach(connection)
    })
    stream.cancel = () => {
      if (!waits) return
      waits = false
      this.dialing--
      dialed.cancel()
      this.refill()
    }
  }

  /** A place became free without a connection: the next who waits gets a dial of his own. */
  private refill(): void {
    if (this.alive + this.dialing >= this.options.max) return
    const next = this.waiting.shift()
    if (next === undefined) return
    this.host.wheel.remove(next)
    this.dialFor(next)
  }

  forget(stream: PendingStream): void {
    const index = this.waiting.indexOf(stream)
    if (index >= 0) this.waiting.splice(index, 1)
    this.host.wheel.remove(stream)
  }

  onIdle(connection: ServiceConnection, hint: number): void {
    if (this.retired || connection.served >= this.options.maxRequests) return connection.close()
    const next = this.waiting.shift()
    if (next !== undefined) {
      this.host.wheel.remove(next)
      next.attach(connection)
      return
    }
    // A service says after how many seconds it will close; a request must not cross that on the wire (row 9.10).
    const keep = hint > 0 ? Math.min(this.options.idle, hint * 1000 - 1000) : this.options.idle
    if (keep <= 0) return connection.close()
    connection.idleUntil = this.host.now() + keep
    this.idle.push(connection)
    if (connection.idleUntil < this.deadline) this.host.wheel.arm(this, connection.idleUntil)
  }

  onStale(): void {
    this.host.telemetry.add('stale_connections_total', 1)
  }

  onClosed(connection: ServiceConnection): void {
    this.alive--
    this.host.telemetry.gauge('service_connections', -1)
    const index = this.idle.lastIndexOf(connection)
    if (index >= 0) this.idle.splice(index, 1)
    this.refill()
  }

  /** Closes what waited idle too long; the oldest stand first. */
  onDeadline(now: number): void {
    let next = Infinity
    // Whatever is closed leaves the list at once: its socket takes a turn to say that it is gone.
    for (const connection of this.idle.splice(0)) {
      if (connection.idleUntil <= now) connection.close()
      else {
        this.idle.push(connection)
        next = Math.min(next, connection.idleUntil)
      }
    }
    if (next !== Infinity) this.host.wheel.arm(this, next)
  }

  /** No plan uses the target any more: idle connections go, busy ones after their answer. */
  retire(): void {
    this.retired = true
    this.host.wheel.remove(this)
    for (const connection of this.idle.splice(0)) connection.close()
  }

  /** Closes what waits, and fails what still hopes for a connection. */
  close(cause: FailureCause): void {
    this.retire()
    for (const stream of this.waiting.splice(0)) {
      this.host.wheel.remove(stream)
      stream.fail(cause)
    }
  }
}
