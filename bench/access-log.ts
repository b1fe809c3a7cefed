import { closeSync, openSync, readSync, statSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningPeer } from './peers/peer.ts'

/**
 * Empties a contestant's access log after a run, so that a long bench does not fill the disk, and makes sure that it was
 * written at all and holds JSON: who does not log is no fair opponent. Does nothing for one that logs elsewhere.
 */
export async function emptyLog(peer: RunningPeer): Promise<void> {
  if (peer.log === undefined) return
  // Buffered logs are flushed once a second.
  for (
    let waited = 0;
    statSync(peer.log, { throwIfNoEntry: false }) === undefined || statSync(peer.log).size === 0;
    waited += 50
  ) {
    if (waited > 3000) throw new Error(`${peer.label} wrote no access log to ${peer.log}`)
    await sleep(50)
  }
  const head = Buffer.alloc(16 * 1024)
  const file = openSync(peer.log, 'r')
  const text = head.latin1Slice(0, readSync(file, head))
  closeSync(file)
  // The file may begin in the middle of a record that was under way when it was emptied.
  const whole = text.split('\n').slice(0, -1)
  const line = whole[Math.min(1, whole.length - 1)] ?? ''
  try {
    JSON.parse(line)
  } catch {
    throw new Error(`${peer.label} wrote an access record that is no JSON: ${line.slice(0, 300)}`)
  }
  truncateSync(peer.log, 0)
}
