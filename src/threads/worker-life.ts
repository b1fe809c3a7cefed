import { renameSync } from 'node:fs'
import type { Server } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import type { DataPlane } from '../contract/data-plane.ts'
import { createAssembler } from './assembler.ts'
import { bindPath, settle } from './bind.ts'
import { createPeer } from './peer.ts'
import { readSlots } from './slot-pieces.ts'
import type { Fault, Handover, WorkerCalls, WorkerNews, WorkerSetup } from './worker-calls.ts'

/** What a worker is made of, given by the file that wires it. */
export interface WorkerParts {
  /** Called once, with main's first words. */
  begin(setup: WorkerSetup, main: WorkerVoice): WorkerBody
  /** The operator's file an error comes from. */
  blame(error: unknown): string | undefined
}
/** What a worker has to say to main. */
export interface WorkerVoice {
  /** User code failed outside any request. */
  readonly report: (error: unknown, step: string | undefined) => void
  /** Nothing runs any more on the plan of a load that was replaced. */
  readonly left: (load: number) => void
}
export interface WorkerBody {
  readonly plane: DataPlane
  /** Shared memory was extended. */
  grow(memory: unknown): void
  stop(): void
}

/** Server given away by another worker, by listener name; `done` when all have been sent. */
type Gift = { readonly listener: string; readonly server: Server } | { readonly done: true }

/** Runs a data worker's thread: answers main's calls until told to end. */
export function runWorker(port: MessagePort, parts: WorkerParts): void {
  const assembler = createAssembler()
  let body: WorkerBody | undefined
  const plane = (): DataPlane => {
    if (body === undefined) throw new Error('the worker has not begun')
    return body.plane
  }
  const attached = new Set<string>()
  /** Load discarded last: it may still be on its way from the assembler to the plane. */
  let discarded = 0

  const stopAccepting = async (name: string): Promise<void> => {
    if (!attached.delete(name)) return
    // A moment more, so that connections which already stand in the queue are taken rather than reset.
    await pause(settle)
    plane().detach(name)?.close()
  }

  const peer = createPeer<WorkerNews, WorkerCalls>(port, {
    begin: (setup) => {
      body = parts.begin(setup, {
        report: (error, step) => tellFault('reported', error, step),
        left: (load) => peer.tell('left', load),
      })
    },
    prepare: async ({ load, parcel, slots, targets, memory }) => {
      body?.grow(memory)
      const [snapshot, table] = [await assembler.read(parcel), await readSlots(slots)]
      if (discarded === load) throw new Error('the load was discarded')
      await plane().prepare(snapshot, table, targets, load)
    },
    commit: (load) => {
      plane().commit(load)
      void assembler.commit()
    },
    discard: (load) => {
      discarded = load
      plane().discard(load)
    },
    attach: async ({ name, socket }) => {
      await stopAccepting(name)
      await plane().attach(name, socket)
      attached.add(name)
    },
    attachPath: async ({ name, path, temporary }) => {
      await stopAccepting(name)
      await plane().attach(name, bindPath(temporary))
      renameSync(temporary, path)
      attached.add(name)
    },
    detach: stopAccepting,
    giveAway: ({ port: channel, listeners }: Handover) => {
      for (const listener of listeners) {
        attached.delete(listener)
        const server = plane().detach(listener)
        // A listening server can be moved (Node 26), though the types do not know it yet.
        if (server !== undefined) channel.postMessage({ listener, server } satisfies Gift, [server as never])
      }
      channel.postMessage({ done: true } satisfies Gift)
      channel.close()
    },
    takeOver: ({ port: channel }: Handover) =>
      new Promise<void>((resolve, reject) => {
        const taken: Promise<void>[] = []
        let done = false
        channel.on('message', (gift: Gift) => {
          if ('done' in gift) {
            done = true
            return void Promise.all(taken).then(() => resolve(), reject)
          }
          attached.add(gift.listener)
          taken.push(plane().attach(gift.listener, gift.server))
        })
        channel.on('close', () => {
          if (!done) reject(new Error('the other worker ended'))
        })
      }),
    setTargets: (table) => plane().setTargets(table),
    explain: (request) => plane().explain(request),
    drain: async (timeout) => {
      await Promise.all([...attached].map(stopAccepting))
      return plane().drain(timeout)
    },
    end: () => {
      body?.plane.close()
      body?.stop()
      setImmediate(() => port.close())
    },
  })

  const tellFault = (kind: Fault['kind'], error: unknown, step?: string): void => {
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined }
    peer.tell('fault', { kind, message, stack, culprit: parts.blame(error) ?? step })
  }
  process.on('unhandledRejection', (error) => tellFault('unhandledRejection', error))
  process.on('uncaughtException', (error) => tellFault('uncaughtException', error))
}
