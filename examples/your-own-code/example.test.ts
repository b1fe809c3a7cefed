import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { echoService, startGateway } from '../../e2e/cli/command.ts'

const file = new URL('gateway.yaml', import.meta.url).pathname

test('a policy of the operator sets a field, and a handler makes one page of two services', async (t) => {
  const payments = await echoService(t, 'payments')
  const orders = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 7, paymentId: 9007, tenant: request.headers['x-tenant'] ?? null }))
  })
  await new Promise<void>((resolve) => orders.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    orders.closeAllConnections()
    orders.close()
  })
  const { url } = await startGateway(t, file, {
    env: { ORDERS_URL: `http://127.0.0.1:${(orders.address() as AddressInfo).port}`, PAYMENTS_URL: payments.url },
  })

  const order = (await (await fetch(`${url}/orders/7`)).json()) as { tenant: string }
  assert.equal(order.tenant, '127')
  const page = (await (await fetch(`${url}/order-page/7`)).json()) as {
    order: { id: number }
    payment: { url: string }
  }
  assert.equal(page.order.id, 7)
  assert.equal(page.payment.url, '/payments/9007')
})
