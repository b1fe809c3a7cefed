import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cpuBetween, readCpu, readWaitedFor } from '../measure.ts'
import { configText, launch, program, untilReady } from '../peers/gwanmun.ts'
import { freePort } from '../ports.ts'
import type { Bench, Outcome, Scenario } from '../scenario.ts'
import { estimate } from '../statistics.ts'

const nothing = { threads: new Map<string, number>(), processes: new Map<string, number>(), reaped: 0 }

/** One start: process time and ms until the ready line. */
async function startOnce(bench: Bench, file: string): Promise<{ cpu: number; elapsed: number }> {
  const begun = performance.now()
  const child = launch({ session: bench.session, label: 'start' }, file)
  await untilReady(child)
  const elapsed = performance.now() - begun
  const cpu = cpuBetween(nothing, readCpu(child.pid)) / 1000
  await child.end(6000)
  return { cpu, elapsed }
}

/** One check: process time and ms until the program has ended. */
async function checkOnce(bench: Bench, file: string): Promise<{ cpu: number; elapsed: number }> {
  const waited = readWaitedFor()
  const begun = performance.now()
  const child = bench.session.children.start('check', program, ['check', '-c', file], { cwd: bench.session.folder })
  const code = await child.ended
  const elapsed = performance.now() - begun
  if (code !== 0) throw new Error(`check ended with ${code}:\n${child.lastWords()}`)
  return { cpu: (readWaitedFor() - waited) / 1000, elapsed }
}

/** How long one waits for the command line. */
export const start: Scenario = {
  name: 'start',
  own: true,
  title: 'Start and check with 100 routes, second run',
  async run(bench: Bench): Promise<Outcome> {
    const folder = join(bench.session.folder, 'config')
    mkdirSync(folder)
    const file = join(folder, 'gateway.yaml')
    const port = await freePort()
    // Targets need not exist for this.
    const target = { small: port, answers: port, big: port, sink: port }
    const place = { target, folder: bench.session.folder, label: 'start', port, admin: await freePort() }
    writeFileSync(file, configText(place, { routes: 100, workers: 1 }))
    const starts: { cpu: number; elapsed: number }[] = []
    const checks: { cpu: number; elapsed: number }[] = []
    await startOnce(bench, file)
    await checkOnce(bench, file)
    for (let round = 0; round < Math.max(3, bench.rule.least); round++) {
      starts.push(await startOnce(bench, file))
      checks.push(await checkOnce(bench, file))
    }
    const cpu = (runs: readonly { cpu: number }[]) => estimate(runs.map((run) => run.cpu))
    const elapsed = (runs: readonly { elapsed: number }[]) => estimate(runs.map((run) => run.elapsed))
    return {
      rows: [],
      checks: [
        { what: '`start` until ready, process time', value: cpu(starts), unit: 'ms', limit: 400 },
        { what: '`check`, process time', value: cpu(checks), unit: 'ms', limit: 250 },
        { what: '`start` until ready, elapsed', value: elapsed(starts), unit: 'ms', limit: undefined },
        { what: '`check`, elapsed', value: elapsed(checks), unit: 'ms', limit: undefined },
      ],
      notes: [
        'Process time is user + system time of all threads and of everything started, the shell of the launcher included: for `start` read from /proc when the ready line arrives, for `check` what the kernel adds to the parent when the program has ended (in steps of 10 ms). A first run that fills the compile cache is not counted.',
      ],
    }
  },
}
