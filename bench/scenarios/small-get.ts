import { compare } from '../compare.ts'
import { closedLoop, seatAll } from '../contestants.ts'
import { nginx } from '../peers/nginx.ts'
import { smallPaths } from '../peers/peer.ts'
import type { Bench, Outcome, Scenario } from '../scenario.ts'

/** The plain path: what a small request costs. */
export const smallGet: Scenario = {
  name: 'small-get',
  title: 'Small GET, keep-alive, 64 connections',
  async run(bench: Bench): Promise<Outcome> {
    const seats = await seatAll(bench, [bench.subject, nginx])
    const [subject, ...others] = seats.map((seat) => closedLoop(bench, seat, { paths: smallPaths(50) }))
    if (subject === undefined) throw new Error('nobody to measure')
    const { rows, ratios } = await compare(bench, subject, others)
    return {
      rows,
      checks: ratios.map((value) => ({ what: "CPU per request ÷ nginx's", value, unit: '×', limit: 1.15, goal: 1 })),
      notes: [],
    }
  },
}
