import type { ErrorExample } from '../../src/cli/error-page.ts'
import type { ErrorCode } from '../../src/errors.ts'

const service = 'services:\n  orders: http://localhost:4001\n'
const route = 'routes:\n  orders: { path: /orders/*, service: orders }\n'

/**
 * What is wrong and what is right, for the pages of the codes that come from a file. A test checks that the first gives
 * the code and the second gives no error.
 */
export const errorExamples: Partial<Readonly<Record<ErrorCode, ErrorExample>>> = {
  GW1001: {
    before: 'routes:\n  health: { path: /health, respond: ok\n',
    after: 'routes:\n  health: { path: /health, respond: ok }\n',
  },
  GW1002: {
    before: `${service}routes:\n  a: { path: /a, service: orders }\nroutes:\n  b: { path: /b, service: orders }\n`,
    after: `${service}routes:\n  a: { path: /a, service: orders }\n  b: { path: /b, service: orders }\n`,
  },
  GW1009: {
    before: `${service}x-base: &base { timeout: 5s }\nroutes:\n  orders: { <<: *base, path: /orders/*, service: orders }\n`,
    after: `${service}policies:\n  base: { timeout: 5s }\nroutes:\n  orders: { policies: base, path: /orders/*, service: orders }\n`,
  },
  GW1101: {
    before: `${service}routes:\n  orders: { path: /orders/*, service: orders, timeot: 5s }\n`,
    after: `${service}routes:\n  orders: { path: /orders/*, service: orders, timeout: 5s }\n`,
  },
  GW1102: {
    before: `${service}routes:\n  orders: { path: /orders/*, service: orders, priority: high }\n`,
    after: `${service}routes:\n  orders: { path: /orders/*, service: orders, priority: 10 }\n`,
  },
  GW1103: {
    before: `${service}routes:\n  orders: { path: /orders/*, service: orders, timeout: 5x }\n`,
    after: `${service}routes:\n  orders: { path: /orders/*, service: orders, timeout: 5s }\n`,
  },
  GW1104: { before: `services:\n  orders: localhost:4001\n${route}`, after: `${service}${route}` },
  GW1106: {
    before: `${service}routes:\n  orders: { path: /orders/*, service: orders, encodedSlash: allow }\n`,
    after: `${service}routes:\n  orders: { path: /orders/*, service: orders, encodedSlash: pass }\n`,
  },
  GW1107: {
    before: `listeners:\n  main: 80800\n${service}${route}`,
    after: `listeners:\n  main: 8080\n${service}${route}`,
  },
  GW1110: {
    before: `${service}routes:\n  orders: { path: '/orders/{id}', service: orders, rewrite: '/v2/{order}' }\n`,
    after: `${service}routes:\n  orders: { path: '/orders/{id}', service: orders, rewrite: '/v2/{id}' }\n`,
  },
  GW1201: { before: `${service}routes:\n  orders: { path: /orders/*, service: ordes }\n`, after: `${service}${route}` },
  GW1202: {
    before: `global:\n  stripPrefix: true\n${service}${route}`,
    after: `${service}defaults:\n  stripPrefix: true\n${route}`,
  },
  GW1301: {
    before: `${service}routes:\n  orders: { path: /orders/*, service: orders }\n  again: { path: /orders/*, service: orders }\n`,
    after: `${service}routes:\n  orders: { path: /orders/*, methods: GET, service: orders }\n  again: { path: /orders/*, methods: POST, service: orders }\n`,
  },
  GW1302: {
    before: 'routes:\n  health: { path: /health }\n',
    after: 'routes:\n  health: { path: /health, respond: ok }\n',
  },
  GW1303: {
    before: `listeners:\n  public: 8080\n  inside: 8081\n${service}${route}`,
    after: `listeners:\n  public: 8080\n  inside: 8081\n${service}routes:\n  orders: { listener: public, path: /orders/*, service: orders }\n`,
  },
  GW1304: { before: `${service}routes:\n  orders: { path: orders/*, service: orders }\n`, after: `${service}${route}` },
  GW1305: {
    before: `${service}routes:\n  orders: { path: /orders/*, service: orders, stripPrefix: true, rewrite: '/v2/{*}' }\n`,
    after: `${service}routes:\n  orders: { path: /orders/*, service: orders, rewrite: '/v2/{*}' }\n`,
  },
  GW1401: {
    before: 'services:\n  orders: ${ORDERS_URL_NOT_SET}\n' + route,
    after: 'services:\n  orders: ${ORDERS_URL_NOT_SET:-http://localhost:4001}\n' + route,
  },
  GW2001: { before: `${service}  spare: http://localhost:4002\n${route}`, after: `${service}${route}` },
}
