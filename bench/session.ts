import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Children } from './children.ts'

const open = new Set<Session>()
let guarded = false
let stopping = false

/** Whether a signal has told the bench to stop: what fails from then on is no finding. */
export function isInterrupted(): boolean {
  return stopping
}

/** One scenario's programs and its folder; all of it is gone after `end`, after a signal and when the bench exits. */
export class Session {
  readonly children: Children = new Children()
  /** Holds configs, logs and files; readable by the accounts that nginx and the like change to. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'gwanmun-bench-'))

  constructor() {
    chmodSync(this.folder, 0o755)
    open.add(this)
    if (guarded) return
    guarded = true
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      process.once(signal, () => {
        stopping = true
        void Promise.all([...open].map((session) => session.end())).finally(() => process.exit(code))
      })
    }
    process.once('exit', () => {
      for (const session of open) {
        session.children.killAll()
        rmSync(session.folder, { recursive: true, force: true })
      }
    })
  }

  /** Ends every program by its id and removes the folder. */
  async end(): Promise<void> {
    await this.children.endAll()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
    open.delete(this)
  }
}
