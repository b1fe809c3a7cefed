import { defineConfig } from 'gwanmun'

// The platform's file: what holds for everyone. Each team has a file of its own, within its own paths.
export default defineConfig({
  listeners: { main: 8080 },
  include: [
    { files: 'teams/orders.yaml', paths: '/orders/*' },
    { files: 'teams/payments.yaml', paths: '/payments/*' },
  ],
  global: { deny: { paths: ['/.git/*', '/wp-admin/*'] } },
  defaults: { securityHeaders: true },
  routes: { health: { path: '/health', respond: 'ok' } },
})
