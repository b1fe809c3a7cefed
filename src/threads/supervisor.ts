import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Diagnostic } from '../contract/diagnostic.ts'
import type { ErrorCode } from '../errors.ts'
import { isDeepStrictEqual } from 'node:util'
import { boundListeners, reserveAll, type Reserved } from './addresses.ts'
import { BindError, canShare, refuseRivals, reserve } from './bind.ts'
import { compile, compileTimeout } from './compilation.ts'
import type { CompileRequest, CompileResult, Head } from './compile-calls.ts'
import type { ProcessStatus, ReloadOutcome } from './control-calls.ts'
import { controlNews } from './control-news.ts'
import { type AdminAddress, type ControlLink, createControlLink } from './control-link.ts'
import type { MainEvent } from './events.ts'
import { columnCount, type Fleet, type Running, workerCount } from './fleet-contract.ts'
import { createFleet, prepareTimeout } from './fleet.ts'
import { literalTargets, targetHosts } from './target-hosts.ts'
import type { Parcel, ParcelMemo } from './parcel.ts'
import { shutDown } from './shutdown.ts'
import { createSlotAllocator } from './slot-allocator.ts'
import { cutSlots } from './slot-pieces.ts'
import { openStateFolder, type StateFolder } from './state-folder.ts'
import {
  type SharedMemory,
  StartError,
  type Supervisor,
  type SupervisorOptions,
  type SupervisorPorts,
} from './supervision.ts'
import { createWatcher, type Watcher } from './watcher.ts'
import type { PlanOrder } from './worker-calls.ts'

interface Live {
  readonly running: Running
  readonly head: Head
  readonly memo: ParcelMemo
  /** What it was made of: the text that was given instead of the file, and every file as it was read. */
  readonly source: string | undefined
  readonly texts: ReadonlyMap<string, string> | undefined
  readonly reserved: ReadonlyMap<string, Reserved>
}

/** What a worker is told only when it starts. */
const workerSettings = ({ settings: { node, level, redact, logs } }: Head) => ({
  node,
  level,
  redact,
  access: logs.length > 0,
})
const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const equalBytes = (a: SharedArrayBuffer, b: SharedArrayBuffer): boolean => Buffer.from(a).equals(Buffer.from(b))
const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error')

