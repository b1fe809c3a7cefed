import { compare } from '../compare.ts'
import { closedLoop, seatAll } from '../contestants.ts'
import { nginx, nginx64k } from '../peers/nginx.ts'
import type { Bench, Outcome, Scenario } from '../scenario.ts'

/** Bodies of a common size, both ways. */
export const post16k: Scenario = {
  name: 'post-16k',
  title: 'POST of 1 KB, answer of 16 KB',
  async run(bench: Bench): Promise<Outcome> {
    const seats = await seatAll(bench, [bench.subject, nginx, nginx64k])
    const loop = { method: 'POST', body: 1024, paths: ['/answers/42'] }
    const [subject, ...others] = seats.map((seat) => closedLoop(bench, seat, loop))
    if (subject === undefined) throw new Error('nobody to measure')
    const { rows, ratios } = await compare(bench, subject, others)
    return {
      rows,
      checks: [
        ...ratios
          .slice(0, 1)
          .map((value) => ({ what: "CPU per request ÷ nginx's", value, unit: '×' as const, limit: 1.2, goal: 1 })),
        ...ratios.slice(1).map((value) => ({
          what: 'the same, nginx with 64 KB buffers',
          value,
          unit: '×' as const,
          limit: undefined,
          goal: 1,
        })),
      ],
      notes: [],
    }
  },
}
