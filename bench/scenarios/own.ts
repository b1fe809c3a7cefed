import { compare, type Contestant } from '../compare.ts'
import { closedLoop, keepSeat, takeSeat, type Seat } from '../contestants.ts'
import { gwanmun, startGateway, type RunningGateway, type Variant } from '../peers/gwanmun.ts'
import { smallPaths } from '../peers/peer.ts'
import type { Bench, Outcome, Scenario } from '../scenario.ts'
import { startTarget } from '../target.ts'
import { switchTo } from '../switch.ts'

/** One config of the gateway as a contestant: entering it means switching the running process over. */
export function configOf(bench: Bench, gateway: RunningGateway, label: string, variant: Variant): Contestant {
  const loop = closedLoop(bench, keepSeat(gateway, label), { paths: smallPaths(variant.routes) })
  return {
    label,
    warmUp: loop.warmUp,
    run: (seconds) => loop.run(seconds),
    enter: async () => {
      await switchTo(gateway, variant)
      // A new plan's code is settled again after a moment; that is no part of what is compared.
      await loop.run(1)
    },
  }
}

/** The gateway's own answer against a proxied one, in one process with one config. */
export const respond: Scenario = {
  name: 'respond',
  own: true,
  title: 'Answer made by the gateway itself against a proxied one',
  async run(bench: Bench): Promise<Outcome> {
    const target = await startTarget(bench.session)
    const seat = keepSeat(
      await startGateway({ session: bench.session, target, routes: 50, workers: 1, label: 'gwanmun' }),
      'respond',
    )
    const own = closedLoop(bench, seat, { paths: ['/respond'] })
    const proxied = closedLoop(bench, { ...seat, label: 'proxied' }, { paths: smallPaths(50) })
    const { rows, ratios } = await compare(bench, own, [proxied])
    return {
      rows,
      checks: ratios.map((value) => ({ what: "CPU per request ÷ a proxied one's", value, unit: '×', limit: 0.7 })),
      notes: [],
    }
  },
}

/** What a big route table costs each request. */
export const routes10000: Scenario = {
  name: 'routes-10000',
  own: true,
  title: '10,000 routes against 10',
  async run(bench: Bench): Promise<Outcome> {
    const target = await startTarget(bench.session)
    const gateway = await startGateway({ session: bench.session, target, routes: 10, workers: 1, label: 'gwanmun' })
    const many = configOf(bench, gateway, '10,000 routes', { routes: 10_000, workers: 1, generation: 'many' })
    const few = configOf(bench, gateway, '10 routes', { routes: 10, workers: 1, generation: 'few' })
    const { rows, ratios } = await compare(bench, many, [few])
    return {
      rows,
      checks: ratios.map((value) => ({ what: 'CPU per request ÷ that with 10 routes', value, unit: '×', limit: 1.05 })),
      notes: [
        'Both configs are measured in one process, switched by reload; requests go round up to 50 routes spread over the table.',
      ],
    }
  },
}

/** What sharing the work between two threads costs each request. */
export const workers2: Scenario = {
  name: 'workers-2',
  own: true,
  title: '2 workers against 1',
  async run(bench: Bench): Promise<Outcome> {
    const target = await startTarget(bench.session)
    const seat = (workers: number): Promise<Seat> =>
      takeSeat(bench, gwanmun, target, workers === 1 ? '1 worker' : `${workers} workers`, 50, workers)
    const [one, two] = [await seat(1), await seat(2)]
    const loop = { paths: smallPaths(50) }
    const { rows, ratios } = await compare(bench, closedLoop(bench, two, loop), [closedLoop(bench, one, loop)])
    return {
      rows,
      checks: ratios.map((value) => ({ what: "CPU per request ÷ one worker's", value, unit: '×', limit: 1.1 })),
      notes: [],
    }
  },
}

/** The gateway against itself: what the harness finds where there is nothing to find. */
export const same: Scenario = {
  name: 'same',
  title: 'The same against itself: the error of the harness',
  async run(bench: Bench): Promise<Outcome> {
    const target = await startTarget(bench.session)
    const contestant = async (label: string): Promise<Contestant> =>
      closedLoop(bench, await takeSeat(bench, bench.subject, target, label), { paths: smallPaths(50) })
    const { rows, ratios } = await compare(bench, await contestant('first'), [await contestant('second')])
    return {
      rows,
      checks: ratios.map((value) => ({ what: 'CPU per request ÷ its own', value, unit: '×', limit: undefined })),
      notes: [],
    }
  },
}
