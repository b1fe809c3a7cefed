import { emptyLog } from '../access-log.ts'
import { compare, measureLoad, type Contestant } from '../compare.ts'
import { seatAll, type Seat } from '../contestants.ts'
import { runTransfer } from '../load/transfer.ts'
import { readMemory } from '../measure.ts'
import { nginx, nginx64k } from '../peers/nginx.ts'
import type { RunningPeer } from '../peers/peer.ts'
import type { Bench, Outcome, Scenario } from '../scenario.ts'
import { single } from '../scenario.ts'
import { bigBytes } from '../target.ts'

const megabyte = 1024 * 1024

/** Bytes by which resident memory rose above where it stood before, while the work was done. */
async function growth<Result>(
  peer: RunningPeer,
  work: () => Promise<Result>,
): Promise<{ result: Result; grown: number }> {
  const before = readMemory(peer.child.pid)
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, readMemory(peer.child.pid))), 100)
  try {
    const result = await work()
    return { result, grown: Math.max(peak, readMemory(peer.child.pid)) - before }
  } finally {
    clearInterval(timer)
  }
}

function streaming(bench: Bench, seat: Seat, mode: 'download' | 'upload', grown: number[]): Contestant {
  return {
    label: seat.label,
    warmUp: seat.peer.warmUp,
    renew: () => seat.renew(),
    run: async (seconds) => {
      const { peer } = seat
      const transfer = { port: peer.port, path: `/${mode}/big`, mode, size: bigBytes, connections: 4, seconds }
      const measured = await growth(peer, () => measureLoad(peer, () => runTransfer(bench.session, transfer)))
      const { result, cpu, busy } = measured.result
      await emptyLog(peer)
      grown.push(measured.grown)
      const value = cpu / 1000 / (result.bytes / 1e9)
      return {
        value,
        figures: {
          'CPU ms/GB': value,
          'p50 ms': result.p50 / 1000,
          'RSS + MB': measured.grown / megabyte,
          'machine busy %': busy * 100,
        },
      }
    },
  }
}

function scenario(mode: 'download' | 'upload'): Scenario {
  return {
    name: mode,
    title: `100 MB ${mode}, streamed, 4 at a time`,
    async run(bench: Bench): Promise<Outcome> {
      const [first, ...seats] = await seatAll(bench, [bench.subject, nginx, nginx64k])
      if (first === undefined) throw new Error('nobody to measure')
      const grown: number[] = []
      const others = seats.map((seat) => streaming(bench, seat, mode, []))
      const { rows, ratios } = await compare(bench, streaming(bench, first, mode, grown), others)
      return {
        rows,
        checks: [
          ...ratios
            .slice(0, 1)
            .map((value) => ({ what: "CPU per GB ÷ nginx's", value, unit: '×' as const, limit: 1.5, goal: 1.2 })),
          ...ratios.slice(1).map((value) => ({
            what: 'the same, nginx with 64 KB buffers',
            value,
            unit: '×' as const,
            limit: undefined,
            goal: 1.2,
          })),
          // The first run is the warm-up, in which the code itself takes its memory.
          {
            what: 'most that resident memory rose in a run',
            value: single(Math.max(...grown.slice(1)) / megabyte),
            unit: 'MB',
            limit: 20,
          },
        ],
        notes: [],
      }
    },
  }
}

/** Big answers. */
export const download: Scenario = scenario('download')
/** Big requests. */
export const upload: Scenario = scenario('upload')
