import { definePolicy } from 'gwanmun'

/** Tells the service which tenant the host name belongs to: acme.example.com is acme. */
export default definePolicy({
  name: 'tenant',
  stage: 'transform',
  create: () => ({
    onRequest(exchange) {
      const [tenant = 'public'] = exchange.request.host.split('.')
      exchange.request.fields.set('x-tenant', tenant)
      return undefined
    },
  }),
})
