import { join } from 'node:path'
import type { Session } from '../session.ts'
import { runTool, type LoadResult } from './load.ts'

/** Big bodies, one after another on each connection, until `seconds` are over; begun ones are finished. */
export interface Transfer {
  readonly port: number
  readonly path: string
  readonly mode: 'download' | 'upload'
  /** Bytes of one body. */
  readonly size: number
  readonly connections: number
  readonly seconds: number
}

/** Runs the streaming tool to its end; `requests` are transfers, and times are those of whole transfers. */
export function runTransfer(session: Session, transfer: Transfer): Promise<LoadResult> {
  return runTool(session, transfer.mode, process.execPath, [
    join(import.meta.dirname, 'stream.ts'),
    JSON.stringify(transfer),
  ])
}
