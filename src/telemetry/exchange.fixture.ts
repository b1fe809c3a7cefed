import type { Exchange } from '../contract/exchange.ts'
import type { RoutePlan } from '../contract/plan.ts'
import type { EndFacts } from '../contract/telemetry.ts'
import { idOf } from '../lib/field-names.ts'
import { Fields } from '../lib/fields.ts'

type LogChoice = RoutePlan['settings']['log']

/** A route as far as telemetry looks at it. */
export const routeLike = (name: string, slot: number, log: LogChoice | 'none' = { sample: 1, fields: [] }): RoutePlan =>
  ({ name, slot, settings: { log: log === 'none' ? undefined : log } }) as unknown as RoutePlan

/** An exchange as far as telemetry looks at it; `over` replaces what a test is about. */
export const exchangeLike = (
  over: Partial<Omit<Exchange, 'request'>> & { request?: Partial<Exchange['request']>; userAgent?: string } = {},
): Exchange => {
  const fields = new Fields()
  // Past the check of `append`: a record must stand whatever a field holds.
  if (over.userAgent !== undefined) fields.take(idOf('user-agent'), 'user-agent', over.userAgent)
  const { request, ...rest } = over
  return {
    id: 'req_1',
    listener: { name: 'web', slot: 0 },
    client: { address: '203.0.113.7', peer: '203.0.113.7', port: 4711, scheme: 'http' },
    response: { status: 200, source: 'service', fields: new Fields() },
    route: routeLike('orders', 1),
    service: { name: 'shop' },
    target: { url: 'http://127.0.0.1:4001', slot: 0 },
    trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7', sampled: true },
    code: undefined,
    detail: undefined,
    attempts: 1,
    startedAt: 1000,
    receivedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    requestBytes: 3,
    responseBytes: 512,
    ...rest,
    request: {
      method: 'GET',
      path: '/orders/1',
      query: '',
      host: 'shop.test',
      protocol: 'HTTP/1.1',
      fields,
      ...request,
    },
  } as unknown as Exchange
}

/** How an exchange ended, 12.5 ms after it began, unless a test says otherwise. */
export const factsLike = (over: Partial<EndFacts> = {}): EndFacts => ({
  endedAt: 1012.5,
  serviceTime: 10.25,
  firstByteAt: 1011,
  status: 200,
  aborted: false,
  ...over,
})
