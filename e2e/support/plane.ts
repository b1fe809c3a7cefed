import { BoundSocket, isIP } from 'node:net'
import { pathToFileURL } from 'node:url'
import type { Exchange } from '../../src/contract/exchange.ts'
import type { RoutePlan } from '../../src/contract/plan.ts'
import type { Snapshot } from '../../src/contract/snapshot.ts'
import type { EndFacts, Telemetry } from '../../src/contract/telemetry.ts'
import { checkConfig } from '../../src/checker.ts'
import { createDataPlane, slotsOf, startToken } from '../../src/data-plane.ts'
import type { Config, RunningGateway } from './gateway.ts'

/** What the data plane wrote down. */
export interface Recorded {
  readonly ended: {
    readonly path: string
    readonly route: string
    readonly status: number
    readonly aborted: boolean
    readonly code: string | undefined
    readonly detail: string | undefined
  }[]
  readonly refused: {
    readonly status: number
    readonly code: string
    readonly address: string
    readonly detail: string
  }[]
  readonly logged: { readonly level: string; readonly message: string; readonly error: unknown }[]
  readonly counters: Map<string, number>
}

/** The data plane alone, in this process: no threads, records kept in memory. */
export interface PlaneGateway extends RunningGateway {
  readonly recorded: Recorded
  /** Another configuration with the same listeners. */
  reload(config: Config): Promise<void>
}

const recording = (recorded: Recorded): Telemetry => ({
  exchangeEnded: (exchange: Exchange, route: RoutePlan, facts: EndFacts) => {
    recorded.ended.push({
      path: exchange.request.path,
      route: route.name,
      status: facts.status,
      aborted: facts.aborted,
      code: exchange.code,
      detail: exchange.detail,
    })
  },
  refused: (_slot, _listener, status, code, address, detail) => {
    recorded.refused.push({ status, code, address, detail })
  },
  add: (counter, by) => {
    recorded.counters.set(counter, (recorded.counters.get(counter) ?? 0) + by)
  },
  gauge: (gauge, by) => {
    recorded.counters.set(gauge, (recorded.counters.get(gauge) ?? 0) + by)
  },
  target: () => {},
  log: (level, message, fields) => {
    recorded.logged.push({ level, message, error: fields?.['error'] })
  },
})

/** Literal addresses of the targets; a name has none here. */
const addressesOf = (snapshot: Snapshot): Record<string, string[]> => {
  const hosts = snapshot.services.flatMap(({ targets }) => targets.map(({ url }) => new URL(url).hostname))
  return Object.fromEntries(
    hosts.map((host) => [host, isIP(host.replace(/^\[|\]$/g, '')) > 0 ? [host.replace(/^\[|\]$/g, '')] : []]),
  )
}

const importCode = async ({
  file,
  export: name,
}: {
  readonly file: string
  readonly export: string
}): Promise<unknown> => ((await import(pathToFileURL(file).href)) as Record<string, unknown>)[name]

const snapshotOf = async (config: Config): Promise<Snapshot> => {
  const { snapshot, diagnostics } = await checkConfig({ cwd: process.cwd(), object: config, mode: 'library' })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (snapshot === undefined || errors.length > 0)
    throw new Error(errors.map(({ code, message, path }) => `${code} ${path ?? ''} ${message}`).join('\n'))
  return snapshot
}

/** Runs the data plane in this process: fast to start, and its event loop is ours. */
export const startHere = async (config: Config): Promise<PlaneGateway> => {
  const snapshot = await snapshotOf(config)
  const recorded: Recorded = { ended: [], refused: [], logged: [], counters: new Map() }
  const plane = createDataPlane({
    telemetry: recording(recorded),
    worker: 0,
    node: 'test',
    version: '0.0.0',
    start: startToken(),
    importCode,
  })
  const use = async (next: Snapshot): Promise<void> => {
    await plane.prepare(next, slotsOf(next), { addresses: addressesOf(next) })
    plane.commit()
  }
  await use(snapshot)
  const ports = new Map<string, number>()
  for (const { name, host, port } of snapshot.listeners) {
    const socket = new BoundSocket({ host, port })
    ports.set(name, socket.address().port)
    await plane.attach(name, socket)
  }
  return {
    recorded,
    port: (listener = 'main') => {
      const port = ports.get(listener)
      if (port === undefined) throw new Error(`no listener ${listener}`)
      return port
    },
    reload: async (next) => use(await snapshotOf(next)),
    close: async () => plane.close(),
  }
}
