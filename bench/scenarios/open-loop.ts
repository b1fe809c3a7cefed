import { emptyLog } from '../access-log.ts'
import { compare, measureLoad, type Contestant } from '../compare.ts'
import { seatAll, type Seat } from '../contestants.ts'
import { runOpenLoop } from '../load/open-loop.ts'
import { runWrk } from '../load/wrk.ts'
import { nginx } from '../peers/nginx.ts'
import { smallPaths } from '../peers/peer.ts'
import { single, type Bench, type Outcome, type Scenario } from '../scenario.ts'
import { estimate, median } from '../statistics.ts'

const rate = 4000
/** µs that the subject's p99 may lie above the allowed multiple of the other's. */
const allowance = 300

function openLoop(bench: Bench, seat: Seat, lags: number[]): Contestant {
  let warm = false
  return {
    label: seat.label,
    warmUp: 2,
    renew: () => {
      warm = false
      return seat.renew()
    },
    run: async (seconds) => {
      const { peer } = seat
      if (!warm) await runWrk(bench.session, { port: peer.port, paths: smallPaths(50), seconds: peer.warmUp })
      warm = true
      const loop = {
        port: peer.port,
        paths: smallPaths(50),
        rate,
        seconds,
        warm: 0.5,
        connections: 64,
        wait: 'turn' as const,
      }
      const { result, cpu, busy } = await measureLoad(peer, () => runOpenLoop(bench.session, loop))
      await emptyLog(peer)
      lags.push(result.lag)
      return {
        value: result.p99,
        figures: {
          'p50 µs': result.p50,
          'p99 µs': result.p99,
          'max µs': result.max,
          'CPU µs/request': cpu / (result.requests * (1 + 0.5 / seconds)),
          'tool late p99 µs': result.lag,
          'machine busy %': busy * 100,
        },
      }
    },
  }
}

/** Latency at a rate well below what it could serve, counted from the moment each request was due. */
export const openLoop4000: Scenario = {
  name: 'open-loop',
  title: 'Open loop at 4,000 requests a second',
  async run(bench: Bench): Promise<Outcome> {
    const [first, ...seats] = await seatAll(bench, [bench.subject, nginx])
    if (first === undefined) throw new Error('nobody to measure')
    const lags: number[] = []
    const others = seats.map((seat) => openLoop(bench, seat, lags))
    const { rows, ratios, values } = await compare(bench, openLoop(bench, first, lags), others)
    const [own = [], theirs = []] = values
    const above = own.map((p99, round) => (p99 - allowance) / (theirs[round] ?? Number.NaN))
    return {
      rows,
      checks: [
        { what: "p99 less 0.3 ms ÷ nginx's p99", value: estimate(above), unit: '×', limit: 1.3 },
        ...ratios.map((value) => ({ what: "p99 ÷ nginx's", value, unit: '×' as const, limit: undefined })),
        {
          what: 'how late the load tool itself was, p99',
          value: single(median(lags) / 1000),
          unit: 'ms',
          limit: undefined,
        },
      ],
      notes: ['Latency counts from the moment a request was due, on 64 connections.'],
    }
  },
}
