import type { MainOptions, RunningGateway } from '../main.ts'
import { createAsker } from './ask.ts'
import { exit, Stop, type ExitCode } from './exit.ts'
import { eventLines, type MainEvent } from './event-words.ts'
import type { GlobalFlags } from './global-flags.ts'
import { nextFreePort } from './probe-port.ts'
import type { Terminal } from './terminal.ts'
import { packageVersion } from '../version.ts'

/** What a verb asks for. */
export interface LaunchOptions {
  readonly mode: MainOptions['mode']
  /** Configuration file; undefined looks for one in this folder. */
  readonly file: string | undefined
  /** How the banner names it, when not by its own name. */
  readonly shown: string | undefined
  readonly watch: boolean
  readonly port?: number | undefined
  readonly adminPort?: number | undefined
  readonly workers?: number | 'auto' | undefined
  readonly state?: string | undefined
  readonly open?: boolean
  readonly global: GlobalFlags
  /** Command lines to try; `path` is one of a route that any GET takes. */
  tries(url: string, path: string | undefined): readonly string[]
  /** Called with the ports of the listeners once all of them listen. */
  ready?(ports: readonly number[]): void | Promise<void>
}

const exitCodes: ReadonlySet<number> = new Set(Object.values(exit))
const exitCodeOf = (code: number): ExitCode => (exitCodes.has(code) ? (code as ExitCode) : exit.failure)

type FailedEvent = Extract<MainEvent, { kind: 'failed' }>

const runOnce = async (
  options: LaunchOptions,
  terminal: Terminal,
): Promise<{ code: ExitCode; failed: FailedEvent | undefined }> => {
  const { runMain } = await import('../main.ts')
  const { mode, global } = options
  let failed: FailedEvent | undefined
  let gateway: RunningGateway | undefined
  let releaseKeys: (() => void) | undefined
  const forPeople = mode !== 'start'

  const onReady = async (event: Extract<MainEvent, { kind: 'ready' }>): Promise<void> => {
    if (forPeople) {
      const { showBanner } = await import('./show-banner.ts')
      const { readKeys } = await import('./keys.ts')
      const keys = terminal.interactive && terminal.tty
      await showBanner(event, options, keys, terminal)
      if (keys) releaseKeys = readKeys(() => gateway, event, terminal)
    }
    await options.ready?.(event.listeners.filter((one) => one.socket === undefined).map((one) => one.port))
  }
  const onEvent = (event: MainEvent, told: MainEvent | undefined): void => {
    if (event.kind === 'failed') failed = event
    if (event.kind === 'ready') {
      onReady(event).catch((error: unknown) => terminal.complain(`banner: ${String(error)}`))
    }
    // Under start the JSON lines on stdout say it all; a person at the terminal gets the reasons in readable form too.
    if (told !== undefined && (forPeople || (told.kind === 'failed' && terminal.talkTty))) {
      void eventLines(told, global, terminal).then((lines) => lines.forEach((line) => terminal.complain(line)))
    }
  }
  try {
    const code = await runMain({
      mode,
      load: {
        cwd: process.cwd(),
        ...(options.file === undefined ? {} : { file: options.file }),
        ...(global.env === undefined ? {} : { environment: global.env }),
        terminal: forPeople || terminal.tty,
      },
      watch: options.watch,
      port: options.port,
      adminPort: options.adminPort,
      workers: options.workers,
      state: options.state,
      level: global.logLevel,
      version: packageVersion(),
      onEvent,
      onReady: (running) => {
        gateway = running
      },
    })
    return { code: exitCodeOf(code), failed }
  } finally {
    releaseKeys?.()
  }
}

/** Runs a gateway until it ends. In `dev` on a terminal a taken port is answered with the offer of the next free one. */
export const launch = async (options: LaunchOptions, terminal: Terminal): Promise<ExitCode> => {
  const { code, failed } = await runOnce(options, terminal)
  if (failed?.code !== 'GW6001' || failed.port === undefined || failed.port === 0) return code
  const free = await nextFreePort(failed.port, '127.0.0.1')
  if (free === undefined) return code
  if (options.mode === 'dev' && terminal.interactive && options.port !== free) {
    const asker = createAsker()
    const yes = await asker.confirm(`Use port ${free} instead?`)
    asker.close()
    if (yes) return launch({ ...options, port: free }, terminal)
  }
  throw new Stop(code, `port ${failed.port} is taken`, `Use --port ${free}, or stop what uses it.`)
}
