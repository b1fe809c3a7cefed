import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echoService, startGateway } from '../../e2e/cli/command.ts'

const file = new URL('gateway.yaml', import.meta.url).pathname

const ask = (url: string, forwardedFor: string): Promise<Response> =>
  fetch(`${url}/staff/1`, { headers: { 'x-forwarded-for': forwardedFor } })

test('the client a trusted balancer names is the client, for lists and for the service', async (t) => {
  const app = await echoService(t, 'app')
  const { url, admin } = await startGateway(t, file, { env: { APP_URL: app.url, BALANCER_RANGE: '127.0.0.0/8' } })
  const good = await ask(url, '203.0.113.9, 192.0.2.7')
  assert.equal(good.status, 200)
  const { headers } = (await good.json()) as { headers: Record<string, string> }
  assert.match(headers['forwarded'] ?? '', /for=192\.0\.2\.7/)
  const stranger = await ask(url, '192.0.2.7, 203.0.113.9')
  assert.equal(stranger.status, 403)
  await stranger.body?.cancel()
  assert.equal((await fetch(`${admin}/readyz`)).status, 200)
})

test('from an address that is not trusted the field counts for nothing', async (t) => {
  const app = await echoService(t, 'app')
  const { url } = await startGateway(t, file, { env: { APP_URL: app.url } })
  const spoofed = await ask(url, '192.0.2.7')
  assert.equal(spoofed.status, 403)
  await spoofed.body?.cancel()
})
