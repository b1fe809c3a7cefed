import { refuseFailures, type LoadResult } from './load/load.ts'
import { cpuBetween, readCpu, readMachine } from './measure.ts'
import type { RunningPeer } from './peers/peer.ts'
import type { Bench, Row } from './scenario.ts'
import { estimate, mayStop, median, type Estimate } from './statistics.ts'

/** One measured run of one contestant. */
export interface Run {
  /** What is compared; less is better. */
  readonly value: number
  /** Figures for the table: title with unit → value. */
  readonly figures: Readonly<Record<string, number>>
}

/** Somebody who can be measured again and again. */
export interface Contestant {
  readonly label: string
  /** Seconds of uncounted load before the first measured run. */
  readonly warmUp: number
  /** Loads it for so many seconds and measures. */
  run(seconds: number): Promise<Run>
  /** Puts a fresh process in its place: two that are started alike may differ by 10 % for as long as they live. */
  renew?(): Promise<void>
  /** Called before a run when somebody else ran before: puts its config in force. */
  enter?(): Promise<void>
}

/** Interleaved runs of a subject and others. */
export interface Comparison {
  readonly rows: readonly Row[]
  /** Subject ÷ other, in the order of the others. */
  readonly ratios: readonly Estimate[]
  /** Values in the order they were measured: the subject's, then each other's. */
  readonly values: readonly (readonly number[])[]
  readonly rounds: number
}

/**
 * Runs all in turn, forth and back (A B B A A B …), so that what drifts hits all alike, until the stop rule holds for
 * every ratio. After every few rounds (`rule.life`) all get fresh processes; warm-up runs come first and are not counted.
 */
export async function compare(bench: Bench, subject: Contestant, others: readonly Contestant[]): Promise<Comparison> {
  const all = [subject, ...others]
  let last: Contestant | undefined
  const runOf = async (contestant: Contestant, seconds: number): Promise<Run> => {
    if (last !== contestant) await contestant.enter?.()
    last = contestant
    return contestant.run(seconds)
  }
  const warmUp = async (): Promise<void> => {
    for (const contestant of all) {
      bench.say(`warming up ${contestant.label}`)
      await runOf(contestant, contestant.warmUp)
    }
  }
  await warmUp()
  const runs: Run[][] = all.map(() => [])
  const values = (index: number): number[] => (runs[index] ?? []).map((run) => run.value)
  const ratiosTo = (other: number): number[] =>
    values(0).map((value, round) => value / (values(other)[round] ?? Number.NaN))
  const settled = (): boolean => others.every((_, index) => mayStop(ratiosTo(index + 1), bench.rule))
  for (let round = 0; round === 0 || (!settled() && round < bench.rule.most); round++) {
    if (round > 0 && round % bench.rule.life === 0 && all.some((contestant) => contestant.renew !== undefined)) {
      for (const contestant of all) await contestant.renew?.()
      await warmUp()
    }
    const order = all.map((_, index) => (round % 2 === 0 ? index : all.length - 1 - index))
    for (const index of order) {
      const contestant = all[index]
      if (contestant !== undefined) runs[index]?.push(await runOf(contestant, bench.seconds))
    }
    const now = others.map((other, index) => `${other.label} ${median(ratiosTo(index + 1)).toFixed(3)}`)
    bench.say(`pair ${round + 1}: ${subject.label} ÷ ${now.join(', ')}`)
  }
  const ratios = others.map((_, index) => estimate(ratiosTo(index + 1)))
  return {
    rows: all.map((contestant, index) => ({
      label: contestant.label,
      figures: mediansOf(runs[index] ?? []),
      ...(ratios[index - 1] === undefined ? {} : { ratio: ratios[index - 1] as Estimate }),
    })),
    ratios,
    values: all.map((_, index) => values(index)),
    rounds: runs[0]?.length ?? 0,
  }
}

function mediansOf(runs: readonly Run[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const title of Object.keys(runs[0]?.figures ?? {}))
    found[title] = median(runs.map((run) => run.figures[title] ?? Number.NaN))
  return found
}

/** A load with the CPU time that the contestant and all it started spent meanwhile. */
export interface Measured<Result> {
  readonly result: Result
  /** µs. */
  readonly cpu: number
  /** Share of the whole machine's CPU time that was busy, 0 – 1; near 1 everybody waits for everybody. */
  readonly busy: number
}

/** Reads the CPU counters before and after a load; refuses a load with failures and a contestant that has ended. */
export async function measureLoad<Result extends LoadResult>(
  peer: RunningPeer,
  load: () => Promise<Result>,
): Promise<Measured<Result>> {
  const machine = readMachine()
  const before = readCpu(peer.child.pid)
  const result = await load()
  // The load tool's connections are being closed; that belongs to the run.
  await new Promise((resolve) => setTimeout(resolve, 30))
  const after = readCpu(peer.child.pid)
  const ended = readMachine()
  refuseFailures(result, peer.label)
  if (after.processes.size === 0) throw new Error(`${peer.label} ended under load:\n${peer.child.lastWords()}`)
  return {
    result,
    cpu: cpuBetween(before, after),
    busy: (ended.busy - machine.busy) / Math.max(1, ended.total - machine.total),
  }
}
