import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually } from './raw-connection.ts'

/** A gateway under test, in this process or in its own. */
export interface RunningGateway {
  /** Port of a listener; `main` if not named. */
  port(listener?: string): number
  close(): Promise<void>
}

/** A config as an object of the grammar. */
export type Config = Readonly<Record<string, unknown>>

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A line of JSON that the process printed. */
export type LogLine = Readonly<Record<string, unknown>>

export interface ProcessOptions {
  /** Arguments after `start -c FILE`. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Largest number of open files (prlimit). */
  readonly files?: number
  /** Read no output: the pipe of stdout is closed at once after the ready line. */
  readonly closeStdout?: boolean
}

/** `gwanmun start` in a folder of its own. */
export class GatewayProcess implements RunningGateway {
  readonly folder: string
  /** Lines of stdout that were JSON objects. */
  readonly lines: LogLine[] = []
  /** Lines of stdout that were not. */
  readonly noise: string[] = []
  stderr = ''
  /** Set when the process has ended. */
  ended: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined
  private readonly child: ChildProcess
  private ports = new Map<string, number>()
  /** Port of the admin side, when the ready line names it. */
  adminPort: number | undefined

  private constructor(folder: string, child: ChildProcess, closeStdout: boolean) {
    this.folder = folder
    this.child = child
    child.once('exit', (code, signal) => {
      this.ended = { code, signal }
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    if (child.stdout === null) throw new Error('no stdout')
    const { stdout } = child
    const lines = createInterface({ input: stdout })
    lines.on('line', (line) => {
      this.take(line)
      if (closeStdout && this.ports.size > 0) {
        lines.close()
        stdout.destroy()
      }
    })
  }

  /** Starts and waits for the ready line. `config` is an object (written as JSON) or the text of a YAML file. */
  static async start(config: Config | string, options: ProcessOptions = {}): Promise<GatewayProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'gwanmun-e2e-'))
    const file = join(folder, typeof config === 'string' ? 'gateway.yaml' : 'gateway.json')
    await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config))
    const command = [join(root, 'bin/gwanmun'), 'start', '-c', file, ...(options.args ?? [])]
    if (options.files !== undefined) command.unshift('prlimit', `--nofile=${options.files}:${options.files}`, '--')
    const child = spawn(command[0] as string, command.slice(1), {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const gateway = new GatewayProcess(folder, child, options.closeStdout === true)
    try {
      await eventually(() => gateway.ports.size > 0 || gateway.ended !== undefined, 'gateway ready', 20_000)
    } catch (error) {
      await gateway.close()
      throw new Error(`${String(error)}\n${gateway.stderr}`, { cause: error })
    }
    if (gateway.ended !== undefined)
      throw new Error(
        `gateway ended at start (${gateway.ended.code}): ${gateway.stderr}${gateway.noise.join('\n')}${JSON.stringify(gateway.lines)}`,
      )
    return gateway
  }

  get pid(): number {
    return this.child.pid as number
  }
  get file(): string {
    return this.child.spawnargs[this.child.spawnargs.indexOf('-c') + 1] as string
  }
  port(listener = 'main'): number {
    const port = this.ports.get(listener)
    if (port === undefined) throw new Error(`no listener ${listener}`)
    return port
  }
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }
  /** Waits for the end of the process. */
  async exit(timeout = 15_000): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    await eventually(() => this.ended !== undefined, 'end of the gateway', timeout)
    return this.ended as { code: number | null; signal: NodeJS.Signals | null }
  }
  /** Ends it, by force if it must be, and removes its folder. */
  async close(): Promise<void> {
    if (this.ended === undefined) this.child.kill('SIGKILL')
    await eventually(() => this.ended !== undefined, 'end of the gateway', 10_000)
    await rm(this.folder, { recursive: true, force: true })
  }
  /** Access records so far. */
  get access(): readonly LogLine[] {
    return this.lines.filter((line) => 'status' in line && 'method' in line)
  }

  private take(text: string): void {
    let line: unknown
    try {
      line = JSON.parse(text)
    } catch {
      this.noise.push(text)
      return
    }
    if (typeof line !== 'object' || line === null) return void this.noise.push(text)
    this.lines.push(line as LogLine)
    const { msg, listeners, admin } = line as { msg?: unknown; listeners?: unknown; admin?: unknown }
    if (msg !== 'ready' || !Array.isArray(listeners)) return
    if (typeof admin === 'number') this.adminPort = admin
    else if (typeof admin === 'object' && admin !== null) this.adminPort = (admin as { port?: number }).port
    for (const listener of listeners as { name: string; port: number }[]) this.ports.set(listener.name, listener.port)
  }
}
