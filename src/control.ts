import { parentPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { type AdminServer, createAdminServer } from './admin/admin-server.ts'
import { firstToken } from './admin/first-token.ts'
import type { AdminPorts, AdminToken, GatewayInfo, ShownConfig, WorkerInfo } from './contract/admin.ts'
import type { Snapshot } from './contract/snapshot.ts'
import { createNames } from './discovery/names.ts'
import { createSystemNames } from './discovery/system-names.ts'
import { inheritedDestination } from './telemetry/destination.ts'
import { isLoopback } from './lib/loopback.ts'
import { gaugeNames, gaugesAt, heapAt, lagAt, targetCell } from './telemetry/layout.ts'
import { createLog } from './telemetry/log.ts'
import { attachMemory, type Memory, type MemoryHandles } from './telemetry/memory.ts'
import { metricNames } from './telemetry/metric-names.ts'
import { createOutput } from './telemetry/output.ts'
import { renderMetrics } from './telemetry/prometheus.ts'
import { perWorker, readMemory } from './telemetry/reading.ts'
import { createRecentRecords } from './telemetry/recent-records.ts'
import { createSinks, type Sinks } from './telemetry/sinks.ts'
import { terminalStyle } from './telemetry/terminal-text.ts'
import type { ProcessStatus } from './threads/control-calls.ts'
import { type ControlLoad, runControl } from './threads/control-life.ts'
import { listenError } from './threads/bind.ts'
import { targetHosts } from './threads/target-hosts.ts'
import { isatty } from 'node:tty'

// Control: names, log sinks, metrics and the admin API. It may end at any time; traffic does not notice.

runControl(parentPort as MessagePort, (setup, main) => {
  const descriptor = setup.terminal ? 2 : 1
  const style = terminalStyle(process.env, isatty(descriptor))
  // Nobody can be told that the log itself fails.
  const output = createOutput(inheritedDestination(descriptor), () => {})
  const log = createLog({ level: 'info', output, style: setup.terminal ? style : undefined })
  const names = createNames({
    resolve: createSystemNames(),
    onChange: (table) => main.tell('targets', table),
    onFailure: (name, reason) => log.warn('name does not resolve', { name, reason }),
  })
  const recent = createRecentRecords()
  let live: ControlLoad | undefined
  let memory: Memory | undefined
  let sinks: Sinks | undefined
  let status: ProcessStatus | undefined
  let admin:
    | { readonly key: string; readonly server: AdminServer; readonly address: { host: string; port: number } }
    | undefined

  const running = (): {
    readonly snapshot: Snapshot
    readonly slots: ControlLoad['slots']
    readonly memory: Memory
  } => {
    if (live === undefined || memory === undefined) throw new Error('nothing runs yet')
    return { snapshot: live.snapshot, slots: live.slots, memory }
  }
  const info = (): GatewayInfo => {
    const { snapshot, slots, memory } = running()
    const reading = readMemory(memory)
    const { addresses } = names.table()
    return {
      version: setup.version,
      node: process.version,
      name: snapshot.settings.node,
      mode: setup.mode,
      state: status?.state ?? 'starting',
      startedAt: setup.startedAt,
      config: {
        file: snapshot.files[0],
        hash: snapshot.hash,
        loadedAt: status?.reloadedAt ?? setup.startedAt,
        routes: snapshot.routes.length,
        stale: status?.stale ?? false,
        reason: status?.reason,
        diagnostics: status?.diagnostics ?? [],
      },
      listeners: status?.listeners ?? [],
      services: snapshot.services.map(({ name, targets }) => ({
        name,
        targets: targets.map(({ url, weight }) => {
          const [host] = targetHosts([url])
          const found = host === undefined ? undefined : addresses[host]
          const slot = slots.targets[`${name} ${url}`] ?? -1
          return {
            url: url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1'),
            weight,
            ejected: reading.row('targets', slot)[targetCell.out] ?? 0,
            ...(found === undefined ? {} : { addresses: found }),
          }
        }),
      })),
      workersWanted: status?.workersWanted ?? 0,
      workersLost: status?.workersLost ?? 0,
      controlRestarts: status?.controlRestarts ?? 0,
      reloads: status?.reloads ?? { done: 0, refused: 0 },
    }
  }
  const workers = (states: ProcessStatus['workers'] = status?.workers ?? []): WorkerInfo[] => {
    const { memory } = running()
    const cells = (at: number): number[] => perWorker(memory, at)
    const lags = cells(lagAt)
    const heaps = cells(heapAt)
    const connections = cells(gaugesAt + gaugeNames.indexOf('connections'))
    const inFlight = cells(gaugesAt + gaugeNames.indexOf('requests_in_flight'))
    return states.map(({ worker, column, state, load, startedAt }) => ({
      worker,
      state,
      startedAt,
      load,
      lag: lags[column] ?? 0,
      heap: heaps[column] ?? 0,
      connections: connections[column] ?? 0,
      inFlight: inFlight[column] ?? 0,
    }))
  }
  const metrics = (): string => {
    const { snapshot, slots, memory } = running()
    const { user, system } = process.cpuUsage()
    return renderMetrics(memory, metricNames(slots, snapshot), {
      version: setup.version,
      node: process.version,
      configHash: snapshot.hash,
      configStale: status?.stale ?? false,
      configLoadedAt: status?.reloadedAt ?? setup.startedAt,
      startedAt: setup.startedAt,
      cpuSeconds: (user + system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      sinks: sinks?.stats() ?? [],
    })
  }

  let shownFor: ControlLoad | undefined
  let lastShown: Promise<ShownConfig | undefined> | undefined
  /** Written down when somebody asks, and once for each load. */
  const shown = async (): Promise<ShownConfig | undefined> => {
    const asked = lastShown !== undefined && shownFor === live ? lastShown : main.call('shown', undefined)
    shownFor = live
    lastShown = asked
    try {
      const answer = await asked
      // Files may come to say again what runs.
      if (answer === undefined && lastShown === asked) lastShown = undefined
      return answer
    } catch (error) {
      if (lastShown === asked) lastShown = undefined
      throw error
    }
  }

  /** The token that the gateway made for itself, and the same while it is needed. */
  let first: AdminToken | undefined
  let made: AdminToken | undefined
  const ports: AdminPorts = {
    tokens: () => {
      const tokens = live?.snapshot.settings.admin?.tokens ?? []
      return tokens.length > 0 || made === undefined ? tokens : [made]
    },
    info,
    configHash: () => running().snapshot.hash,
    config: shown,
    configSchema: async () => (await import('./checker.ts')).configSchema(),
    checkConfig: (text) => main.call('check', { text }),
    reload: () => main.call('reload', { text: undefined }),
    explain: (request) => main.call('explain', request),
    record: (id) => {
      // What has just ended may still be in the workers' rings.
      sinks?.drain()
      return recent.find(id)
    },
    workers: () => workers(),
    replaceWorkers: async (worker) => workers(await main.call('replaceWorkers', { worker, reason: 'asked for' })),
    metrics,
    ready: () => ({
      state:
        status === undefined || status.state === 'starting'
          ? 'starting'
          : status.state === 'draining'
            ? 'draining'
            : 'ready',
      stale: status?.stale ?? false,
    }),
    log: (level, message, fields) => log.write(level, message, fields),
  }
  /** Without a file, the admin API owns the configuration. */
  const owned = (): boolean => (live?.snapshot.files.length ?? 0) > 0
  const adminPorts = (): AdminPorts =>
    owned() ? ports : { ...ports, applyConfig: (text) => main.call('reload', { text }) }

  /** Also where the address stays: a reload may take the tokens of an API away that is reachable from elsewhere. */
  const settleFirstToken = (): void => {
    const { admin: wanted, state } = running().snapshot.settings
    made = undefined
    if (wanted === undefined || isLoopback(wanted.host) || wanted.tokens.length > 0) return
    if (first === undefined) {
      const { token, text } = firstToken(state)
      first = token
      if (text !== undefined)
        log.write('warn', 'admin token made: keep it, it is not shown again', { token: text, address: wanted.host })
    }
    made = first
  }

  const serveAdmin = async (formerPort: number | undefined): Promise<{ host: string; port: number } | undefined> => {
    const wanted = running().snapshot.settings.admin
    settleFirstToken()
    const key = wanted === undefined ? '' : `${wanted.host} ${wanted.port}`
    if (admin !== undefined && admin.key === key) return admin.address
    const old = admin
    admin = undefined
    await old?.server.close()
    if (wanted === undefined) return undefined
    const server = createAdminServer(adminPorts(), {
      host: wanted.host,
      port: wanted.port === 0 ? (formerPort ?? 0) : wanted.port,
    })
    try {
      const address = await server.listen()
      admin = { key, server, address }
      return address
    } catch (error) {
      const { code, message } = listenError(error, wanted.host, wanted.port)
      throw new Error(`${code} ${message}`, { cause: error })
    }
  }

  return {
    prepare: ({ snapshot }) => names.add(hostsOf(snapshot)),
    commit: async (load, formerPort) => {
      live = load
      const handles = load.memory as MemoryHandles
      memory = attachMemory(handles)
      const { logs, level } = load.snapshot.settings
      log.setLevel(level)
      if (sinks === undefined) sinks = createSinks({ handles, sinks: logs, log, style, recent })
      else sinks.configure(logs)
      names.keep(hostsOf(load.snapshot))
      return serveAdmin(formerPort)
    },
    status: (latest) => {
      status = latest
    },
    reopen: () => sinks?.reopen(),
    end: async () => {
      names.close()
      await Promise.all([admin?.server.close(), sinks?.close(1_500)])
      await output.close(500)
    },
  }
})

const hostsOf = (snapshot: Snapshot): string[] =>
  targetHosts(snapshot.services.flatMap(({ targets }) => targets.map(({ url }) => url)))
