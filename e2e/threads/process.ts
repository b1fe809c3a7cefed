import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** One JSON line of `start`. */
export type Line = Readonly<Record<string, unknown>> & { readonly msg: string }

/** A gateway in a process of its own, ended with the test. */
export interface TestProcess {
  readonly child: ChildProcess
  readonly folder: string
  readonly lines: readonly Line[]
  readonly stderr: () => string
  /** Resolves with the first line of that message, or one after `from` lines. */
  line(message: string, from?: number): Promise<Line>
  /** Ports of listeners by name, and of `admin`, once it is ready. */
  port(name: string): Promise<number>
  write(yaml: string): Promise<void>
  readonly exited: Promise<number | null>
}

const script = new URL('fixtures/start.ts', import.meta.url).pathname

/** Starts a process on a configuration. Every line on stdout has to be a JSON object. */
export async function startProcess(t: TestContext, yaml: string, flags: readonly string[] = []): Promise<TestProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'gwanmun-process-'))
  const write = (yaml: string): Promise<void> => writeFile(join(folder, 'gateway.yaml'), yaml)
  await write(yaml)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Line[] = []
  const waiting: (() => void)[] = []
  let rest = ''
  let stderr = ''
  let ended = false
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) lines.push(JSON.parse(part) as Line)
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const exited = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      ended = true
      wake()
      resolve(code)
    }),
  )
  t.after(async () => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true, force: true })
  })
  const line = async (message: string, from = 0): Promise<Line> => {
    for (;;) {
      const found = lines.slice(from).find(({ msg }) => msg === message)
      if (found !== undefined) return found
      if (ended) throw new Error(`ended without "${message}": ${JSON.stringify(lines)} ${stderr}`)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  return {
    child,
    folder,
    lines,
    stderr: () => stderr,
    line,
    port: async (name) => {
      const ready = await line('ready')
      if (name === 'admin') return (ready['admin'] as { port: number }).port
      return (ready['listeners'] as { name: string; port: number }[]).find((one) => one.name === name)?.port ?? 0
    },
    write,
    exited,
  }
}

/** A configuration with free ports: a listener on 127.0.0.1, the admin port, and routes that the gateway answers. */
export const configOf = (routes: readonly string[], more = ''): string => `
listeners: { main: { port: 0, host: 127.0.0.1 } }
admin: { port: 0 }
workers: 2
drain: { delay: 300ms, timeout: 2s }
routes:
${routes.map((name) => `  ${name}: { path: /${name}, respond: { body: ${name} } }`).join('\n')}
${more}
`
