import { defineHandler } from 'gwanmun'

interface Order {
  readonly id: number
  readonly paymentId: number
}

/** One page from two services. Calls go through the same balancing, time limits and trace as any proxied request. */
export default defineHandler(async ({ params, services, signal }) => {
  const order = await services.orders.get(`/orders/${params.id}`, { signal }).json<Order>()
  const payment = await services.payments.get(`/payments/${order.paymentId}`, { signal }).json()
  return { body: { order, payment } }
})
