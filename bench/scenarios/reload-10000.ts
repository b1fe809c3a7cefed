import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runOpenLoop } from '../load/open-loop.ts'
import { runWrk } from '../load/wrk.ts'
import { startGateway } from '../peers/gwanmun.ts'
import { smallPaths } from '../peers/peer.ts'
import { single, type Bench, type Outcome, type Scenario } from '../scenario.ts'
import { estimate, percentile } from '../statistics.ts'
import { switchTo } from '../switch.ts'
import { startTarget } from '../target.ts'

const routes = 10_000
const rate = 1000
/** ms after a change in which a begun request counts as touched by it. */
const window = 2000

/** p99 in µs of the requests that were due between two moments (ms since 1970). */
function p99Between(samples: Float64Array, from: number, to: number): number {
  const found: number[] = []
  for (let i = 0; i < samples.length; i += 2) {
    const due = samples[i] ?? 0
    if (due >= from && due < to) found.push(samples[i + 1] ?? 0)
  }
  return percentile(found, 0.99)
}

/** One route of many changed while requests go to the others. */
export const reload10000: Scenario = {
  name: 'reload-10000',
  own: true,
  title: 'Reload of a 10,000-route file at 1,000 requests a second, one route changed',
  async run(bench: Bench): Promise<Outcome> {
    const { session } = bench
    const target = await startTarget(session)
    bench.say('starting with 10,000 routes')
    const begun = performance.now()
    const gateway = await startGateway({ session, target, routes, workers: 1, label: 'gwanmun' })
    const cold = performance.now() - begun
    await runWrk(session, { port: gateway.port, paths: smallPaths(routes), seconds: gateway.warmUp })
    const reloads = bench.rule.least
    // Quiet, then for each reload the window, calm, and room for one that takes longer than it may.
    const seconds = 3 + reloads * 6
    const file = join(session.folder, 'samples.bin')
    const load = runOpenLoop(session, {
      port: gateway.port,
      paths: smallPaths(routes),
      rate,
      seconds,
      warm: 1,
      connections: 50,
      wait: 'sleep',
      samples: file,
    })
    await sleep(4000)
    const changes: number[] = []
    const live: number[] = []
    for (let reload = 1; reload <= reloads; reload++) {
      const at = performance.timeOrigin + performance.now()
      changes.push(at)
      live.push(await switchTo(gateway, { routes, workers: 1, generation: `${reload}` }, 15_000))
      bench.say(`reload ${reload}: live after ${(live.at(-1) ?? 0).toFixed(0)} ms`)
      await sleep(Math.max(0, at + window + 1500 - performance.timeOrigin - performance.now()))
    }
    const result = await load
    const bytes = readFileSync(file)
    const samples = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)
    const first = changes[0] ?? 0
    const calm = p99Between(samples, first - 3000, first)
    const touched = changes.map((at) => p99Between(samples, at, at + window) / 1000)
    const times = estimate(touched)
    return {
      rows: [],
      checks: [
        { what: 'failed requests', value: single(result.failures), unit: '', limit: 0 },
        { what: 'closed connections', value: single(result.closed), unit: '', limit: 0 },
        { what: 'p99 of requests begun within 2 s', value: times, unit: 'ms', limit: Math.max(25, (5 * calm) / 1000) },
        { what: 'p99 before, for comparison', value: single(calm / 1000), unit: 'ms', limit: undefined },
        { what: 'live after the change', value: estimate(live), unit: 'ms', limit: 1000 },
        { what: 'first start of the file until ready', value: single(cold), unit: 'ms', limit: 6000 },
      ],
      notes: [
        `Over ${result.requests} requests; latency counts from the moment a request was due. The file is replaced by a rename, without any signal; it is live with the first answer under the new config. The limit of p99 is 25 ms, or 5 times that before if that is more.`,
      ],
    }
  },
}
