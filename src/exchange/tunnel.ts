import { randomBytes } from 'node:crypto'
import { PongFilter, pingSize } from '../lib/pong-filter.ts'
import { Timed } from '../lib/timer-wheel.ts'
import { closeFrame, FrameTracker, maskedCloseFrame, pingFrame } from '../lib/websocket-frames.ts'
import { finish } from './end.ts'
import { type ExchangeState, phase, type OpenTunnel } from './state.ts'

/** Close codes of RFC 6455 §7.4.1: the gateway goes away, and it comes back. */
export const closeCode = { goingAway: 1001, restart: 1012 } as const
/** How long a frame may take to reach its end before a Close frame, and a peer to answer one, in ms. */
const closeGrace = 1000
/**
 * How long nothing may flow after one side has ended and the other has not, in ms. A WebSocket has no use for TCP that is
 * closed by half (RFC 6455 §7.1.1), so a peer that does not follow has most likely not noticed.
 */
const halfGrace = 5000

/**
 * An upgraded connection (config.md §5.6, `websocket`). Bytes pass as they are in both directions, each of which ends by
 * itself; frames are only followed, so that the gateway can ping a quiet client and say why it closes.
 */
export class Tunnel extends Timed implements OpenTunnel {
  private readonly exchange: ExchangeState
  /** ms without a byte either way, ms of silence before a ping; 0 for none. Monotonic ms of the greatest age. */
  private idle: number
  private ping: number
  private readonly endsAt: number
  private readonly clientFrames: FrameTracker
  private readonly serviceFrames: FrameTracker
  /** From the first ping on. */
  private filter: PongFilter | undefined
  private pingBytes: Uint8Array | undefined
  private movedAt: number
  private heardAt: number
  private pingDue = false
  private clientFull = false
  private clientEnded = false
  private serviceEnded = false
  /** The gateway closes the tunnel; the client's code. */
  private closing = 0
  /** No more is given to that side: a Close frame was its last. */
  private clientTold = false
  private serviceTold = false

  constructor(exchange: ExchangeState) {
    super()
    const { engine, routePlan, response } = exchange
    const { websocket } = routePlan.settings
    const isExtended = response.fields.has('sec-websocket-extensions')
    const now = engine.coarseNow()
    this.exchange = exchange
    this.idle = websocket?.idle ?? 0
    this.ping = websocket?.ping ?? 0
    this.endsAt = websocket === undefined || websocket.maxAge === 0 ? Infinity : exchange.startedAt + websocket.maxAge
    this.clientFrames = new FrameTracker(true, isExtended)
    this.serviceFrames = new FrameTracker(false, isExtended)
    this.movedAt = now
    this.heardAt = now
    engine.telemetry.add('upgrades_total', 1)
    engine.telemetry.gauge('tunnels', 1)
    this.arm()
  }

  /** What flows is no WebSocket: nothing can be put in. */
  private get isPlain(): boolean {
    return this.clientFrames.isFaulty || this.serviceFrames.isFaulty
  }

  /** A lent chunk from the client. */
  clientSent(chunk: Uint8Array): void {
    this.heardAt = this.movedAt = this.exchange.engine.coarseNow()
    if (this.serviceTold) return
    let from = 0
    if (this.closing > 0) {
      from = this.clientFrames.read(chunk, 0, chunk.length, true)
      this.give(chunk.subarray(0, from))
      this.tellService()
      if (this.serviceTold || from === chunk.length) return
    } else if (this.filter !== undefined) {
      this.filter.pass(chunk, this.clientFrames, this)
      return
    }
    this.clientFrames.read(chunk, from, chunk.length, false)
    this.give(from === 0 ? chunk : chunk.subarray(from))
  }
  /** To the service. */
  give(bytes: Uint8Array): void {
    const { exchange } = this
    if (exchange.attempt?.body(bytes) !== false) return
    exchange.requestPaused = true
    exchange.stream.pauseRequest()
  }

  /** A lent chunk from the service. */
  serviceSent(chunk: Uint8Array): void {
    this.movedAt = this.exchange.engine.coarseNow()
    if (this.clientTold) return
    let from = 0
    if (this.pingDue || this.closing > 0) {
      from = this.serviceFrames.read(chunk, 0, chunk.length, true)
      this.giveClient(chunk.subarray(0, from))
      if (this.closing > 0) this.tellClient()
      else this.sendPing()
      if (this.clientTold || from === chunk.length) return
    }
    this.serviceFrames.read(chunk, from, chunk.length, false)
    this.giveClient(from === 0 ? chunk : chunk.subarray(from))
  }
  private giveClient(bytes: Uint8Array): void {
    const { exchange } = this
    exchange.responseBytes += bytes.length
    if (exchange.stream.body(bytes)) return
    this.clientFull = true
    exchange.attempt?.pauseResponse()
  }
  /** The client took what was waiting for it. */
  clientDrained(): void {
    this.clientFull = false
    this.movedAt = this.exchange.engine.coarseNow()
    this.exchange.attempt?.resumeResponse()
  }

  /** The service took what was waiting for it. */
  serviceDrained(): void {
    const { exchange } = this
    this.movedAt = exchange.engine.coarseNow()
    if (!exchange.requestPaused) return
    exchange.requestPaused = false
    exchange.stream.resumeRequest()
  }

