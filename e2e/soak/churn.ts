import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { availableParallelism, tmpdir } from 'node:os'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { load } from '../../src/cli/bench/load.ts'
import { memoryOf, startGateway, type Gateway } from './gateway-process.ts'
import type { Soak } from './soak.ts'
import { steadyClients } from './steady-clients.ts'

const fullLength = 600_000
const reloadEvery = 5_000
const workerEvery = 30_000
const targetEvery = 12_000
const shareOfMaximum = 0.6
/** ms in which connections of a worker that ended may be seen to fail. */
const crashWindow = 2_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A target that can be ended and started again on its port. */
class RestartingTarget {
  port = 0
  private server: Server | undefined
  async start(): Promise<void> {
    const server = createServer((_, response) => response.end('{"ok":true}'))
    server.keepAliveTimeout = 60_000
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    this.server = server
  }
  /** As a deployment does it: no new connections, what runs is finished. */
  async stop(): Promise<void> {
    const { server } = this
    if (server === undefined) return
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 500).unref()
    })
  }
}

const config = (ports: readonly number[], round: number): string => `listeners: { main: { port: 0, host: 127.0.0.1 } }
admin: { port: 0 }
services:
  app: { targets: [${ports.map((port) => `http://127.0.0.1:${port}`).join(', ')}] }
routes:
  app: { path: /app/*, service: app }
  round: { path: /round, respond: { body: '${round}' } }
  crash: { path: /crash, methods: POST, handler: ./crash.mjs }
`

/** Ends the thread that runs it, as a fault in native code would: no drain, no good-bye. */
const crashCode = `import { defineHandler } from 'gwanmun'
export default defineHandler(() => process.exit(1))
`

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Ends one worker abruptly: whichever takes the request. */
const crashWorker = async (gateway: Gateway): Promise<void> => {
  const before = gateway.lines().split('worker lost').length
  await fetch(`http://127.0.0.1:${gateway.port}/crash`, { method: 'POST' }).catch(() => undefined)
  while (gateway.lines().split('worker lost').length === before) {
    // oxlint-disable-next-line no-await-in-loop -- asked until main has noticed
    await pause(20)
    if (gateway.ended()) return
  }
}

/**
 * Sixty percent of the measured maximum, with reloads, workers that end abruptly, and restarts of targets. No request
 * may fail but those on connections of a worker that ended, and memory stays flat.
 */
export const churn: Soak = {
  name: 'churn',
  says: 'load at 60 % of the maximum, reloads every 5 s, a worker ended abruptly every 30 s, targets restarted',
  async run(share, say) {
    const folder = mkdtempSync(join(tmpdir(), 'gwanmun-soak-'))
    const targets = [new RestartingTarget(), new RestartingTarget()]
    await Promise.all(targets.map((target) => target.start()))
    const write = (round: number): void =>
      writeFileSync(
        join(folder, 'gateway.yaml'),
        config(
          targets.map((target) => target.port),
          round,
        ),
      )
    writeFileSync(join(folder, 'crash.mjs'), crashCode)
    write(0)
    const gateway = await startGateway(folder)
    try {
      const request = Buffer.from('GET /app/1 HTTP/1.1\r\nHost: soak.test\r\n\r\n')
      const measured = await load({ host: '127.0.0.1', port: gateway.port, request, connections: 32, duration: 3000 })
      const maximum = (measured.times.length * 1000) / measured.elapsed
      const rate = Math.max(100, Math.floor(maximum * shareOfMaximum))
      say(
        `maximum ${maximum.toFixed(0)} requests/s on ${availableParallelism()} processors, shared with clients and targets; load ${rate}/s`,
      )
      return await stress(gateway, targets, write, { rate, length: fullLength * share, say })
    } finally {
      gateway.child.removeAllListeners('exit')
      gateway.child.kill('SIGKILL')
      await Promise.all(targets.map((target) => target.stop()))
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

interface Stress {
  readonly rate: number
  /** ms */
  readonly length: number
  readonly say: (line: string) => void
}

const stress = async (
  gateway: Gateway,
  targets: readonly RestartingTarget[],
  write: (round: number) => void,
  { rate, length, say }: Stress,
): Promise<string[]> => {
  const clients = steadyClients(gateway.port, '/app/1', rate, 64)
  const pid = gateway.child.pid ?? 0
  const memory: number[] = []
  const begun = performance.now()
  const counts = { reloads: 0, restarts: 0 }
  const crashes: number[] = []
  const next = {
    reload: reloadEvery,
    worker: Math.min(workerEvery, length / 3),
    target: Math.min(targetEvery, length / 4),
  }
  while (performance.now() - begun < length) {
    // oxlint-disable-next-line no-await-in-loop -- a clock
    await pause(250)
    if (gateway.ended()) throw new Error(`the gateway ended\n${gateway.lines()}`)
    memory.push(memoryOf(pid))
    const at = performance.now() - begun
    if (at >= next.reload) {
      next.reload += reloadEvery
      counts.reloads += 1
      write(counts.reloads)
    }
    if (at >= next.worker) {
      next.worker += workerEvery
      crashes.push(performance.now())
      // oxlint-disable-next-line no-await-in-loop -- one disturbance at a time
      await crashWorker(gateway)
    }
    if (at >= next.target) {
      next.target += targetEvery
      const target = targets[counts.restarts % targets.length] as RestartingTarget
      counts.restarts += 1
      // oxlint-disable-next-line no-await-in-loop -- one disturbance at a time
      await target.stop()
      // oxlint-disable-next-line no-await-in-loop -- as above
      await pause(300)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await target.start()
    }
  }
  await clients.stop()
  const round = await (await fetch(`http://127.0.0.1:${gateway.port}/round`)).text()
  const { tally } = clients
  const early = median(memory.slice(Math.floor(memory.length * 0.2), Math.floor(memory.length * 0.4)))
  const late = median(memory.slice(Math.floor(memory.length * 0.8)))
  const excused = (when: number): boolean => crashes.some((crash) => when >= crash && when <= crash + crashWindow)
  const failed = [...tally.cut, ...tally.unopened].filter((when) => !excused(when)).length
  const report = [
    `${(length / 1000).toFixed(0)} s: ${tally.answered} of ${tally.sent} answered, ${[...tally.refused].map(([status, count]) => `${count} × ${status}`).join(', ') || 'none refused'}, ${tally.cut.length} cut, ${tally.unopened.length} not opened`,
    `${counts.reloads} reloads, ${crashes.length} workers ended, ${counts.restarts} restarts of targets`,
    `memory ${early.toFixed(0)} MB early, ${late.toFixed(0)} MB late`,
  ]
  for (const line of report) say(line)
  const wrong: string[] = []
  if (tally.answered + tally.cut.length < tally.sent)
    wrong.push(`${tally.sent - tally.answered} requests got no answer`)
  if (failed > 0) wrong.push(`${failed} connections failed while no worker had ended`)
  if (tally.refused.size > 0) wrong.push('answers were no 2xx')
  if (round !== String(counts.reloads))
    wrong.push(`the last reload did not take effect: round ${round} of ${counts.reloads}`)
  if (late > early * 1.25 + 30) wrong.push('memory grew')
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\n${report.join('\n')}\n${gateway.lines()}`)
  return report
}
