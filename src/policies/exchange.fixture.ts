import type { Exchange, MaybePromise, Reply, RequestHead, ResponseHead } from '../contract/exchange.ts'
import type { ListenerPlan, RoutePlan, ServicePlan, Target } from '../contract/plan.ts'
import type { MatchNames, Policy, PolicyDefinition, PolicyHost, Slot } from '../contract/policy.ts'
import { Fields } from '../lib/fields.ts'
import { createMatcher } from '../lib/matcher.ts'
import type { TemplateSource } from '../lib/placeholder-reader.ts'
import { compileTemplate } from '../lib/placeholders.ts'
import type { MatcherSpec } from '../lib/schema.ts'

/** What a test says about a request; everything else is an ordinary GET over http from 192.0.2.7. */
export interface FakeRequest {
  readonly method?: string
  /** Canonical path with query. */
  readonly url?: string
  readonly host?: string
  readonly port?: number
  readonly scheme?: 'http' | 'https'
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly length?: number | 'stream' | 'none'
  readonly address?: string
  readonly params?: Readonly<Record<string, string>>
  readonly route?: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly target?: string
}

/** What a test says about the answer. */
export interface FakeResponse {
  readonly status?: number
  readonly source?: ResponseHead['source']
  readonly length?: ResponseHead['length']
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly code?: string
  readonly detail?: string
  /** What the log says, if that is not the sentence for clients. */
  readonly logged?: string
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A verdict as a policy noted it. */
export interface FakeNote {
  readonly code: number
  readonly a: number
  readonly b: number
}

/** An exchange without sockets: the contract's fields with plain values, notes kept in a list. */
export interface FakeExchange extends Mutable<Exchange> {
  request: RequestHead & { fields: Fields }
  response: ResponseHead & { fields: Fields }
  readonly notes: FakeNote[]
}

const fieldsOf = (headers: FakeRequest['headers'] = {}): Fields => {
  const fields = new Fields()
  for (const [name, value] of Object.entries(headers))
    for (const one of [value].flat()) fields.append(name.toLowerCase() as Lowercase<string>, one)
  return fields
}

/** A target as the plan compiles it from a URL. */
export const targetOf = (text: string): Target => {
  const url = new URL(text)
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port)
  return {
    url: text,
    slot: 0,
    scheme,
    host: url.hostname,
    port,
    authority: url.host,
    prefix: url.pathname.replace(/\/$/, ''),
    weight: 1,
  }
}

/** Makes an exchange at the moment when a policy's hook is called. */
export const fakeExchange = (request: FakeRequest = {}, response: FakeResponse = {}): FakeExchange => {
  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const notes: FakeNote[] = []
  const scheme = request.scheme ?? 'http'
  return {
    id: 'req-1',
    listener: { name: 'main', port: 8080, scheme } as ListenerPlan,
    client: {
      address: request.address ?? '192.0.2.7',
      peer: '192.0.2.7',
      port: 50_000,
      scheme,
      trusted: false,
      forwardedFor: request.address ?? '192.0.2.7',
    },
    request: {
      method: request.method ?? 'GET',
      path,
      query,
      host: request.host ?? 'api.example.com',
      port: request.port ?? (scheme === 'https' ? 443 : 80),
      fields: fieldsOf(request.headers),
      protocol: 'HTTP/1.1',
      length: request.length ?? 'none',
    },
    response: {
      status: response.status ?? 200,
      source: response.source ?? 'service',
      length: response.length ?? 'stream',
      fields: fieldsOf(response.headers),
    },
    route: request.route === undefined ? undefined : ({ labels: {}, ...request.route } as RoutePlan),
    params: request.params ?? {},
    service: { name: 'orders' } as ServicePlan,
    target: targetOf(request.target ?? 'http://127.0.0.1:4001'),
    trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7', sampled: true },
    code: response.code,
    detail: response.logged ?? response.detail,
    reply:
      response.source === 'gateway' || response.code !== undefined
        ? {
            status: response.status ?? 200,
            ...(response.code === undefined ? {} : { code: response.code }),
            ...(response.detail === undefined ? {} : { detail: response.detail }),
          }
        : undefined,
    attempts: 0,
    startedAt: 1000,
    receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    dry: false,
    slots: [],
    notes,
    note: (code, a = 0, b = 0) => void notes.push({ code, a, b }),
    requestBytes: 0,
    responseBytes: 0,
  }
}

/** The gateway's facts in templates: node `node-1`, version `0.1.0`, clocks that stand still. */
export const fakeSource: TemplateSource = {
  node: 'node-1',
  version: '0.1.0',
  time: () => Date.UTC(2026, 0, 2, 3, 4, 6),
  now: () => 1012.5,
}

const notHere = (what: string) => (): never => {
  throw new Error(`${what} is not part of this fixture`)
}

/** The ports of a policy: clocks stand still, slots are real. */
export const fakeHost = (match: Partial<MatchNames> = {}): PolicyHost & { readonly lines: string[] } => {
  let slots = 0
  const lines: string[] = []
  return {
    route: 'orders',
    node: fakeSource.node,
    version: fakeSource.version,
    match: { paths: [], methods: [], headers: [], query: [], cookies: [], ...match },
    now: () => fakeSource.now(),
    time: () => fakeSource.time(),
    random: () => 0.5,
    slot<T>(): Slot<T> {
      const index = slots++
      return {
        get: (exchange) => exchange.slots[index] as T | undefined,
        set: (exchange, value) => void (exchange.slots[index] = value),
      }
    },
    template: (text, place) => compileTemplate(text, place, fakeSource),
    matcher: (spec) => createMatcher(spec as MatcherSpec),
    counters: { take: notHere('take'), add: notHere('add') },
    records: { get: notHere('get'), put: notHere('put'), delete: notHere('delete'), claim: notHere('claim') },
    service: () => undefined,
    log: (level, message) => void lines.push(`${level} ${message}`),
    lines,
  }
}

/** Makes the policy of a definition. */
export const policyOf = <T>(
  definition: PolicyDefinition<T>,
  options: NoInfer<T>,
  host: PolicyHost = fakeHost(),
): Policy => {
  if (definition.create === undefined) throw new Error(`${definition.name} only has settings`)
  return definition.create(options, host)
}

/** What a synchronous hook answered; fails for a promise. */
export const replyOf = (answer: MaybePromise<Reply | undefined> | undefined): Reply | undefined => {
  if (answer instanceof Promise) throw new Error('the hook is not synchronous')
  return answer
}

/** Fields as `name: value` lines in order. */
export const linesOf = (fields: Fields): string[] =>
  fields.names.map((name, index) => `${name}: ${fields.valueAt(index)}`)
