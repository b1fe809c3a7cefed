import { stampBytes } from './layout.ts'
import type { MemoryHandles } from './memory.ts'

/** Where a worker leaves what it runs, for code that may never return. */
export interface StepStamp {
  /** Takes what `stepName` of `lib/step-name.ts` makes. */
  enter(name: Uint8Array): void
  leave(): void
}

/** Opens the stamp of a worker. Entering costs a copy of the name; it is meant for user code, not for every step. */
export const createStepStamp = (handles: MemoryHandles, workerIndex: number): StepStamp => {
  const bytes = new Uint8Array(handles.stamps, (workerIndex + 1) * stampBytes, stampBytes)
  return {
    enter(name) {
      bytes.set(name)
    },
    leave() {
      bytes[0] = 0
    },
  }
}

/** The step that a worker is in, undefined when it is in none; main reads it when a loop stands still. */
export const readStepStamp = (handles: MemoryHandles, workerIndex: number): string | undefined => {
  const at = (workerIndex + 1) * stampBytes
  const length = new Uint8Array(handles.stamps)[at] as number
  return length === 0 ? undefined : Buffer.from(handles.stamps, at + 1, length).toString('latin1')
}
