import type { MessagePort } from 'node:worker_threads'
import type { Snapshot } from '../contract/snapshot.ts'
import type { SlotTable, TargetTable } from '../contract/threads.ts'
import { createAssembler } from './assembler.ts'
import type { ControlCalls, ControlNews, ControlSetup, ProcessStatus } from './control-calls.ts'
import type { AdminAddress } from './control-link.ts'
import { createPeer, type Peer } from './peer.ts'
import { readSlots } from './slot-pieces.ts'
import { stepBack } from './step-back.ts'

/** A load as control sees it. */
export interface ControlLoad {
  readonly load: number
  readonly snapshot: Snapshot
  readonly slots: SlotTable
  readonly memory: unknown
}

/** What control does, given by the file that wires it. */
export interface ControlBody {
  /** Resolves the names of a plan's targets. */
  prepare(load: ControlLoad): Promise<TargetTable>
  /** The plan runs: sinks, admin port and labels are its own from now on. */
  commit(load: ControlLoad, formerPort: number | undefined): Promise<AdminAddress | undefined>
  status(status: ProcessStatus): void
  /** Opens log files by their names again. */
  reopen(): void
  end(): Promise<void>
}

/** Runs control's thread: answers main's calls until it ends. */
export function runControl(
  port: MessagePort,
  begin: (setup: ControlSetup, main: Peer<ControlNews>) => ControlBody,
): void {
  stepBack('control')
  const assembler = createAssembler()
  let body: ControlBody | undefined
  let prepared: ControlLoad | undefined
  const own = (): ControlBody => {
    if (body === undefined) throw new Error('control has not begun')
    return body
  }
  const main = createPeer<ControlNews, ControlCalls>(port, {
    begin: (setup) => {
      body = begin(setup, main)
    },
    prepare: async ({ load, parcel, slots, memory }) => {
      prepared = { load, snapshot: await assembler.read(parcel), slots: await readSlots(slots), memory }
      return own().prepare(prepared)
    },
    commit: ({ load, formerPort }) => {
      if (prepared?.load !== load) throw new Error(`load ${load} was not prepared`)
      void assembler.commit()
      return own().commit(prepared, formerPort)
    },
    status: (status) => own().status(status),
    ping: () => {},
    reopen: () => own().reopen(),
    end: () => own().end(),
  })
}
