import { emptyLog } from './access-log.ts'
import { measureLoad, type Contestant } from './compare.ts'
import { runWrk, type ClosedLoop } from './load/wrk.ts'
import type { Peer, RunningPeer } from './peers/peer.ts'
import type { Bench } from './scenario.ts'
import { startTarget, type Target } from './target.ts'

/** A contestant's place, in which one process may follow another. */
export interface Seat {
  readonly label: string
  /** The process that sits there now. */
  readonly peer: RunningPeer
  /** Ends it and starts a fresh one. */
  renew(): Promise<void>
}

/** Takes a seat for a kind of contestant. */
export async function takeSeat(
  bench: Bench,
  kind: Peer,
  target: Target,
  label: string,
  routes = 50,
  workers = 1,
): Promise<Seat> {
  const setup = { session: bench.session, target, routes, workers, label }
  bench.say(`starting ${label}`)
  let peer = await kind.start(setup)
  return {
    label,
    get peer() {
      return peer
    },
    renew: async () => {
      await peer.end()
      peer = await kind.start(setup)
    },
  }
}

/** Starts the target, and the given kinds side by side with 50 routes and one worker. */
export async function seatAll(bench: Bench, kinds: readonly Peer[]): Promise<Seat[]> {
  const target = await startTarget(bench.session)
  const seats: Seat[] = []
  for (const [index, kind] of kinds.entries()) {
    const label = kinds.indexOf(kind) === index ? kind.name : `${kind.name}-${index + 1}`
    seats.push(await takeSeat(bench, kind, target, label))
  }
  return seats
}

/** A closed loop of requests, whose CPU time for one request is compared. */
export function closedLoop(bench: Bench, seat: Seat, loop: Omit<ClosedLoop, 'port' | 'seconds'>): Contestant {
  return {
    label: seat.label,
    warmUp: seat.peer.warmUp,
    renew: () => seat.renew(),
    run: async (seconds) => {
      const { peer } = seat
      const { result, cpu, busy } = await measureLoad(peer, () =>
        runWrk(bench.session, { ...loop, port: peer.port, seconds }),
      )
      await emptyLog(peer)
      const value = cpu / result.requests
      return {
        value,
        figures: { 'CPU µs/request': value, 'p50 µs': result.p50, 'p99 µs': result.p99, 'machine busy %': busy * 100 },
      }
    },
  }
}

/** A process that is never renewed, as a seat: for configs that are compared inside one process. */
export function keepSeat(peer: RunningPeer, label: string): Seat {
  return { label, peer, renew: async () => {} }
}
