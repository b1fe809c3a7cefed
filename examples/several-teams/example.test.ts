import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { command, echoService, folder, startGateway } from '../../e2e/cli/command.ts'

const here = new URL('.', import.meta.url).pathname

test('each team serves its own paths, and what the platform denies stays denied', async (t) => {
  const orders = await echoService(t, 'orders')
  const payments = await echoService(t, 'payments')
  const { url } = await startGateway(t, join(here, 'gateway.yaml'), {
    env: { ORDERS_URL: orders.url, PAYMENTS_URL: payments.url },
  })
  const serviceOf = async (path: string): Promise<string> =>
    ((await (await fetch(`${url}${path}`)).json()) as { service: string }).service
  assert.equal(await serviceOf('/orders/1'), 'orders')
  assert.equal(await serviceOf('/payments/1'), 'payments')
  const denied = await fetch(`${url}/.git/config`)
  assert.equal(denied.status, 403)
  assert.equal(((await denied.json()) as { code: string }).code, 'GW4031')
})

test('a route outside the bounds of its include is refused at its own line', async (t) => {
  const copy = folder(t)
  cpSync(here, copy, { recursive: true })
  const file = join(copy, 'teams/payments.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace('path: /payments/*', 'path: /refunds/*'))
  const { code, stdout } = await command(['check', '--json'], { cwd: copy })
  assert.equal(code, 3)
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; file: string; line: number }[] }
  const found = diagnostics.find((one) => one.code === 'GW1008')
  assert.equal(found?.file, 'teams/payments.yaml')
  assert.equal(found?.line, 9)
})
