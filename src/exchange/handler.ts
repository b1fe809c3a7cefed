import type { Reply } from '../contract/exchange.ts'
import type { HandlerContext, HandlerFunction, HandlerReply, ServiceCaller } from '../contract/handler.ts'
import type { InnerHandler, ServicePlan } from '../contract/plan.ts'
import type { CodeRef } from '../contract/snapshot.ts'
import type { Engine } from './engine.ts'
import { callService } from './inner-call.ts'
import type { ExchangeState } from './state.ts'

/** Turns a handler of the user's into what a route runs; its calls go through the same machinery as proxied requests. */
export const createHandler = (
  code: unknown,
  ref: CodeRef,
  engine: Engine,
  services: () => ReadonlyMap<string, ServicePlan> | undefined,
): InnerHandler => {
  const handler = handlerOf(code, ref)
  return async (exchange, body, signal) =>
    toReply(await handler(contextOf(exchange as ExchangeState, body, signal, ref, engine, services)))
}

/** The handler that a file exports. Throws an error that names file and export when it is none. */
export const handlerOf = (code: unknown, ref: CodeRef): HandlerFunction => {
  if (typeof code === 'function') return code as HandlerFunction
  throw new TypeError(`${ref.file}: export ${ref.export} is no handler; export default defineHandler(…)`)
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

const contextOf = (
  exchange: ExchangeState,
  body: Uint8Array,
  signal: AbortSignal,
  ref: CodeRef,
  engine: Engine,
  services: () => ReadonlyMap<string, ServicePlan> | undefined,
): HandlerContext => {
  const { request } = exchange
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (let i = 0; i < request.fields.length; i++) {
    const name = request.fields.nameAt(i)
    headers[name] = request.fields.get(name as Lowercase<string>) as string
  }
  return {
    params: exchange.params,
    request: {
      id: exchange.id,
      method: request.method,
      path: request.path,
      query: new URLSearchParams(request.query),
      headers,
      body,
      text: () => textOf(body),
      json: () => JSON.parse(textOf(body)) as unknown,
    },
    client: exchange.client,
    options: ref.options,
    services: callers(exchange, engine, services() ?? new Map(), signal),
    signal,
  }
}

const callers = (
  exchange: ExchangeState,
  engine: Engine,
  services: ReadonlyMap<string, ServicePlan>,
  signal: AbortSignal,
): Readonly<Record<string, ServiceCaller>> => {
  const made = Object.create(null) as Record<string, ServiceCaller>
  for (const [name, service] of services) {
    const call = (method: string) => (path: string, options?: Parameters<ServiceCaller['get']>[1]) =>
      callService(exchange, engine, service, method, path, options ?? {}, signal)
    made[name] = {
      get: call('GET'),
      head: call('HEAD'),
      post: call('POST'),
      put: call('PUT'),
      patch: call('PATCH'),
      delete: call('DELETE'),
      request: (method, path, options) => call(method.toUpperCase())(path, options),
    }
  }
  return made
}

/** What a handler returned as a reply: text as text, bytes as bytes, anything else as JSON. */
const toReply = (result: HandlerReply | Response | undefined): Reply | Promise<Reply> => {
  if (result === undefined) return { status: 204 }
  if (result instanceof Response) return fromResponse(result)
  if (typeof result !== 'object' || result === null)
    throw new TypeError('a handler answers with an object or a Response')
  const { status = 200, body } = result
  const headers: string[] = []
  let contentType: string | undefined
  for (const [name, value] of Object.entries(result.headers ?? {})) {
    if (/[\r\n\0]/.test(value)) throw new TypeError(`the handler's field ${name} holds a line break`)
    if (name.toLowerCase() === 'content-type') contentType = value
    else headers.push(name.toLowerCase(), value)
  }
  if (body === undefined) return { status, headers }
  if (typeof body === 'string')
    return { status, headers, body, contentType: contentType ?? 'text/plain; charset=utf-8' }
  if (body instanceof Uint8Array)
    return { status, headers, body, contentType: contentType ?? 'application/octet-stream' }
  return { status, headers, body: JSON.stringify(body), contentType: contentType ?? 'application/json' }
}

const fromResponse = async (response: Response): Promise<Reply> => {
  const headers: string[] = []
  // The body of an answer that was fetched is decoded already.
  const isFetched = response.url !== ''
  response.headers.forEach((value, name) => {
    if (name === 'content-type' || name === 'content-length' || (isFetched && name === 'content-encoding')) return
    headers.push(name, value)
  })
  const contentType = response.headers.get('content-type')
  return {
    status: response.status,
    headers,
    body: new Uint8Array(await response.arrayBuffer()),
    ...(contentType === null ? {} : { contentType }),
  }
}
