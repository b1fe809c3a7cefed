import type { RunningService } from './serve.ts'

/** The configuration of the demo, as a file that a reader may change while it runs. */
export const demoConfig = (port: number, services: readonly RunningService[]): string => {
  const url = (name: string): string => {
    const found = services.find((service) => service.name === name)
    if (found === undefined) throw new Error(`the demo has no service ${name}`)
    return `http://127.0.0.1:${found.port}`
  }
  return `# The configuration of "gwanmun demo". Change it and save: the running gateway takes it at once, or says why not.
listeners:
  main: { port: ${port}, host: 127.0.0.1 }

services:
  orders: ${url('orders')}
  payments: ${url('payments')}
  delivery: ${url('delivery')}

defaults:
  cors: true
  securityHeaders: true

routes:
  readOrders: { path: /orders/*, methods: GET, service: orders, compress: true }
  writeOrders: { path: /orders/*, methods: [POST, DELETE], service: orders, bodyLimit: 64KB }
  payments: { path: /payments/*, service: payments, timeout: 2s }
  delivery: { path: /delivery/*, service: delivery }
  oldOrders: { path: /v1/orders/*, redirect: '/orders/{*}' }
  hello: { path: /hello, respond: { body: { message: hello from the gateway, you: '{client.ip}', request: '{request.id}' } } }
  internal: { path: /internal/*, service: payments, allow: [192.0.2.0/24] }
`
}
