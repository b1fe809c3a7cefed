import { message } from './message.ts'
import { RawConnection } from './raw-connection.ts'

export interface LoadOptions {
  readonly connections: number
  /** A client closes and opens anew after so many requests; default never. */
  readonly reopen?: number
}
export interface Load {
  /** Requests answered 200. */
  readonly done: number
  /**
   * Opens no more connections and uses those that are open: what a load balancer does once the gateway is not ready.
   * A connection opened at the very moment in which a listener closes is reset by the kernel.
   */
  turnAway(): void
  /** Stops and tells what failed. */
  stop(): Promise<{ readonly done: number; readonly failed: readonly string[] }>
}

/** Ended by FIN; reads the field anew, which the compiler believes to be still 'open'. */
const wasClosed = (client: RawConnection): boolean => client.standing === 'end'

/**
 * GET requests one after another on several kept connections, until stopped. A connection that the gateway closes
 * between requests, or that it refuses, is no failure; a request that was sent and got no 200 is.
 */
export const startLoad = (port: number, { connections, reopen = Infinity }: LoadOptions): Load => {
  const failed: string[] = []
  let done = 0
  const state = { stopping: false, turnedAway: false }
  const run = async (number: number): Promise<void> => {
    while (!state.stopping && !state.turnedAway) {
      let client: RawConnection
      try {
        client = await RawConnection.open(port)
      } catch {
        return
      }
      for (let i = 0; i < reopen && !state.stopping && client.standing === 'open'; i++) {
        client.write(message([`GET /load-${number}-${i} HTTP/1.1`, 'Host: load.test']))
        try {
          const response = await client.response(i, 10_000)
          if (response.status !== 200) failed.push(`${response.status} ${response.text.slice(0, 200)}`)
          else done++
          if (response.header('connection') === 'close') break
        } catch (error) {
          // An idle connection that was closed before a byte of this request was taken is no failed request.
          if (wasClosed(client) && client.responses.length === i && i > 0) break
          failed.push(String(error))
          break
        }
      }
      client.destroy()
    }
  }
  const running = Array.from({ length: connections }, (_, number) => run(number))
  return {
    get done() {
      return done
    },
    turnAway() {
      state.turnedAway = true
    },
    async stop() {
      state.stopping = true
      await Promise.all(running)
      return { done, failed }
    },
  }
}
