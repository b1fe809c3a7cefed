import { resolve } from 'node:path'
import type { GatewaySettings } from './contract/snapshot.ts'
import { logLine } from './telemetry/log-line.ts'
import { clearSlots, foldWorker } from './telemetry/fold.ts'
import { createLoopWatch } from './telemetry/heartbeat.ts'
import { inheritedDestination } from './telemetry/destination.ts'
import { attachMemory, createMemory, growMemory } from './telemetry/memory.ts'
import { createOutput } from './telemetry/output.ts'
import { readStepStamp } from './telemetry/stamp.ts'
import { entriesOf } from './threads/event-log.ts'
import type { MainEvent } from './threads/events.ts'
import { heardAt } from './threads/heard.ts'
import type { LoadRequest, Overrides } from './threads/load-request.ts'
import type { ShutDown } from './threads/shutdown.ts'
import { type SharedMemory, StartError, type Supervisor, type SupervisorOptions } from './threads/supervision.ts'
import { createSupervisor } from './threads/supervisor.ts'
import { threadFile } from './threads/thread-file.ts'

/** What a verb that runs the gateway asks of main. */
export interface MainOptions {
  readonly mode: 'start' | 'dev' | 'demo' | 'proxy'
  /** Options of `loadConfig` but for what the compiler adds: file or object, folder, environment. Plain data. */
  readonly load: Omit<LoadRequest, 'mode' | keyof Overrides>
  /** Reload when a file of the configuration changes. */
  readonly watch: boolean
  /** Port of the only serving listener, instead of the configuration's. */
  readonly port?: number | undefined
  readonly adminPort?: number | undefined
  readonly workers?: number | 'auto' | undefined
  /** State folder, instead of the configuration's. */
  readonly state?: string | undefined
  readonly version: string
  /** Lowest level of the gateway's own log that is told, instead of `telemetry.level` of the configuration. */
  readonly level?: GatewaySettings['level'] | undefined
  /**
   * Called for everything that happens; `told` is what the log level leaves of it for people, undefined when nothing. In
   * `start` what is told is also one JSON line on stdout.
   */
  readonly onEvent?: ((event: MainEvent, told: MainEvent | undefined) => void) | undefined
  /** Given the running gateway once it is ready: for keys of a terminal. */
  readonly onReady?: ((gateway: RunningGateway) => void) | undefined
}
/** The running gateway in the hands of a verb. */
export interface RunningGateway {
  reload(): void
  /** Ends the gateway as a signal would. */
  stop(): void
}

/** Shared memory of `telemetry/` as the supervisor needs it. */
export function createSharedMemory(columns: number): SharedMemory {
  let handles = createMemory({ workers: columns })
  let memory = attachMemory(handles)
  const watch = createLoopWatch(memory)
  return {
    handles: () => handles,
    grow: ({ routes, listeners, targets }) => {
      handles = growMemory(handles, { routes, listeners, targets })
      memory = attachMemory(handles)
    },
    clear: (section, slots) => {
      if (section !== 'services') clearSlots(memory, section, slots)
    },
    fold: (column) => {
      foldWorker(memory, column)
      watch.forget(column)
    },
    blockedFor: (column) => watch.blockedFor(column),
    stepOf: (column) => readStepStamp(handles, column),
  }
}

/**
 * Runs the gateway until it is told to end: SIGTERM and SIGINT drain (a second one does not wait), SIGHUP reloads,
 * SIGUSR1 opens log files again.
 * Gives the exit code: 0 after a drain, 130 after Ctrl-C outside `start`, 3 when the configuration has errors, 6 when
 * a port cannot be bound, 1 otherwise.
 */
export async function runMain(options: MainOptions): Promise<number> {
  const { mode, load } = options
  // Not process.stdout, which writes to pipes synchronously: a reader that stalls would stall main.
  const out = createOutput(inheritedDestination(1), () => {})
  let least = options.level ?? 'info'
  const emit = (event: MainEvent): void => {
    if ('level' in event && event.kind !== 'notice') least = options.level ?? event.level
    const told = heardAt(least, event)
    if (mode === 'start' && told !== undefined) {
      for (const { level, message, fields } of entriesOf(told))
        out.write(Buffer.from(logLine(level, message, fields, Date.now())))
    }
    options.onEvent?.(event, told)
  }
  const supervisorOptions: SupervisorOptions = {
    mode,
    load: {
      ...load,
      mode: mode === 'proxy' ? 'dev' : mode,
      port: options.port,
      adminPort: options.adminPort,
      level: options.level,
    },
    configFile: load.file === undefined ? undefined : resolve(load.cwd, load.file),
    watch: options.watch,
    workers: options.workers,
    state: options.state,
    terminal: mode !== 'start',
    version: options.version,
  }
  const supervisor = createSupervisor(supervisorOptions, {
    files: { worker: threadFile('worker'), control: threadFile('control'), compiler: threadFile('compiler') },
    createMemory: createSharedMemory,
    emit,
  })
  const code = await runSupervisor(supervisor, options, emit)
  await out.close(1_000)
  return code
}

const runSupervisor = async (
  supervisor: Supervisor,
  options: MainOptions,
  emit: (event: MainEvent) => void,
): Promise<number> => {
  const { mode } = options
  let stopping: ShutDown | undefined
  let exitCode = 0
  let finish: () => void = () => {}
  const finished = new Promise<void>((resolve) => (finish = resolve))

  const stop = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (stopping !== undefined) return stopping.hurry()
    if (signal === 'SIGINT' && mode !== 'start') exitCode = 130
    // Nobody balances load over a gateway on a desk, so there is nobody to tell first.
    stopping = supervisor.stop(signal, mode === 'start' ? {} : { delay: 0, timeout: 1_000 })
    void stopping.done.then(finish)
  }
  const handlers = {
    SIGTERM: () => stop('SIGTERM'),
    SIGINT: () => stop('SIGINT'),
    SIGUSR1: () => supervisor.reopen(),
    SIGHUP: () => {
      if (stopping === undefined) void supervisor.reload()
    },
  }
  const survive = (error: unknown): void => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    emit({ kind: 'notice', level: 'error', code: undefined, message: `main: ${message}` })
  }
  /** A closed stdout or stderr is no reason to die (11.22); Node would. */
  const silent = (): void => {}
  process.stdout.on('error', silent)
  process.stderr.on('error', silent)
  process.on('uncaughtException', survive)
  process.on('unhandledRejection', survive)
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler)
  try {
    await supervisor.start()
    options.onReady?.({ reload: () => void supervisor.reload(), stop: () => stop('SIGINT') })
    await finished
    return exitCode
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    if (stopping !== undefined) await finished
    return stopping === undefined ? error.exitCode : exitCode
  } finally {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler)
    process.off('uncaughtException', survive)
    process.off('unhandledRejection', survive)
  }
}
