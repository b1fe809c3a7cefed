import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { root } from './tree.ts'

/** What a program did. */
export interface CommandResult {
  readonly code: number
  /** stdout and stderr as they came. */
  readonly output: string
  /** It was not done in time and was ended. */
  readonly late: boolean
  /** Command lines of processes that it left behind; they were ended. */
  readonly left: readonly string[]
}

export interface CommandOptions {
  /** ms after which it is ended with all that it started; default 15 min. */
  readonly patience?: number
  /** Signal sent 2 s before the end by force, for a program that can say what it is waiting for. */
  readonly question?: NodeJS.Signals
}

const plain = (): NodeJS.ProcessEnv => {
  const { FORCE_COLOR: _, ...env } = process.env
  return { ...env, NO_COLOR: '1' }
}

/** Processes of a group, by command line; those that have ended and wait to be collected are not listed. */
const membersOf = (group: number): string[] => {
  if (process.platform !== 'linux') return []
  const found: string[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const [state, , inGroup] = readFileSync(`/proc/${name}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ')
      if (Number(inGroup) === group && state !== 'Z')
        found.push(readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim())
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

/** Who is left in a group whose leader has ended; its members may need a moment to end with it. */
const remaining = async (group: number): Promise<readonly string[]> => {
  let members = membersOf(group)
  for (let tries = 20; members.length > 0 && tries > 0; tries--) {
    // oxlint-disable-next-line no-await-in-loop -- it is a poll
    await setTimeout(100)
    members = membersOf(group)
  }
  return members
}

const endGroup = (group: number): void => {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // Nobody is left in it.
  }
}

/**
 * Runs a program in the repository's folder, in a process group of its own, and keeps what it prints. It never waits
 * longer than `patience`: neither for the program, nor for a process that it left behind and that holds its output.
 */
export const runCommand = (
  command: string,
  args: readonly string[],
  { patience = 900_000, question }: CommandOptions = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plain(),
      detached: true,
    })
    const { pid } = child
    if (pid === undefined) {
      child.once('error', (error) => resolve({ code: 127, output: `${error.message}\n`, late: false, left: [] }))
      return
    }
    let output = ''
    let late = false
    let left: readonly string[] = []
    const endAll = (): void => endGroup(pid)
    process.once('exit', endAll)
    const deadline = globalThis.setTimeout(() => {
      late = true
      if (question === undefined) return endAll()
      child.kill(question)
      globalThis.setTimeout(endAll, 2000)
    }, patience)
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    child.once('exit', () => clearTimeout(deadline))
    const cleaned = once(child, 'exit').then(async () => {
      if (!late) left = await remaining(pid)
      endAll()
    })
    child.once('close', (code, signal) => {
      void cleaned.then(() => {
        process.off('exit', endAll)
        const end = signal === null ? '' : `ended by ${signal}\n`
        resolve({ code: code ?? 1, output: output + end, late, left })
      })
    })
  })
