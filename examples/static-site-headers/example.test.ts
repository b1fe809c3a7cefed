import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { echoService, startGateway } from '../../e2e/cli/command.ts'

const file = new URL('gateway.yaml', import.meta.url).pathname

test('the site example sets fields, hardens cookies, rewrites, redirects and gives errors one form', async (t) => {
  const site = await echoService(t, 'site')
  const api = createServer((request, response) => {
    if (request.url?.startsWith('/v2/broken') === true)
      response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>oops</h1>')
    else {
      response.writeHead(200, {
        'content-type': 'application/json',
        'set-cookie': 'session=1; Path=/',
        'x-debug-sql': '3',
      })
      response.end(JSON.stringify({ url: request.url, headers: request.headers }))
    }
  })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    api.closeAllConnections()
    api.close()
  })
  const { url } = await startGateway(t, file, {
    env: { SITE_URL: site.url, API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}` },
  })

  const asset = await fetch(`${url}/assets/app.js`)
  assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(asset.headers.get('x-frame-options'), 'DENY')
  await asset.body?.cancel()

  const users = await fetch(`${url}/api/users?utm_source=x&page=2&secret=1`, {
    headers: { 'x-api-version': '3', 'x-other': '1' },
  })
  const seen = (await users.json()) as { url: string; headers: Record<string, string> }
  assert.equal(seen.url.split('?')[0], '/v2/users')
  assert.deepEqual(Object.fromEntries(new URLSearchParams(seen.url.split('?')[1])), { page: '2', limit: '50' })
  assert.equal(seen.headers['x-api-version'], '3')
  assert.equal(seen.headers['x-other'], undefined)
  assert.equal(users.headers.get('x-debug-sql'), null)
  assert.match(users.headers.get('set-cookie') ?? '', /Secure/i)
  assert.match(users.headers.get('set-cookie') ?? '', /HttpOnly/i)

  const broken = await fetch(`${url}/api/broken`)
  assert.equal(broken.status, 500)
  assert.equal(broken.headers.get('content-type'), 'application/problem+json')
  await broken.body?.cancel()

  const moved = await fetch(`${url}/blog/2024/first`, { redirect: 'manual' })
  assert.equal(moved.status, 301)
  assert.equal(moved.headers.get('location'), 'https://blog.example.com/2024/first')
  assert.match(await (await fetch(`${url}/robots.txt`)).text(), /Disallow: \/api\//)
})
