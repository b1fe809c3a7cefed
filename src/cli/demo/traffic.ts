import { Agent, request } from 'node:http'

interface Call {
  readonly weight: number
  readonly method: string
  readonly path: () => string
  readonly body?: () => string
}

const below = (limit: number): number => 1 + Math.floor(Math.random() * limit)

/** What pretend clients do, mostly right things and now and then a wrong one. */
export const calls: readonly Call[] = [
  { weight: 40, method: 'GET', path: () => `/orders/${below(40)}` },
  { weight: 12, method: 'GET', path: () => '/orders?limit=10' },
  { weight: 20, method: 'GET', path: () => `/payments/${9000 + below(40)}` },
  { weight: 16, method: 'GET', path: () => `/delivery/${below(40)}` },
  { weight: 5, method: 'POST', path: () => '/orders', body: () => JSON.stringify({ customer: 'Ida' }) },
  { weight: 2, method: 'GET', path: () => `/orders/${500 + below(40)}` },
  { weight: 1, method: 'GET', path: () => '/ordrs/1' },
  { weight: 1, method: 'PATCH', path: () => `/orders/${below(40)}` },
  { weight: 2, method: 'GET', path: () => `/v1/orders/${below(40)}` },
  { weight: 1, method: 'GET', path: () => '/internal/ledger' },
]
const total = calls.reduce((sum, call) => sum + call.weight, 0)

/** The call for a number between 0 and 1. */
export const chooseCall = (random: number): Call => {
  let rest = random * total
  for (const call of calls) {
    rest -= call.weight
    if (rest < 0) return call
  }
  return calls[0] as Call
}

/** Sends about `perSecond` requests a second until it is stopped; failures are the gateway's to report. */
export const startTraffic = (port: number, perSecond: number): { stop(): void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const send = (): void => {
    const call = chooseCall(Math.random())
    const body = call.body?.()
    const outgoing = request({
      host: '127.0.0.1',
      port,
      agent,
      method: call.method,
      path: call.path(),
      headers: {
        'user-agent': 'gwanmun-demo',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
      timeout: 10_000,
    })
    outgoing.on('response', (response) => response.resume())
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', () => undefined)
    outgoing.end(body)
  }
  let timer = setTimeout(function tick() {
    send()
    timer = setTimeout(tick, (500 + Math.random() * 1000) / perSecond)
  }, 300)
  return {
    stop: () => {
      clearTimeout(timer)
      agent.destroy()
    },
  }
}
