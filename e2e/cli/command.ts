import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** The folder of the repository. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url))
const ownProgram = join(root, 'bin/gwanmun')

/** What a command line did. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Surroundings of a command line. */
export interface Surroundings {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Another program than the one of this repository. */
  readonly program?: string
}

// Only what a program needs: variables of whoever runs the tests must not steer it.
const environment = (env: Surroundings['env']): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? tmpdir(),
  LANG: 'C.UTF-8',
  ...env,
})

const start = (args: readonly string[], { cwd = root, env, program = ownProgram }: Surroundings): ChildProcess =>
  spawn(program, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })

/** Runs `gwanmun ARGS` to its end, with pipes for streams and no terminal. */
export const command = (args: readonly string[], surroundings: Surroundings = {}): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = start(args, surroundings)
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })

/** A command line that goes on. */
export interface Running {
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Resolves with the first match in stdout or stderr; rejects with all output when the process ends before. */
  seen(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Runs `gwanmun ARGS` until the test ends it; what is left at the end of the test is killed. */
export const running = (t: TestContext, args: readonly string[], surroundings: Surroundings = {}): Running => {
  const child = start(args, surroundings)
  let stdout = ''
  let stderr = ''
  let ended = false
  const waiting = new Set<() => void>()
  const wake = (): void => waiting.forEach((look) => look())
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    wake()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    wake()
  })
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      ended = true
      resolve(code)
      wake()
    })
  })
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    if (!ended) child.kill(signal)
    return closed
  }
  t.after(() => end('SIGKILL'))
  process.once('exit', () => child.kill('SIGKILL'))
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    seen: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr)
          if (match !== null) resolve(match)
          else if (ended) reject(new Error(`ended without ${String(pattern)}\n${stdout}\n${stderr}`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
    end,
  }
}

/** A folder with files, gone after the test. */
export const folder = (t: TestContext, files: Readonly<Record<string, string>> = {}): string => {
  const path = mkdtempSync(join(tmpdir(), 'gwanmun-cli-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return path
}

/** What a small service saw and says. */
export interface EchoService {
  readonly url: string
  readonly port: number
}

/** A service on a free port that answers with what it was asked. */
export const echoService = async (t: TestContext, name: string): Promise<EchoService> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify({
          service: name,
          method: request.method,
          url: request.url,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
  })
  server.keepAliveTimeout = 30_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port }
}

/** A gateway started as in production, on free ports. */
export interface StartedGateway extends Running {
  readonly url: string
  readonly port: number
  readonly admin: string
}

/** Runs `gwanmun start -c FILE` on free ports and waits for its ready line. */
export const startGateway = async (
  t: TestContext,
  file: string,
  surroundings: Surroundings & { readonly args?: readonly string[] } = {},
): Promise<StartedGateway> => {
  const state = folder(t)
  const gateway = running(
    t,
    [
      'start',
      '-c',
      file,
      '--port',
      '0',
      '--admin-port',
      '0',
      '--workers',
      '1',
      '--state',
      state,
      ...(surroundings.args ?? []),
    ],
    surroundings,
  )
  const [line] = await gateway.seen(/^\{[^\n]*"msg":"ready"[^\n]*\}$/m)
  const ready = JSON.parse(line) as {
    readonly listeners: readonly { readonly port: number }[]
    readonly admin?: { readonly port: number }
  }
  const port = ready.listeners[0]?.port ?? 0
  return { ...gateway, port, url: `http://127.0.0.1:${port}`, admin: `http://127.0.0.1:${ready.admin?.port ?? 0}` }
}
