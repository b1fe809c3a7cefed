import { join } from 'node:path'
import type { Child } from '../children.ts'
import type { Session } from '../session.ts'

/** Connections that have had one answer each and then lie still. */
export interface IdleConnections {
  readonly port: number
  readonly path: string
  readonly connections: number
}

/** Connections held by a program of their own until it is ended. */
export interface Held {
  readonly child: Child
  /** How many the other side has closed so far. */
  closed(): number
}

/** Opens them; settles when every one has been answered, and throws when one is not. */
export async function holdIdle(session: Session, wanted: IdleConnections): Promise<Held> {
  const child = session.children.start('idle connections', process.execPath, [
    join(import.meta.dirname, 'idle.ts'),
    JSON.stringify(wanted),
  ])
  let closed = 0
  await new Promise<void>((resolve, reject) => {
    child.onLine((line) => {
      const said = JSON.parse(line) as { open?: number; closed?: number }
      if (said.open !== undefined) resolve()
      if (said.closed !== undefined) closed = said.closed
    })
    void child.ended.then(() =>
      reject(new Error(`Not all of ${wanted.connections} connections were answered. ${child.lastWords()}`)),
    )
  })
  return { child, closed: () => closed }
}
