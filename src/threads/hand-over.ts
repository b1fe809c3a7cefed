import { MessageChannel } from 'node:worker_threads'
import type { WorkerHandle } from './worker-handle.ts'

/** ms for a worker to give or take its listening sockets; one that is alive takes a few. */
export const handoverTimeout = 5_000

/** How a handover went. Stuck: the old worker did not answer, so nothing it accepts is ever served. */
export type HandOverResult = 'done' | 'stuck' | 'failed'

/**
 * Moves listening sockets from a worker to its successor, directly, with what stands in their queues: no connection is
 * refused or reset. Never through main, whose loop would accept meanwhile.
 */
export async function handOver(
  old: WorkerHandle,
  successor: WorkerHandle,
  listeners: readonly string[],
): Promise<HandOverResult> {
  const { port1, port2 } = new MessageChannel()
  const [given, taken] = await Promise.allSettled([
    old.peer.call('giveAway', { port: port1, listeners }, { transfer: [port1], timeout: handoverTimeout }),
    successor.peer.call('takeOver', { port: port2, listeners }, { transfer: [port2], timeout: handoverTimeout }),
  ])
  if (given.status === 'rejected') return 'stuck'
  for (const name of listeners) old.attached.delete(name)
  return taken.status === 'rejected' ? 'failed' : 'done'
}
