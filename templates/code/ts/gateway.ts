import { defineConfig } from 'gwanmun'

export default defineConfig({
  listeners: { main: 8080 },
  services: { orders: 'http://localhost:4001', payments: 'http://localhost:4002' },
  routes: {
    orders: { path: '/orders/*', service: 'orders', use: ['./policies/tenant.ts'] },
    orderPage: { path: '/order-page/{id}', methods: 'GET', handler: './handlers/order-page.ts' },
  },
})
