import type { Child } from '../children.ts'
import type { Session } from '../session.ts'
import type { Target } from '../target.ts'

/** What a contestant is set up with; the same for all. */
export interface Setup {
  readonly session: Session
  readonly target: Target
  /** Routes in its config, the four of the other services included. */
  readonly routes: number
  /** Worker threads or processes. */
  readonly workers: number
  /** Tells several of one kind in a session apart, in file names. */
  readonly label: string
}

/** A contestant that accepts connections. */
export interface RunningPeer {
  readonly label: string
  readonly child: Child
  readonly port: number
  /** Its access log, if that is a file. */
  readonly log: string | undefined
  /** Lets the warm-up take as long as this contestant needs, in seconds. */
  readonly warmUp: number
  end(): Promise<void>
}

/** A kind of contestant. */
export interface Peer {
  readonly name: string
  /** Name and version as it states them itself. */
  version(): string
  start(setup: Setup): Promise<RunningPeer>
}

/** Name of the n-th route; its path is `/` + the name + `/…`. */
export function routeName(index: number): string {
  return `r${String(index).padStart(2, '0')}`
}

/** Names of all routes to the small answer. */
export function routeNames(routes: number): string[] {
  return Array.from({ length: routes - others.length }, (_, index) => routeName(index))
}

/** The routes beside the small ones: path prefix and service. */
export const others: readonly { readonly name: string; readonly service: keyof Target }[] = [
  { name: 'answers', service: 'answers' },
  { name: 'download', service: 'big' },
  { name: 'upload', service: 'sink' },
  { name: 'slow', service: 'sink' },
]

/** Paths that a run of small requests goes round: one on each of up to 50 routes spread over the whole table. */
export function smallPaths(routes: number): string[] {
  const names = routeNames(routes)
  const step = Math.max(1, Math.floor(names.length / 50))
  return names.filter((_, index) => index % step === 0).map((name) => `/${name}/items/42?view=full`)
}
