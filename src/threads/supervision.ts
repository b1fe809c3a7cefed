import type { ReloadOutcome } from './control-calls.ts'
import type { MainEvent } from './events.ts'
import type { WorkerState } from './fleet-contract.ts'
import type { ShutDown } from './shutdown.ts'
import type { SlotSection } from './slot-allocator.ts'

/** Shared memory as main needs it, made by the file that wires `telemetry/`. */
export interface SharedMemory {
  handles(): unknown
  /** Makes room for so many slots. */
  grow(sizes: Readonly<Record<SlotSection, number>>): void
  /** Forgets what was counted for slots that are given to other names. */
  clear(section: SlotSection, slots: readonly number[]): void
  fold(column: number): void
  blockedFor(column: number): number
  stepOf(column: number): string | undefined
}

/** What a verb wants. */
export interface SupervisorOptions {
  readonly mode: 'start' | 'dev' | 'demo' | 'proxy'
  /** Options of the config loader: plain data, read by the compiler alone. */
  readonly load: unknown
  /** Absolute path of the configuration, where there is one. */
  readonly configFile: string | undefined
  readonly watch: boolean
  /** Instead of the configuration's. */
  readonly workers: number | 'auto' | undefined
  readonly state: string | undefined
  /** Whether the log is for a terminal instead of JSON lines. */
  readonly terminal: boolean
  readonly version: string
}
export interface SupervisorPorts {
  readonly files: Readonly<Record<'worker' | 'control' | 'compiler', URL>>
  createMemory(columns: number): SharedMemory
  /** ms that a compiler and a worker's plan may take; 10,000 each by default. */
  readonly patience?: { readonly compile?: number; readonly prepare?: number }
  emit(event: MainEvent): void
}

/** The first start failed. */
export class StartError extends Error {
  override name = 'StartError'
  /** 3 config, 6 port, 1 otherwise (experience.md, exit codes). */
  readonly exitCode: 1 | 3 | 6
  constructor(exitCode: 1 | 3 | 6, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The running gateway, as main holds it. */
export interface Supervisor {
  /** Resolves when every worker listens, and the admin port too. Rejects with a `StartError`. */
  start(): Promise<void>
  reload(text?: string): Promise<ReloadOutcome>
  replace(worker: number | undefined, reason: string): Promise<void>
  workers(): readonly WorkerState[]
  /** Opens log files by their names again. */
  reopen(): void
  /** Ends control; it is started again. */
  killControl(): Promise<void>
  /** Ends the gateway in order; `overrides` of the configuration's `drain`. */
  stop(signal: string, overrides?: { readonly delay?: number; readonly timeout?: number }): ShutDown
}
