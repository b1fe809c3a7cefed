import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDelivery } from './delivery.ts'
import { createOrders } from './orders.ts'
import { createPayments } from './payments.ts'
import { calls, chooseCall } from './traffic.ts'

const ask = (
  service: ReturnType<typeof createOrders>,
  method: string,
  ...rest: string[]
): ReturnType<ReturnType<typeof createOrders>['answer']> =>
  service.answer({ method, rest, query: new URLSearchParams(), body: { customer: 'Ida' } })

test('every call of the traffic is chosen by some number, and heavier ones more often', () => {
  const counts = new Map<unknown, number>()
  for (let step = 0; step < 1000; step++)
    counts.set(chooseCall(step / 1000), (counts.get(chooseCall(step / 1000)) ?? 0) + 1)
  assert.equal(counts.size, calls.length)
  assert.ok((counts.get(calls[0]) ?? 0) > 300)
})

test('the pretend services agree: each order has its payment, and placing one makes it readable', () => {
  const orders = createOrders()
  const order = ask(orders, 'GET', '1').body as { paymentId: number; total: number }
  assert.equal((ask(createPayments(), 'GET', String(order.paymentId)).body as { orderId: number }).orderId, 1)
  assert.equal(ask(createDelivery(), 'GET', '1').status, 200)
  const placed = ask(orders, 'POST')
  assert.equal(placed.status, 201)
  assert.equal(ask(orders, 'GET', placed.location?.split('/')[2] ?? '').status, 200)
  assert.equal(ask(orders, 'DELETE', '1').status, 204)
  assert.equal(ask(orders, 'GET', '1').status, 404)
})
