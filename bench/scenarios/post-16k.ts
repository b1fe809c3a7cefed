import { compare } from '../compare.ts'
import { closedLoop, startPeers } from '../contestants.ts'
import { nginx } from '../peers/nginx.ts'
import type { Bench, Outcome, Scenario } from '../scenario.ts'

/** Bodies of a common size, both ways. */
export const post16k: Scenario = {
  name: 'post-16k',
  title: 'POST of 1 KB, answer of 16 KB',
  async run(bench: Bench): Promise<Outcome> {
    const running = await startPeers(bench, [bench.subject, nginx])
    const loop = { method: 'POST', body: 1024, paths: ['/answers/42'] }
    const [subject, ...others] = running.map((peer) => closedLoop(bench, peer, loop))
    if (subject === undefined) throw new Error('nobody to measure')
    const { rows, ratios } = await compare(bench, subject, others)
    return {
      rows,
      checks: ratios.map((value) => ({ what: "CPU per request ÷ nginx's", value, unit: '×', limit: 1.2, goal: 1 })),
      notes: [],
    }
  },
}
