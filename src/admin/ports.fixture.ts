import { createHash } from 'node:crypto'
import { request } from 'node:http'
import type { AccessRecord } from '../contract/access-record.ts'
import type { AdminPorts, GatewayInfo } from '../contract/admin.ts'
import { createAdminServer } from './admin-server.ts'
import type { TestContext } from 'node:test'
import type { Diagnostic } from '../contract/diagnostic.ts'

export const finding: Diagnostic = {
  severity: 'error',
  code: 'GW1101',
  file: 'gateway.yaml',
  line: 3,
  column: 5,
  message: 'unknown key "rateLimt"',
  help: 'did you mean "rateLimit"?',
}

export const gatewayInfo = (over: Partial<GatewayInfo> = {}): GatewayInfo => ({
  version: '0.1.0',
  node: '26.10.0',
  name: 'edge-1',
  mode: 'start',
  state: 'running',
  startedAt: 1_700_000_000_000,
  config: {
    file: 'gateway.yaml',
    hash: 'abc123abc123',
    loadedAt: 1_700_000_000_000,
    routes: 3,
    stale: false,
    reason: undefined,
    diagnostics: [],
  },
  listeners: [{ name: 'web', host: '0.0.0.0', port: 8080 }],
  services: [{ name: 'shop', targets: [{ url: 'http://127.0.0.1:4001', weight: 1, ejected: 0 }] }],
  workersWanted: 2,
  workersLost: 0,
  controlRestarts: 0,
  reloads: { done: 1, refused: 0 },
  ...over,
})

export const accessRecord = (over: Partial<AccessRecord> = {}): AccessRecord => ({
  time: '2026-01-02T03:04:05.006Z',
  id: 'req_1',
  status: 502,
  method: 'GET',
  host: 'shop.test',
  path: '/orders/1?page=2',
  listener: 'web',
  route: 'orders',
  service: 'shop',
  target: 'http://127.0.0.1:4001',
  client: '203.0.113.7',
  code: 'GW5021',
  detail: 'shop: connection refused http://127.0.0.1:4001, tried 2×',
  source: 'gateway',
  ms: 3.1,
  serviceMs: 2.2,
  bytesIn: 0,
  bytesOut: 312,
  attempts: 2,
  userAgent: 'curl/8',
  protocol: 'HTTP/1.1',
  ...over,
})

/** Ports that answer something; `calls` says which were asked to change or check. */
export const adminPorts = (over: Partial<AdminPorts> = {}): AdminPorts & { readonly calls: string[] } => {
  const calls: string[] = []
  return {
    calls,
    tokens: () => [],
    info: () => gatewayInfo(),
    configHash: () => 'abc123abc123',
    config: () => ({
      hash: 'abc123abc123',
      config: { routes: { a: { path: '/a' } } },
      origins: { 'routes.a.path': 'gateway.yaml:2' },
    }),
    configSchema: () => ({ type: 'object' }),
    checkConfig(text) {
      calls.push(`check ${text}`)
      return { hash: 'h', diagnostics: text.includes('bad') ? [finding] : [] }
    },
    reload() {
      calls.push('reload')
      return { ok: true, hash: 'h2', changed: true, diagnostics: [], ms: 12 }
    },
    explain(asked) {
      calls.push(`explain ${asked.method} ${asked.url} ${asked.headers.join('|')}`)
      return { route: 'orders', status: 200, code: undefined }
    },
    record: (id) => (id === 'req_1' ? accessRecord() : undefined),
    workers: () => [
      { worker: 1, state: 'serving', startedAt: 1, load: 1, lag: 0.4, heap: 9_000_000, connections: 2, inFlight: 1 },
    ],
    replaceWorkers(worker) {
      calls.push(`replace ${worker}`)
      return []
    },
    metrics: () => 'gateway_connections 1\n',
    ready: () => ({ state: 'ready', stale: false }),
    log: (level, message) => void calls.push(`${level} ${message}`),
    ...over,
  }
}

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')

/** One answer as it came. */
export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly json: Record<string, unknown>
}

/** Asks without what fetch adds or forbids: any method, path and header. */
export const ask = (
  port: number,
  method: string,
  path: string,
  options: { readonly headers?: Record<string, string>; readonly body?: string | Buffer } = {},
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers: options.headers ?? {}, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          let json: Record<string, unknown> = {}
          try {
            json = JSON.parse(text) as Record<string, unknown>
          } catch {
            json = {}
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
        })
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })

/** Starts an admin server for one test and tells its port. */
export const startAdmin = async (t: TestContext, ports: AdminPorts, host?: string): Promise<number> => {
  const server = createAdminServer(ports, { port: 0, ...(host === undefined ? {} : { host }) })
  const { port } = await server.listen()
  t.after(() => server.close())
  return port
}

export const asJson = { 'content-type': 'application/json' } as const
