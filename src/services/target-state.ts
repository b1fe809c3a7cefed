import type { Target } from '../contract/plan.ts'
import type { ServiceSnapshot, TargetSnapshot } from '../contract/snapshot.ts'
import { Pool, type PoolHost } from './pool.ts'

type Passive = NonNullable<ServiceSnapshot['passive']>

/** One target with its connections and what live traffic says of its health. Outlives reloads that leave it alone. */
export class TargetState implements Target {
  readonly url: string
  readonly slot: number
  readonly scheme: 'http' | 'https' | 'unix'
  readonly host: string
  readonly port: number
  readonly authority: string
  readonly prefix: string
  weight: number
  readonly pool: Pool
  inFlight = 0
  /** Monotonic ms until which it is ejected; 0 when it is not. */
  ejectedUntil = 0
  /** Share of the smooth weighted round. */
  current = 0
  private failures = 0
  private firstFailure = 0
  private ejections = 0

  constructor(snapshot: TargetSnapshot, slot: number, options: ServiceSnapshot['pool'], host: PoolHost) {
    this.slot = slot
    this.weight = snapshot.weight
    if (snapshot.url.startsWith('unix:')) {
      this.scheme = 'unix'
      this.host = snapshot.url.slice(5).replace(/^\/\//, '')
      this.port = 0
      this.authority = 'localhost'
      this.prefix = ''
      this.url = snapshot.url
    } else {
      const url = new URL(snapshot.url)
      this.scheme = url.protocol === 'https:' ? 'https' : 'http'
      this.host = url.hostname.replace(/^\[|\]$/g, '')
      this.port = url.port === '' ? (this.scheme === 'https' ? 443 : 80) : Number(url.port)
      this.authority = url.host
      this.prefix = url.pathname.replace(/\/+$/, '')
      this.url = `${url.protocol}//${url.host}${this.prefix}`
    }
    this.pool = new Pool(this, options, host)
  }

  isEjected(now: number): boolean {
    return this.ejectedUntil > now
  }

  /** A usable answer came. True when that takes the target back in. */
  succeeded(): boolean {
    this.failures = 0
    if (this.ejectedUntil === 0) return false
    this.ejectedUntil = 0
    this.ejections = 0
    return true
  }

  /** True when this failure is the one that takes it out; each time lasts longer than the one before. */
  failed(now: number, passive: Passive): boolean {
    if (this.failures === 0 || now - this.firstFailure > passive.window) {
      this.failures = 0
      this.firstFailure = now
    }
    if (++this.failures < passive.failures || this.isEjected(now)) return false
    this.failures = 0
    this.ejections++
    this.ejectedUntil = now + Math.min(passive.ejectFor * this.ejections, passive.maxEjectFor)
    return true
  }
}
