import { defineConfig } from 'gwanmun'

// gwanmun check     tells what is wrong; so does the editor: names of services are checked by the type system
// gwanmun dev       runs it and takes every change at once
export default defineConfig({
  listeners: { main: 8080 },
  services: {
    orders: 'http://localhost:4001',
    payments: { targets: ['http://localhost:4002'], loadBalancing: 'least-requests' },
  },
  // Hold for every route; a route may say otherwise.
  defaults: { cors: true, securityHeaders: true, timeout: '10s' },
  routes: {
    readOrders: { path: '/orders/*', methods: 'GET', service: 'orders', compress: true },
    writeOrders: { path: '/orders/*', methods: ['POST', 'PUT', 'DELETE'], service: 'orders', bodyLimit: '1MB' },
    payments: { path: '/payments/*', service: 'payments', timeout: '5s' },
    health: { path: '/health', respond: 'ok' },
  },
})
