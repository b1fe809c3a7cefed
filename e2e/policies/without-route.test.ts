import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, startPair } from './ask.ts'

const told = {
  cors: 'https://app.example.com',
  headers: { response: { set: { 'X-Set': 'yes' } } },
  securityHeaders: true,
  errors: { body: { form: '{error.code}' } },
}
/** What answers that no route made have, by where `told` is written. */
const kept = {
  global: { own: 'yes', frame: 'DENY', form: true },
  defaults: { own: undefined, frame: undefined, form: false },
}

for (const place of ['global', 'defaults'] as const) {
  test(`without a route an answer has the CORS fields of ${place}${place === 'global' ? ', its other fields and its form' : ' and nothing else of it'}`, async (t) => {
    const pair = await startPair(
      (_request, response) => response.end('ok'),
      (service) => ({
        global: { deny: { headers: { 'X-Bad': '1' } }, ...(place === 'global' ? told : {}) },
        defaults: place === 'defaults' ? told : {},
        services: { api: service },
        routes: { api: { path: '/api', methods: 'GET', service: 'api', deny: { headers: { 'X-Worse': '1' } } } },
      }),
    )
    t.after(() => pair.close())
    const cases: readonly (readonly [status: number, path: string, method: string, headers: Record<string, string>])[] =
      [
        [404, '/none', 'GET', {}],
        [405, '/api', 'PUT', {}],
        [403, '/api', 'GET', { 'X-Bad': '1' }],
      ]
    for (const [status, path, method, more] of cases) {
      const answer = await ask(pair.port, path, { method, headers: { Origin: 'https://app.example.com', ...more } })
      const { headers, body } = answer
      assert.equal(answer.status, status)
      assert.equal(headers['access-control-allow-origin'], 'https://app.example.com', `${status}`)
      const form = 'form' in (JSON.parse(body.toString()) as object)
      assert.deepEqual({ own: headers['x-set'], frame: headers['x-frame-options'], form }, kept[place], `${status}`)
    }
    const ofRoute = await ask(pair.port, '/api', { headers: { 'X-Worse': '1' } })
    assert.equal(ofRoute.status, 403)
    assert.deepEqual([ofRoute.headers['x-set'], ofRoute.headers['x-frame-options']], ['yes', 'DENY'])
    assert.deepEqual(JSON.parse(ofRoute.body.toString()), { form: 'GW4031' })
  })
}
