import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { AdminPorts } from '../contract/admin.ts'
import { createAccess } from './access.ts'
import { type Answer, problem } from './answer.ts'
import { mismatch } from './body-schema.ts'
import type { Endpoint, Question } from './endpoint.ts'
import { endpoints } from './endpoints.ts'
import { pathParams } from './path-params.ts'
import { bodyLimit, readBody, shortBodyLimit } from './request-body.ts'

/** Where the admin API listens. */
export interface AdminAddress {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port: number
  /** Names that may stand in `Host`, besides `localhost` and addresses. */
  readonly hosts?: readonly string[]
}

/** The admin API of one gateway. */
export interface AdminServer {
  /** Rejects with the error of the operating system when the port is taken. */
  listen(): Promise<{ readonly host: string; readonly port: number }>
  /** Stops listening; answers under way get a second. */
  close(): Promise<void>
}

const jsonTypes = ['application/json']
const configTypes = [...jsonTypes, 'application/yaml', 'application/x-yaml', 'text/yaml']

/** Makes the admin server; it serves nothing before `listen`. */
export const createAdminServer = (ports: AdminPorts, address: AdminAddress): AdminServer => {
  const host = address.host ?? '127.0.0.1'
  const access = createAccess(
    host,
    address.hosts ?? [],
    () => ports.tokens(),
    () => performance.now(),
  )

  const decide = async (request: IncomingMessage): Promise<Answer> => {
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET')
    const path = (request.url ?? '/').split('?', 1)[0] as string
    const here = endpoints.filter((one) => pathParams(one.path, path) !== undefined)
    const endpoint = here.find((one) => one.method === method)
    const refusal = access.refuse(
      callerOf(request),
      endpoint?.scope ?? (here.length === 0 ? 'read' : (here[0] as Endpoint).scope),
    )
    if (refusal !== undefined) return refusal
    if (here.length === 0) return problem('GW4042')
    const allow = { Allow: allowed(here) }
    if (method === 'OPTIONS') return { status: 204, type: '', body: '', headers: allow }
    if (endpoint === undefined) return problem('GW4051', undefined, {}, allow)
    const question = await questionOf(request, endpoint, pathParams(endpoint.path, path) ?? {})
    return 'status' in question ? question : endpoint.answer(ports, question)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let answer: Answer
    try {
      answer = await decide(request)
    } catch (error) {
      // The reason is for the operator's log, never for the caller.
      ports.log('error', 'admin request failed', { method: request.method, path: request.url, error })
      answer = problem('GW5001')
    }
    send(request, response, answer)
  }

  const server = createServer(
    {
      requestTimeout: 20_000,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 5000,
      maxHeaderSize: 16_384,
    },
    (request, response) => {
      request.on('error', () => response.destroy())
      void handle(request, response)
    },
  )
  server.maxConnections = 512
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host, port: address.port }, () => {
          server.off('error', reject)
          server.on('error', (error) => ports.log('error', 'admin server failed', { error }))
          const { address: bound, port } = server.address() as AddressInfo
          resolve({ host: bound, port })
        })
      }),
    async close() {
      if (!server.listening) return
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), 1000)
      await closed
      clearTimeout(timer)
    },
  }
}

const allowed = (here: readonly Endpoint[]): string =>
  [...new Set(here.flatMap((one) => (one.method === 'GET' ? ['GET', 'HEAD'] : [one.method]))), 'OPTIONS'].join(', ')

const callerOf = (request: IncomingMessage): Parameters<ReturnType<typeof createAccess>['refuse']>[0] => ({
  method: request.method ?? 'GET',
  address: request.socket.remoteAddress ?? '',
  host: request.headers.host,
  origin: request.headers.origin,
  fetchSite: one(request.headers['sec-fetch-site']),
  fetchMode: one(request.headers['sec-fetch-mode']),
  authorization: request.headers.authorization,
})

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

const questionOf = async (
  request: IncomingMessage,
  endpoint: Endpoint,
  params: Question['params'],
): Promise<Question | Answer> => {
  const query = new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'))
  const conditions = {
    query,
    params,
    ifMatch: request.headers['if-match'],
    ifNoneMatch: request.headers['if-none-match'],
  }
  if (endpoint.body === undefined) return { text: '', value: undefined, ...conditions }
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const types = endpoint.body === 'config' ? configTypes : jsonTypes
  if (!types.includes(type)) return { ...problem('GW4151', `Content-Type must be ${types.join(' or ')}.`), close: true }
  if (request.headers['content-encoding'] !== undefined)
    return { ...problem('GW4151', 'A compressed body is not taken.'), close: true }
  const body = await readBody(request, endpoint.body === 'config' ? bodyLimit : shortBodyLimit)
  if ('code' in body) return { ...problem(body.code, body.detail), close: true }
  const { text } = body
  if (endpoint.body === 'config') return { text, value: undefined, ...conditions }
  let value: unknown
  try {
    value = JSON.parse(text === '' ? '{}' : text)
  } catch {
    return problem('GW4007', 'The body is not JSON.')
  }
  const wrong = mismatch(endpoint.body, value)
  return wrong === undefined ? { text, value, ...conditions } : problem('GW4007', `${wrong}.`)
}

const send = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  if (response.destroyed) return
  const bodiless = answer.status === 204 || answer.status === 304
  response.writeHead(answer.status, {
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(bodiless ? {} : { 'Content-Type': answer.type, 'Content-Length': Buffer.byteLength(answer.body) }),
    ...(answer.headers?.['ETag'] === undefined ? {} : { 'Cache-Control': 'no-cache' }),
    ...answer.headers,
    ...(answer.close === true || !request.complete ? { Connection: 'close' } : {}),
  })
  response.end(bodiless || request.method === 'HEAD' ? undefined : answer.body)
}
