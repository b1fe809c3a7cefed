import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, PretendService } from './answer.ts'

/** A pretend service that listens. */
export interface RunningService {
  readonly name: string
  readonly port: number
  close(): Promise<void>
}

const maxBody = 1_048_576

const read = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBody) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

const streamEvents = (response: ServerResponse, events: readonly unknown[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  let next = 0
  const send = (): void => {
    response.write(`id: ${next}\ndata: ${JSON.stringify(events[next])}\n\n`)
    next += 1
    if (next === events.length) {
      clearInterval(timer)
      response.end()
    }
  }
  const timer = setInterval(send, 1000)
  response.on('close', () => clearInterval(timer))
  send()
}

const send = (response: ServerResponse, answer: Answer): void => {
  if (answer.events !== undefined) return streamEvents(response, answer.events)
  const body = answer.body === undefined ? '' : `${JSON.stringify(answer.body, null, 2)}\n`
  response.writeHead(answer.status, {
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(answer.location === undefined ? {} : { location: answer.location }),
  })
  response.end(body)
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/** Starts a pretend service on loopback: on `wanted` if that port is free, else on any free one. */
export const serve = async (service: PretendService, wanted: number): Promise<RunningService> => {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://service.invalid')
    const rest = url.pathname.split('/').filter((segment) => segment !== '')
    const body = await read(request)
    const answer = service.answer({
      method: request.method ?? 'GET',
      rest: rest[0] === service.name ? rest.slice(1) : rest,
      query: url.searchParams,
      body,
    })
    setTimeout(() => send(response, answer), service.pace * (0.5 + Math.random()))
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  // Longer than the gateway keeps idle connections, so that the gateway is the one to close them.
  server.keepAliveTimeout = 30_000
  const port = await listen(server, wanted).catch(() => listen(server, 0))
  return {
    name: service.name,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