/** Makes a supervisor; nothing runs before `start`. */
export function createSupervisor(options: SupervisorOptions, ports: SupervisorPorts): Supervisor {
  const began = performance.now()
  const startedAt = Date.now()
  const token = randomBytes(4).toString('hex')
  const slots = createSlotAllocator()
  let memory: SharedMemory | undefined
  let fleet: Fleet | undefined
  let control: ControlLink | undefined
  let watcher: Watcher | undefined
  let state: StateFolder | undefined
  let live: Live | undefined
  let wanted = 0
  let loads = 0
  let loadMemo: SharedArrayBuffer | undefined
  let queue: Promise<unknown> = Promise.resolve()
  const status = {
    state: 'starting' as ProcessStatus['state'],
    stale: false,
    reloadedAt: startedAt,
    reason: undefined as string | undefined,
    diagnostics: [] as readonly Diagnostic[],
    workersLost: 0,
    controlRestarts: 0,
    reloads: { done: 0, refused: 0 },
  }

  const isEnding = (): boolean => status.state === 'draining'
  /** A signal may come while the first load is under way. */
  const stillWanted = (): void => {
    if (isEnding()) throw new StartError(1, 'told to end')
  }
  const shared = (): SharedMemory => {
    if (memory === undefined) throw new Error('no shared memory yet')
    return memory
  }
  const publish = (): void =>
    control?.status({
      ...status,
      listeners: live === undefined ? [] : boundListeners(live.reserved),
      workers: fleet?.workers() ?? [],
      workersWanted: wanted,
      configFile: options.configFile,
      hash: live?.head.hash ?? '',
      routes: live?.head.routes ?? 0,
    })
  const emit = (event: MainEvent): void => {
    if (event.kind === 'worker-lost') status.workersLost++
    if (event.kind === 'control-lost') status.controlRestarts++
    ports.emit(event)
    if (event.kind !== 'notice') publish()
  }
  const notice = (level: 'info' | 'warn' | 'error', code: ErrorCode | undefined, message: string): void =>
    emit({ kind: 'notice', level, code, message })

  const run = (what: CompileRequest['what'], source: string | undefined): Promise<CompileResult> =>
    compile(ports.files.compiler, ports.patience?.compile ?? compileTimeout, {
      what,
      options: options.load,
      text: source,
      state: stateFolder(),
      memo: live?.memo,
      loadMemo,
      kept: what === 'shown' ? live?.texts : undefined,
      generation: live?.head.generation ?? 0,
      codeDigest: live?.head.codeDigest ?? '',
    })

  const base = options.configFile === undefined ? process.cwd() : dirname(options.configFile)
  const stateFolder = (): string => resolve(base, options.state ?? live?.head.settings.state ?? join(base, '.gwanmun'))

  /** Everything a load needs before a worker hears of it; throws a `BindError`. */
  const orderOf = async (head: Head, full: Parcel, changed: Parcel) => {
    const reserved = await reserveAll(head.listeners, live?.reserved ?? new Map<string, Reserved>())
    const { admin } = head.settings
    const old = live?.head.settings.admin
    if (admin !== undefined && (admin.port !== old?.port || admin.host !== old.host)) reserve(admin.host, admin.port)
    const load = ++loads
    const table = cutSlots(slots.assign(load, head.names))
    shared().grow(slots.sizes())
    const order = { load, slots: table, memory: shared().handles() }
    return { load, reserved, full: { ...order, parcel: full }, changed: { ...order, parcel: changed } }
  }
  const runningOf = async (head: Head, parts: Awaited<ReturnType<typeof orderOf>>): Promise<Running> => {
    const targets =
      (await control?.prepare(parts.full)) ??
      literalTargets(targetHosts(head.names.targets.map((name) => name.slice(name.indexOf(' ') + 1))))
    const complete = (order: Omit<PlanOrder, 'targets'>): PlanOrder => ({ ...order, targets })
    return {
      load: parts.load,
      full: complete(parts.full),
      changed: complete(parts.changed),
      base: live?.running.load ?? 0,
      generation: head.generation,
      addresses: new Map([...parts.reserved].map(([name, { address }]) => [name, address])),
      drainTimeout: head.settings.drain.timeout,
      maxBlock: head.settings.maxBlock,
    }
  }
  const settled = (
    head: Head,
    running: Running,
    reserved: ReadonlyMap<string, Reserved>,
    result: CompileResult,
    source?: string,
  ): void => {
    live = { running, head, reserved, source, texts: result.texts, memo: result.memo as ParcelMemo }
    if (options.watch) watcher?.watch(head.files)
    status.diagnostics = result.diagnostics
    status.reloadedAt = Date.now()
    loadMemo = result.loadMemo
    state
      ?.keep(running.full.parcel)
      .catch((error: unknown) => notice('warn', 'GW6003', `last good configuration not kept: ${text(error)}`))
  }

  const refuse = (reason: string, diagnostics: readonly Diagnostic[], from: number): ReloadOutcome => {
    const ms = performance.now() - from
    // The threads it needed are being ended.
    if (isEnding())
      return { ok: false, hash: live?.head.hash ?? '', changed: false, reason: 'shutting down', diagnostics, ms }
    status.stale = true
    status.reason = reason
    status.diagnostics = diagnostics
    status.reloads = { ...status.reloads, refused: status.reloads.refused + 1 }
    emit({ kind: 'refused', reason, diagnostics, ms })
    return { ok: false, hash: live?.head.hash ?? '', changed: false, reason, diagnostics, ms }
  }
  const reloadNow = async (source: string | undefined): Promise<ReloadOutcome> => {
    const from = performance.now()
    const now = live
    if (now === undefined || fleet === undefined) throw new Error('nothing runs yet')
    if (isEnding()) return refuse('shutting down', [], from)
    let load = 0
    let result: CompileResult
    try {
      result = await run('config', source)
    } catch (error) {
      return refuse(text(error), [], from)
    }
    const { head, full, changed, diagnostics } = result
    if (head === undefined || full === undefined || changed === undefined)
      return refuse('the configuration has errors', diagnostics, from)
    const ms = (): number => performance.now() - from
    if (options.watch) watcher?.watch(head.files)
    if (
      head.hash === now.head.hash &&
      head.generation === now.head.generation &&
      equalBytes(full.origins, now.running.full.parcel.origins)
    ) {
      status.stale = false
      status.reason = undefined
      status.diagnostics = diagnostics
      emit({ kind: 'unchanged', configHash: head.hash, ms: ms() })
      return { ok: true, hash: head.hash, changed: false, reason: undefined, diagnostics, ms: ms() }
    }
    try {
      const parts = await orderOf(head, full, changed)
      load = parts.load
      const running = await runningOf(head, parts)
      await fleet.apply(running)
      settled(head, running, parts.reserved, result, source)
    } catch (error) {
      if (load !== 0) slots.release(load)
      return refuse(text(error), diagnostics, from)
    }
    for (const { address } of now.reserved.values())
      if (address.socket !== undefined && !running(address.socket)) rmSync(address.socket, { force: true })
    if (workerCount(options.workers ?? head.settings.workers) !== wanted)
      notice('warn', undefined, 'workers.count changes with a restart')
    if (!isDeepStrictEqual(workerSettings(head), workerSettings(now.head)))
      void fleet.replace(undefined, 'settings changed')
    await control?.commit(live?.running.full ?? now.running.full, false)
    status.stale = false
    status.reason = undefined
    status.reloads = { ...status.reloads, done: status.reloads.done + 1 }
    const { level } = head.settings
    emit({ kind: 'reloaded', configHash: head.hash, routes: head.routes, level, ms: ms(), diagnostics })
    return { ok: true, hash: head.hash, changed: true, reason: undefined, diagnostics, ms: ms() }
  }
  const running = (socket: string): boolean =>
    [...(live?.reserved.values() ?? [])].some(({ address }) => address.socket === socket)

  const reload = (source?: string): Promise<ReloadOutcome> => {
    const result = queue.then(() => reloadNow(source))
    queue = result.catch(() => undefined)
    return result
  }

  const fail = (
    exitCode: 1 | 3 | 6,
    code: ErrorCode | undefined,
    reason: string,
    diagnostics: readonly Diagnostic[],
    port?: number,
  ): StartError => {
    ports.emit({ kind: 'failed', code, reason, port, diagnostics })
    return new StartError(exitCode, reason)
  }

  const startControl = (): ControlLink =>
    createControlLink(
      ports.files.control,
      { version: options.version, mode: options.mode, startedAt, terminal: options.terminal },
      controlNews({ fleet: () => fleet, live: () => live, reload, compile: run, notice }),
      (reason) => emit({ kind: 'control-lost', reason }),
    )

  /** The configuration, or where `start` finds none that can be read, the last good snapshot. */
  const firstResult = async (): Promise<CompileResult> => {
    const result = await run('config', undefined)
    if (result.head !== undefined || options.mode !== 'start' || !result.unreadable) return result
    const kept = await run('last-good', undefined)
    if (kept.head === undefined) return result
    status.stale = true
    status.reason = 'the configuration cannot be read'
    notice(
      'error',
      'GW1003',
      `the configuration cannot be read; serving the last good one (${kept.head.hash}) of ${stateFolder()}`,
    )
    return { ...kept, diagnostics: result.diagnostics }
  }

  const start = async (): Promise<void> => {
    control = startControl()
    let result: CompileResult
    try {
      result = await firstResult()
    } catch (error) {
      throw fail(3, undefined, text(error), [])
    }
    const { head, full, changed, diagnostics } = result
    if (head === undefined || full === undefined || changed === undefined) {
      throw fail(3, undefined, 'the configuration has errors', diagnostics)
    }
    stillWanted()
    wanted = workerCount(options.workers ?? head.settings.workers)
    if (!canShare) notice('warn', undefined, `${process.platform} cannot share a port between threads: one worker runs`)
    memory = ports.createMemory(columnCount(wanted))
    fleet = createFleet({
      file: ports.files.worker,
      patience: ports.patience?.prepare ?? prepareTimeout,
      setup: (column) => ({
        ...workerSettings(live?.head ?? head),
        column,
        version: options.version,
        start: token,
        pages: options.mode === 'dev',
        memory: shared().handles(),
      }),
      fold: (column) => memory?.fold(column),
      blockedFor: (column) => memory?.blockedFor(column) ?? 0,
      stepOf: (column) => memory?.stepOf(column),
      left: (load) => {
        for (const { section, slot } of slots.release(load)) memory?.clear(section, [slot])
      },
      emit,
    })
    watcher = createWatcher(
      () => void reload(),
      (folder, reason) => notice('warn', undefined, `${folder} cannot be watched: ${reason}`),
    )
    let admin: AdminAddress | undefined
    try {
      const parts = await orderOf(head, full, changed)
      const first = await runningOf(head, parts)
      await fleet.start(wanted, first)
      settled(head, first, parts.reserved, result)
      const rivals = refuseRivals(
        new Set([...first.addresses.values()].flatMap(({ port }) => (port === 0 ? [] : [port]))),
      )
      const [address] = await Promise.all([control.commit(first.full, true), rivals])
      admin = address
    } catch (error) {
      if (error instanceof BindError) throw fail(6, error.code, error.message, diagnostics, error.port)
      const taken = /^(GW600[126]) port (\d+)/.exec(text(error))
      if (taken !== null) throw fail(6, taken[1] as ErrorCode, text(error).slice(7), diagnostics, Number(taken[2]))
      throw fail(1, undefined, text(error), diagnostics)
    }
    stillWanted()
    state = await openStateFolder(stateFolder())
    if (state.writable) state.keep(full).catch((error: unknown) => notice('warn', 'GW6003', text(error)))
    else
      notice(
        'warn',
        'GW6003',
        `${stateFolder()} is not writable (${state.reason}): the last good configuration is not kept`,
      )
    status.state = 'running'
    emit({
      kind: 'ready',
      listeners: boundListeners(live?.reserved ?? new Map<string, Reserved>()),
      admin,
      routes: head.routes,
      configHash: head.hash,
      workers: wanted,
      files: head.files,
      level: head.settings.level,
      diagnostics: hasErrors(diagnostics) ? [] : diagnostics,
      ms: performance.now() - began,
    })
  }

  const end = async (): Promise<void> => {
    watcher?.close()
    await fleet?.end()
    await control?.end()
    for (const { address } of live?.reserved.values() ?? [])
      if (address.socket !== undefined) rmSync(address.socket, { force: true })
  }

  return {
    start: async () => {
      try {
        await start()
      } catch (error) {
        await end()
        throw error
      }
    },
    reload,
    replace: (worker, reason) => fleet?.replace(worker, reason) ?? Promise.resolve(),
    workers: () => fleet?.workers() ?? [],
    reopen: () => control?.reopen(),
    killControl: () => control?.kill() ?? Promise.resolve(),
    stop: (signal, overrides = {}) => {
      status.state = 'draining'
      watcher?.close()
      return shutDown({
        ...(live?.head.settings.drain ?? { delay: 0, timeout: 0 }),
        ...overrides,
        signal,
        drain: (timeout) => fleet?.drain(timeout) ?? Promise.resolve({ finished: 0, cut: 0 }),
        end,
        emit,
      })
    },
  }
}
