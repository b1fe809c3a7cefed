import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { startHere, type PlaneGateway } from '../support/plane.ts'

/** One whole answer. */
export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** One request; what is not said is an ordinary GET. */
export interface Question {
  readonly method?: string
  readonly headers?: http.OutgoingHttpHeaders
  readonly body?: string | Buffer
  /** Read the answer at most this many bytes at a time, with a turn of the loop between. */
  readonly slow?: number
}

/** Asks over a connection of its own with node:http, which checks the framing of what comes back. */
export const ask = (port: number, path: string, question: Question = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, slow } = question
    const request = http.request(
      { host: '127.0.0.1', port, path, method, agent: false, headers: { Host: 'api.example.com', ...headers } },
      (response) => {
        const chunks: Buffer[] = []
        const answer = (): void =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
        response.on('error', reject)
        response.on('end', answer)
        if (slow === undefined) {
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          return
        }
        const read = (): void => {
          const chunk = (response.read(slow) ?? response.read()) as Buffer | null
          if (chunk !== null) chunks.push(chunk)
          if (!response.readableEnded) setImmediate(read)
        }
        read()
      },
    )
    request.on('error', reject)
    request.end(body)
  })

/** A service of node:http and the gateway before it, in this process. */
export interface Pair {
  readonly gateway: PlaneGateway
  readonly port: number
  /** Requests as the service got them. */
  readonly seen: http.IncomingMessage[]
  close(): Promise<void>
}

/** Starts a service and a gateway whose config is made from the service's URL. */
export const startPair = async (
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
  config: (service: string) => Readonly<Record<string, unknown>>,
): Promise<Pair> => {
  const seen: http.IncomingMessage[] = []
  const service = http.createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      service.closeAllConnections()
      service.close(() => resolve())
    })
  try {
    const gateway = await startHere({
      listeners: { main: { port: 0, host: '127.0.0.1' } },
      admin: 'none',
      telemetry: { logs: { stdout: 'none' } },
      ...config(url),
    })
    return {
      gateway,
      port: gateway.port(),
      seen,
      close: async () => {
        await gateway.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
