import { connect, type Socket } from 'node:net'
import { createAnswerReader } from './answer-reader.ts'

/** What is sent again and again. */
export interface LoadOptions {
  readonly host: string
  readonly port: number
  /** The whole request as bytes. */
  readonly request: Buffer
  readonly connections: number
  /** ms */
  readonly duration: number
}

/** What came of it. Times are ms, ascending. */
export interface LoadResult {
  readonly times: readonly number[]
  /** Answers with status 5xx, broken answers and lost connections. */
  readonly errors: number
  readonly statuses: Readonly<Record<string, number>>
  /** ms that it really took. */
  readonly elapsed: number
}

/** Keeps every connection busy with one request at a time until the time is over. */
export const load = (options: LoadOptions): Promise<LoadResult> =>
  new Promise((resolve) => {
    const times: number[] = []
    const statuses: Record<string, number> = {}
    const begun = performance.now()
    const end = begun + options.duration
    let errors = 0
    let open = 0
    const sockets = new Set<Socket>()

    const closed = (): void => {
      open -= 1
      if (open === 0) {
        clearTimeout(guard)
        times.sort((a, b) => a - b)
        resolve({ times, errors, statuses, elapsed: performance.now() - begun })
      }
    }

    const start = (): void => {
      open += 1
      const reader = createAnswerReader()
      const socket = connect({ host: options.host, port: options.port, noDelay: true })
      sockets.add(socket)
      let sentAt = 0
      let waiting = false
      const send = (): void => {
        sentAt = performance.now()
        waiting = true
        socket.write(options.request)
      }
      const done = (status: number, reusable: boolean): void => {
        if (status < 200) return
        waiting = false
        const now = performance.now()
        times.push(now - sentAt)
        statuses[status] = (statuses[status] ?? 0) + 1
        if (status >= 500) errors += 1
        if (now < end && reusable) send()
        else socket.end()
      }
      socket.on('connect', send)
      socket.on('data', (chunk: Buffer) => {
        if (!reader.take(chunk, done)) {
          errors += 1
          waiting = false
          socket.destroy()
        }
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        reader.close(done)
        if (waiting || sentAt === 0) errors += 1
        // A connection that the peer ended is replaced, but never in a hot loop of refusals.
        if (performance.now() < end && !waiting && sentAt > 0) start()
        closed()
      })
    }

    // Answers that do not come are cut 5 s after the end, so that the run ends.
    const guard = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, options.duration + 5000)
    for (let index = 0; index < options.connections; index++) start()
  })
