import { setTimeout as sleep } from 'node:timers/promises'
import { seatAll } from '../contestants.ts'
import { holdIdle } from '../load/idle-connections.ts'
import { runWrk } from '../load/wrk.ts'
import { readMemory } from '../measure.ts'
import { nginx } from '../peers/nginx.ts'
import { smallPaths, type RunningPeer } from '../peers/peer.ts'
import type { Bench, Outcome, Row, Scenario } from '../scenario.ts'
import { estimate } from '../statistics.ts'

const connections = 10_000

/** KB of resident memory for each connection, in several rounds of opening and closing them all. */
async function hold(bench: Bench, peer: RunningPeer, rounds: number): Promise<number[]> {
  await runWrk(bench.session, { port: peer.port, paths: smallPaths(50), seconds: peer.warmUp })
  // Every round is held against the same beginning, so that what is not given back shows as a rise.
  const before = readMemory(peer.child.pid)
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    const held = await holdIdle(bench.session, { port: peer.port, path: smallPaths(50)[0] ?? '/', connections })
    await sleep(2000)
    found.push((readMemory(peer.child.pid) - before) / 1024 / connections)
    if (held.closed() > 0) throw new Error(`${peer.label} closed ${held.closed()} of ${connections} idle connections`)
    await held.child.end()
    await sleep(500)
    bench.say(`${peer.label}: ${(found.at(-1) ?? 0).toFixed(1)} KB each`)
  }
  return found
}

/** What a client that says nothing takes. */
export const idleConnections: Scenario = {
  name: 'idle-connections',
  title: '10,000 idle keep-alive connections',
  async run(bench: Bench): Promise<Outcome> {
    const rows: Row[] = []
    let own: number[] = []
    for (const [index, { peer }] of (await seatAll(bench, [bench.subject, nginx])).entries()) {
      const found = await hold(bench, peer, 3)
      if (index === 0) own = found
      rows.push({ label: peer.label, figures: { 'KB each': Math.max(...found) } })
    }
    return {
      rows,
      checks: [
        {
          what: 'resident memory for each connection',
          value: { ...estimate(own), median: Math.max(...own) },
          unit: 'KB',
          limit: 12,
        },
      ],
      notes: [
        'Resident memory of the process after 10,000 connections have had one answer each and 2 s of silence, less that before; the most of three rounds. Buffers of the kernel are not part of it.',
      ],
    }
  },
}