  /** The client sends no more; it may still be told. */
  endOfClient(): void {
    this.clientEnded = true
    this.filter?.flush(this.clientFrames, this)
    this.exchange.attempt?.end(undefined)
    if (this.serviceEnded) this.finish(false)
    else this.expectEnd()
  }
  /** The service sends no more; it may still be told. */
  endOfService(): void {
    this.serviceEnded = true
    if (this.clientEnded) this.finish(false)
    else if (this.closing > 0) this.finish(!this.clientTold)
    else {
      this.exchange.stream.halfClose?.()
      this.expectEnd()
    }
  }
  /** One side has ended: the other follows, or goes on speaking. */
  private expectEnd(): void {
    if (this.closing > 0) return
    this.idle = this.idle > 0 ? Math.min(this.idle, halfGrace) : halfGrace
    this.movedAt = this.exchange.engine.coarseNow()
    this.arm()
  }

  /** The client's connection is gone. False: in the middle of things, so the service must see a cut. */
  clientGone(): boolean {
    if (this.closing === 0 && !this.clientFrames.isClosed) return false
    this.clientTold = true
    this.endOfClient()
    this.waitForEnd()
    return true
  }
  /** The service's connection is gone. False: in the middle of things, so the client must see a cut. */
  serviceGone(): boolean {
    if (this.closing === 0 && !this.serviceFrames.isClosed) return false
    this.serviceTold = true
    if (this.serviceFrames.isClosed) this.clientTold = true
    this.endOfService()
    this.waitForEnd()
    return true
  }

  /** Says a Close frame to both ends where one may stand, and ends. `detail` is for the log. */
  close(code: number, detail: string): void {
    if (this.closing > 0) return
    this.closing = code
    this.exchange.detail = detail
    // The beginning of a pong is nothing that the service would miss.
    this.filter?.drop()
    this.tellClient()
    this.tellService()
    this.waitForEnd()
  }
  private tellClient(): void {
    if (this.clientTold || this.serviceEnded || this.isPlain || !this.serviceFrames.isBoundary) return
    this.clientTold = true
    const { stream } = this.exchange
    if (!this.serviceFrames.isClosed) stream.body(closeFrame(this.closing))
    stream.halfClose?.()
  }
  private tellService(): void {
    if (this.serviceTold || this.clientEnded || this.isPlain || !this.clientFrames.isBoundary) return
    this.serviceTold = true
    const { attempt } = this.exchange
    if (!this.clientFrames.isClosed) attempt?.body(maskedCloseFrame(closeCode.goingAway, randomBytes(4)))
    attempt?.end(undefined)
  }
  /** Ends at once where nothing can be said any more, else when the service has answered or the grace is over. */
  private waitForEnd(): void {
    const { exchange } = this
    if (exchange.phase === phase.over) return
    if (this.closing === 0) this.closing = closeCode.goingAway
    const isClientDue = !this.clientTold && !this.isPlain
    const isServiceDue = this.serviceTold || this.clientEnded || !this.isPlain
    if (this.serviceEnded || !(isClientDue || isServiceDue)) this.finish(!this.clientTold)
    else exchange.engine.wheel.arm(this, exchange.engine.coarseNow() + closeGrace)
  }

  /** Both directions are over, or the gateway has waited long enough. */
  private finish(isCut: boolean): void {
    const { exchange } = this
    const { attempt, stream } = exchange
    exchange.attempt = undefined
    if (isCut) stream.abort()
    else stream.end()
    if (this.serviceEnded && (this.serviceTold || this.clientEnded)) attempt?.finish()
    else attempt?.abort('aborted')
    finish(exchange, isCut)
  }
  /** The exchange has ended, however. */
  release(): void {
    const { engine } = this.exchange
    engine.wheel.remove(this)
    engine.telemetry.gauge('tunnels', -1)
  }

  onDeadline(now: number): void {
    if (this.closing > 0) this.finish(!this.clientTold)
    else if (now >= this.endsAt) this.close(closeCode.goingAway, 'websocket.maxAge is over')
    else if (this.idle > 0 && now >= this.movedAt + this.idle)
      this.close(
        closeCode.goingAway,
        this.clientEnded || this.serviceEnded
          ? 'one side ended and the other did not follow'
          : 'nothing flowed for as long as websocket.idle allows',
      )
    else {
      if (this.ping > 0 && now >= this.heardAt + this.ping) {
        // The next one is due as long after this one as this one was after the client's last byte.
        this.heardAt = now
        this.sendPing()
      }
      this.arm()
    }
  }
  /** Deadlines only move later while bytes flow, so they are looked at when the earliest is due, not for each chunk. */
  private arm(): void {
    const idleAt = this.idle > 0 ? this.movedAt + this.idle : Infinity
    const pingAt = this.ping > 0 ? this.heardAt + this.ping : Infinity
    const next = Math.min(idleAt, pingAt, this.endsAt)
    if (next !== Infinity) this.exchange.engine.wheel.arm(this, next)
  }

  /** Pings now, or behind the frame that is on its way. */
  private sendPing(): void {
    const { exchange, serviceFrames } = this
    this.pingDue = false
    if (this.isPlain || serviceFrames.isClosed || this.serviceEnded) {
      this.ping = 0
      return
    }
    // A client that takes nothing, or is not read, cannot answer; what is stuck before it must not grow.
    if (this.clientFull || exchange.requestPaused || this.clientEnded) return
    if (!serviceFrames.takesControl) {
      this.pingDue = true
      return
    }
    if (this.pingBytes === undefined) {
      const payload = randomBytes(pingSize)
      this.pingBytes = pingFrame(payload)
      this.filter = new PongFilter(payload)
    }
    exchange.stream.body(this.pingBytes)
  }
}
