import { write } from 'node:fs'

/** Writes whole lines to a file descriptor, never waiting for its reader. */
export interface LineWriter {
  /** Queues a line; the newline is added. Over 1 MB of waiting text it is dropped and counted. */
  line(text: string): void
  /** Lines dropped because the reader was too slow. */
  readonly dropped: number
  /** Resolves when everything queued is written, or nobody reads any more. */
  flushed(): Promise<void>
}

const bound = 1 << 20

/**
 * `process.stdout` writes to pipes synchronously, so a stalled reader would stall main; and it dies of a closed one.
 * This one writes through the thread pool and falls silent when the reader is gone (EPIPE).
 */
export function createLineWriter(fd: number): LineWriter {
  let waiting: string[] = []
  let size = 0
  let dropped = 0
  let writing = false
  let gone = false
  let idle: (() => void)[] = []

  const rest = (): void => {
    writing = false
    for (const resolve of idle) resolve()
    idle = []
  }
  const push = (bytes: Buffer, from: number): void => {
    write(fd, bytes, from, bytes.length - from, null, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(push, 20, bytes, from)
      if (error !== null) {
        gone = true
        waiting = []
        return rest()
      }
      if (from + written < bytes.length) return push(bytes, from + written)
      next()
    })
  }
  const next = (): void => {
    if (waiting.length === 0) return rest()
    const bytes = Buffer.from(waiting.join(''))
    waiting = []
    size = 0
    push(bytes, 0)
  }

  return {
    line: (text) => {
      if (gone) return
      if (size > bound) return void dropped++
      waiting.push(`${text}\n`)
      size += text.length
      if (writing) return
      writing = true
      queueMicrotask(next)
    },
    get dropped() {
      return dropped
    },
    flushed: () => (writing ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  }
}
