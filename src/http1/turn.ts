/**
 * Counts callbacks from the kernel; `open` while one runs. What is asked of the clock within one callback may be
 * answered from memory.
 */
export const turn: { id: number; open: boolean } = { id: 0, open: false }

/** What has output to hand over at the end of a callback. */
export interface Flushable {
  flush(): void
}

let depth = 0
/** Those with something to send, the first `dirtyCount` of them. The array is kept: emptying it would give its memory away at each flush. */
const dirty: (Flushable | undefined)[] = []
let dirtyCount = 0
let flushing = false
let scheduled = false
let batched = false

/** Writes out everything that the current callback produced. */
const flushDirty = (): void => {
  if (flushing) return
  flushing = true
  let next = 0
  try {
    // A flush may make others dirty; they are found further on.
    while (next < dirtyCount) {
      const one = dirty[next] as Flushable
      dirty[next++] = undefined
      one.flush()
    }
  } finally {
    flushing = false
    if (next < dirtyCount) {
      // One threw; the output of the others leaves all the same.
      dirty.copyWithin(0, next, dirtyCount)
      process.nextTick(flushDirty)
    }
    dirtyCount -= next
  }
}
const flushScheduled = (): void => {
  scheduled = false
  flushDirty()
}

const flushBatch = (): void => {
  batched = false
  flushDirty()
}

/** A callback that brings bytes begins. */
export const openTurn = (): void => {
  if (depth++ > 0) return
  turn.id++
  turn.open = true
}
/** It ends, however it does: one that throws must not hold back others. The turn's output leaves as one batch. */
export const closeTurn = (): void => {
  if (--depth > 0) return
  turn.open = false
  if (dirtyCount === 0 || batched) return
  batched = true
  setImmediate(flushBatch)
}
/** Any other callback begins. */
export const enterTurn = (): void => {
  depth++
}
/** It ends, however it does, and what it produced leaves. */
export const leaveTurn = (): void => {
  if (--depth > 0) return
  turn.open = false
  flushDirty()
}
/** Has the output of a connection handed over when the callback ends, or soon when there is none. */
export const flushLater = (one: Flushable): void => {
  dirty[dirtyCount++] = one
  if (depth > 0 || scheduled) return
  scheduled = true
  process.nextTick(flushScheduled)
}
