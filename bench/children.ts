import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'

/** What a started program is known by. */
export interface Child {
  readonly name: string
  readonly pid: number
  /** The last 4 KB of what it wrote to stdout and the last 8 KB of what it wrote to stderr: what a failure is told with. */
  lastWords(): string
  /** Calls back for every line of stdout from now on, and for those already there. */
  onLine(take: (line: string) => void): void
  /** Settles with the exit code when it has ended; 128 + the signal's number if a signal ended it. */
  readonly ended: Promise<number>
  /** SIGTERM, and SIGKILL after `grace` ms (3,000); settles when the whole process group is gone. */
  end(grace?: number): Promise<void>
  signal(signal: NodeJS.Signals): void
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/**
 * Every program that the bench has started. Each leads a process group of its own, so that ending it by its id ends
 * what it started in turn (nginx's worker) and nothing else.
 */
export class Children {
  readonly #running = new Set<ChildProcess>()

  /** Starts a program without a shell. */
  start(name: string, command: string, args: readonly string[], options: ChildOptions = {}): Child {
    const process = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...globalThis.process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    this.#running.add(process)
    let errors = ''
    let said = ''
    process.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-8192)
    })
    const lines: string[] = []
    let take = (line: string): void => {
      if (lines.push(line) > 1000) lines.shift()
    }
    let rest = ''
    process.stdout.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4096)
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) take(line)
    })
    const ended = new Promise<number>((resolve) => {
      process.once('error', (error) => {
        errors += `${error.message}\n`
        this.#running.delete(process)
        resolve(127)
      })
      process.once('close', (code, signal) => {
        this.#running.delete(process)
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
      })
    })
    return {
      name,
      pid: process.pid ?? 0,
      lastWords: () => `${said}${errors}`.trim(),
      onLine: (wanted) => {
        take = wanted
        for (const line of lines.splice(0)) wanted(line)
      },
      ended,
      signal: (signal) => killGroup(process, signal, false),
      end: async (grace = 3000) => {
        killGroup(process, 'SIGTERM', false)
        const timer = setTimeout(() => killGroup(process, 'SIGKILL', true), grace)
        await ended
        clearTimeout(timer)
        killGroup(process, 'SIGKILL', true)
      },
    }
  }

  /** Ends all at once; for `finally`. */
  async endAll(): Promise<void> {
    const running = [...this.#running]
    for (const process of running) killGroup(process, 'SIGTERM', false)
    await Promise.all(running.map((process) => gone(process, 3000)))
    // What a program started and did not end itself.
    for (const process of running) killGroup(process, 'SIGKILL', true)
  }

  /** Kills what still runs without waiting; for the moment the bench itself exits. */
  killAll(): void {
    for (const process of this.#running) killGroup(process, 'SIGKILL', true)
  }
}

/** To the program itself, or to its whole group: a program that ends in order ends its own. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals, whole: boolean): void {
  if (child.pid === undefined) return
  try {
    process.kill(whole ? -child.pid : child.pid, signal)
  } catch {
    // It is gone already.
  }
}

async function gone(child: ChildProcess, grace: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      killGroup(child, 'SIGKILL', true)
      resolve()
    }, grace)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
