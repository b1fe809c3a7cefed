import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A gateway with two workers in a process of its own. */
export interface Gateway {
  readonly child: ChildProcess
  readonly port: number
  readonly admin: number
  ended(): boolean
  lines(): string
}

/** Starts `gwanmun start` on the gateway.yaml of a folder and waits for its ready line. */
export const startGateway = (folder: string): Promise<Gateway> =>
  new Promise((resolve, reject) => {
    const args = [
      'start',
      '-c',
      join(folder, 'gateway.yaml'),
      '--workers',
      '2',
      '--watch',
      '--port',
      '0',
      '--admin-port',
      '0',
      '--state',
      join(folder, 'state'),
    ]
    const child = spawn(join(root, 'bin/gwanmun'), args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder })
    // Whoever ends the run early ends the gateway with it.
    process.once('exit', () => child.kill('SIGKILL'))
    let ready = false
    let isEnded = false
    let lines = ''
    child.once('exit', () => {
      isEnded = true
      reject(new Error(`the gateway ended\n${lines}`))
    })
    const take = (text: string): void => {
      // Access records are many; what the gateway says about itself is kept.
      for (const line of text.split('\n')) if (line.includes('"msg"')) lines = `${lines}${line}\n`.slice(-8_000)
      const found = ready ? null : /^\{.*"msg":"ready".*\}$/m.exec(lines)
      if (found === null) return
      ready = true
      const event = JSON.parse(found[0]) as {
        readonly listeners: readonly { readonly port: number }[]
        readonly admin: { readonly port: number }
      }
      resolve({
        child,
        port: event.listeners[0]?.port ?? 0,
        admin: event.admin.port,
        ended: () => isEnded,
        lines: () => lines,
      })
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
  })

/** Resident memory of a process, in MB. */
export const memoryOf = (pid: number): number => {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return match === null ? 0 : Number(match[1]) / 1024
}
