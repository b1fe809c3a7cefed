import type { ExplainRequest, InnerResponse } from './contract/data-plane.ts'
import type { ClientFacts } from './contract/exchange.ts'
import type { ListenerPlan } from './contract/plan.ts'
import { parseRequestHead, parsed, type RequestHead } from './http1/request-head.ts'
import type { HeadRefusal } from './http1/head-refusals.ts'
import { clientFacts, peerFacts } from './listener/client-facts.ts'
import type { CompiledPlan } from './plan/compile.ts'

/** Sends a request made in the process through the parser, so that what it refuses is refused here too. */
export const parseInner = (
  plan: Pick<CompiledPlan, 'listeners'>,
  method: string,
  request: Pick<ExplainRequest, 'url' | 'headers' | 'from' | 'listener'>,
  length: number | undefined,
):
  | { listener: ListenerPlan; client: ClientFacts; head: RequestHead }
  | { listener: ListenerPlan; refusal: HeadRefusal } => {
  const absolute = /^[a-z]+:\/\/([^/?]*)/i.exec(request.url)
  const authority = absolute?.[1] ?? 'localhost'
  const listener = chooseListener(plan, request.listener, /:(\d+)$/.exec(authority)?.[1] ?? '')
  if (listener === undefined) throw new Error('there is no such listener')
  const rest = absolute === null ? request.url : request.url.slice(absolute[0].length)
  let text = `${method} ${rest.startsWith('/') || rest === '*' ? rest : `/${rest}`} HTTP/1.1\r\n`
  const { headers } = request
  if (!headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')) text += `Host: ${authority}\r\n`
  for (let i = 0; i + 1 < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  if (length !== undefined && !/^(?:content-length|transfer-encoding):/im.test(text))
    text += `Content-Length: ${length}\r\n`
  const bytes = Buffer.from(`${text}\r\n`, 'latin1')
  const head = parseRequestHead(bytes, 0, bytes.length, listener.limits)
  if (head === undefined || parsed.end !== bytes.length)
    return { listener, refusal: parsed.refusal ?? { code: 'GW4000', detail: 'The request is not one whole head.' } }
  const peer = peerFacts(request.from ?? '127.0.0.1', 0, listener.scheme)
  const { trusted } = listener
  const client = trusted.hops > 0 || trusted.isTrusted(peer.address) ? clientFacts(peer, head.fields, trusted) : peer
  return { listener, client, head }
}

/** A whole answer as code reads it. */
export const innerResponse = (status: number, rawHeaders: readonly string[], body: Uint8Array): InnerResponse => {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    headers[name] =
      headers[name] === undefined ? (rawHeaders[i + 1] as string) : `${headers[name]}, ${rawHeaders[i + 1]}`
  }
  const text = (): string => Buffer.from(body).toString('utf8')
  return { status, headers, rawHeaders, body, text, json: () => JSON.parse(text()) as unknown }
}

const chooseListener = (
  plan: Pick<CompiledPlan, 'listeners'>,
  name: string | undefined,
  port: string,
): ListenerPlan | undefined => {
  if (name !== undefined) return plan.listeners.get(name)
  const serving = [...plan.listeners.values()].filter((listener) => listener.redirect === undefined)
  return serving.find((listener) => String(listener.port) === port) ?? serving[0]
}
