import { emptyLog } from './access-log.ts'
import { measureLoad, type Contestant } from './compare.ts'
import { runWrk, type ClosedLoop } from './load/wrk.ts'
import type { Peer, RunningPeer } from './peers/peer.ts'
import type { Bench } from './scenario.ts'
import { startTarget } from './target.ts'

/** A closed loop of requests, whose CPU time for one request is compared. */
export function closedLoop(bench: Bench, peer: RunningPeer, loop: Omit<ClosedLoop, 'port' | 'seconds'>, label: string = peer.label): Contestant {
  return {
    label,
    warmUp: peer.warmUp,
    run: async (seconds) => {
      const { result, cpu, busy } = await measureLoad(peer, () => runWrk(bench.session, { ...loop, port: peer.port, seconds }))
      await emptyLog(peer)
      const value = cpu / result.requests
      return { value, figures: { 'CPU µs/request': value, 'p50 µs': result.p50, 'p99 µs': result.p99, 'machine busy %': busy * 100 } }
    },
  }
}

/** Starts the target and the given kinds of contestant side by side, with 50 routes and one worker unless told otherwise. */
export async function startPeers(bench: Bench, peers: readonly Peer[], routes = 50, workers = 1): Promise<RunningPeer[]> {
  const target = await startTarget(bench.session)
  const running: RunningPeer[] = []
  for (const [index, peer] of peers.entries()) {
    const label = peers.indexOf(peer) === index ? peer.name : `${peer.name}-${index + 1}`
    bench.say(`starting ${label}`)
    running.push(await peer.start({ session: bench.session, target, routes, workers, label }))
  }
  return running
}
