import { compare } from '../compare.ts'
import { closedLoop, seatAll } from '../contestants.ts'
import { caddy } from '../peers/caddy.ts'
import { haproxy } from '../peers/haproxy.ts'
import { nginx } from '../peers/nginx.ts'
import { smallPaths } from '../peers/peer.ts'
import type { Bench, Outcome, Scenario } from '../scenario.ts'

const goals: Readonly<Record<string, number>> = { nginx: 1, haproxy: 1.1, caddy: 0.35 }

/** The small GET against all. */
export const peers: Scenario = {
  name: 'peers',
  title: 'Small GET against nginx, HAProxy and Caddy',
  async run(bench: Bench): Promise<Outcome> {
    const kinds = [nginx, haproxy, caddy]
    const seats = await seatAll(bench, [bench.subject, ...kinds])
    const [subject, ...others] = seats.map((seat) => closedLoop(bench, seat, { paths: smallPaths(50) }))
    if (subject === undefined) throw new Error('nobody to measure')
    const { rows, ratios } = await compare(bench, subject, others)
    return {
      rows,
      checks: ratios.map((value, index) => {
        const name = kinds[index]?.name ?? ''
        return { what: `CPU per request ÷ ${name}'s`, value, unit: '×', limit: undefined, goal: goals[name] ?? 1 }
      }),
      notes: [
        'HAProxy’s records go to a UDP socket that nobody reads, Caddy runs without its metrics: both in their favour.',
      ],
    }
  },
}
