import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echoService, startGateway } from '../../e2e/cli/command.ts'

const file = new URL('gateway.yaml', import.meta.url).pathname

test('the basic example routes by method, strips a prefix, limits bodies and answers health itself', async (t) => {
  const orders = await echoService(t, 'orders')
  const payments = await echoService(t, 'payments')
  const { url } = await startGateway(t, file, { env: { ORDERS_URL: orders.url, PAYMENTS_URL: payments.url } })

  const read = await fetch(`${url}/orders/1`, { headers: { origin: 'https://shop.example.com' } })
  assert.equal(read.status, 200)
  assert.equal(((await read.json()) as { service: string }).service, 'orders')
  assert.equal(read.headers.get('access-control-allow-origin'), 'https://shop.example.com')
  assert.equal(read.headers.get('x-content-type-options'), 'nosniff')

  const paid = (await (await fetch(`${url}/payments/9001`)).json()) as { service: string; url: string }
  assert.deepEqual([paid.service, paid.url], ['payments', '/9001'])

  const large = await fetch(`${url}/orders`, { method: 'POST', body: 'x'.repeat(2000) })
  assert.equal(large.status, 413)
  assert.equal(((await large.json()) as { code: string }).code, 'GW4131')

  const patched = await fetch(`${url}/orders/1`, { method: 'PATCH' })
  assert.equal(patched.status, 405)
  assert.match(patched.headers.get('allow') ?? '', /GET/)
  await patched.body?.cancel()

  const health = await fetch(`${url}/health`)
  assert.equal(await health.text(), 'ok')
})
