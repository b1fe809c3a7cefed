import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { ask, startPair } from './ask.ts'

const text = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `line ${(i * 2_654_435_761) >>> 7}`).join('\n'))
const decompress = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync }

test('compressed answers come back whole, for fast and slow readers, of known and unknown length', async (t) => {
  const pair = await startPair(
    (request, response) => {
      response.setHeader('Content-Type', request.url === '/image' ? 'image/png' : 'text/plain')
      response.setHeader('ETag', '"v1"')
      if (request.url === '/known') response.setHeader('Content-Length', text.length)
      if (request.url === '/small') return response.end('small')
      if (request.url === '/known') return response.end(text)
      for (let at = 0; at < text.length; at += 50_000) response.write(text.subarray(at, at + 50_000))
      return response.end()
    },
    (service) => ({
      defaults: { compress: true },
      services: { api: service },
      routes: { api: { path: '/*', service: 'api' } },
    }),
  )
  t.after(() => pair.close())
  for (const coding of ['gzip', 'br', 'zstd'] as const) {
    for (const path of ['/known', '/stream']) {
      for (const slow of [undefined, 16_384]) {
        const answer = await ask(pair.port, path, {
          headers: { 'Accept-Encoding': coding },
          ...(slow === undefined ? {} : { slow }),
        })
        assert.equal(answer.headers['content-encoding'], coding)
        assert.equal(answer.headers['content-length'], undefined)
        assert.equal(answer.headers.etag, 'W/"v1"')
        assert.ok(answer.body.length < text.length)
        assert.deepEqual(decompress[coding](answer.body), text)
      }
    }
  }
  const plain = await ask(pair.port, '/known')
  assert.equal(plain.headers['content-encoding'], undefined)
  assert.equal(plain.headers['content-length'], String(text.length))
  assert.equal(plain.headers.vary, 'Accept-Encoding')
  assert.deepEqual(plain.body, text)
  assert.equal(
    (await ask(pair.port, '/small', { headers: { 'Accept-Encoding': 'gzip' } })).headers['content-encoding'],
    undefined,
  )
  assert.equal(
    (await ask(pair.port, '/image', { headers: { 'Accept-Encoding': 'gzip' } })).headers['content-encoding'],
    undefined,
  )
  const head = await ask(pair.port, '/known', { method: 'HEAD', headers: { 'Accept-Encoding': 'gzip' } })
  const get = await ask(pair.port, '/known', { headers: { 'Accept-Encoding': 'gzip' } })
  // Only the time may have gone on, and each answer has an id.
  const told = ({ headers }: typeof head): object => ({ ...headers, date: '', 'x-request-id': '' })
  assert.deepEqual(told(head), told(get))
  assert.equal(head.body.length, 0)
})

test('answers that the gateway makes are whole with compress too', async (t) => {
  const pair = await startPair(
    (_request, response) => response.end(),
    (service) => ({
      global: { compress: true },
      services: { api: service },
      routes: {
        large: { path: '/large', respond: { status: 200, body: 'x'.repeat(5000) } },
        tiny: { path: '/tiny', respond: 'tiny' },
      },
    }),
  )
  t.after(() => pair.close())
  const headers = { 'Accept-Encoding': 'gzip' }
  const large = await ask(pair.port, '/large', { headers })
  const body = large.headers['content-encoding'] === 'gzip' ? gunzipSync(large.body) : large.body
  assert.equal(body.toString(), 'x'.repeat(5000))
  const tiny = await ask(pair.port, '/tiny', { headers })
  assert.equal(tiny.headers['content-encoding'], undefined)
  assert.equal(tiny.body.toString(), 'tiny')
  const missing = await ask(pair.port, '/none', { headers })
  assert.equal(missing.status, 404)
  const problem = missing.headers['content-encoding'] === 'gzip' ? gunzipSync(missing.body) : missing.body
  assert.equal((JSON.parse(problem.toString()) as { code: string }).code, 'GW4041')
})

test('errors have the form that is written, the gateway’s and the services’', async (t) => {
  const pair = await startPair(
    (_request, response) => {
      response.statusCode = 418
      response.setHeader('X-Kept', '1')
      response.setHeader('Content-Type', 'text/html')
      response.end('<h1>stack trace</h1>')
    },
    (service) => ({
      global: { errors: { body: { error: { code: '{error.code}', id: '{request.id}' } } } },
      services: { api: service },
      routes: {
        ours: {
          path: '/ours',
          service: 'api',
          errors: {
            services: 'problem',
            body: { error: { code: '{error.code}', message: '{error.detail}', status: '{error.status}' } },
          },
        },
        passed: { path: '/passed', service: 'api' },
        fixed: {
          path: '/fixed',
          service: 'api',
          deny: { methods: 'PUT' },
          errors: { replace: { '4xx': { status: 451, headers: { 'X-Why': 'law' }, body: 'Sorry' } } },
        },
        plain: { path: '/plain', service: 'api', errors: 'problem' },
        busy: { path: '/busy', service: 'api', deny: { methods: 'PUT' }, errors: { replace: { 403: 'busy' } } },
      },
    }),
  )
  t.after(() => pair.close())
  const ours = await ask(pair.port, '/ours')
  assert.equal(ours.status, 418)
  assert.equal(ours.headers['x-kept'], '1')
  assert.equal(ours.headers['content-type'], 'application/json')
  assert.deepEqual(JSON.parse(ours.body.toString()), {
    error: { code: 'GW5029', message: "The service answered 418 I'm a teapot.", status: 418 },
  })
  assert.equal((await ask(pair.port, '/passed')).body.toString(), '<h1>stack trace</h1>')
  const fixed = await ask(pair.port, '/fixed', { method: 'PUT' })
  assert.equal(fixed.status, 451)
  assert.equal(fixed.headers['x-why'], 'law')
  assert.equal(fixed.body.toString(), 'Sorry')
  const busy = await ask(pair.port, '/busy', { method: 'PUT' })
  assert.deepEqual([busy.status, busy.body.toString()], [403, 'busy'])
  assert.deepEqual(
    pair.gateway.recorded.ended.filter(({ path }) => path === '/busy').map(({ status, code }) => [status, code]),
    [[403, 'GW4031']],
  )
  const plain = await ask(pair.port, '/plain')
  assert.equal(plain.headers['content-type'], 'application/problem+json')
  assert.equal((JSON.parse(plain.body.toString()) as { status: number }).status, 418)
  const unmatched = await ask(pair.port, '/nothing')
  assert.equal(unmatched.status, 404)
  assert.equal((JSON.parse(unmatched.body.toString()) as { error: { code: string } }).error.code, 'GW4041')
})

test('2.17 redirects keep to the host that is written', async (t) => {
  const pair = await startPair(
    (_request, response) => response.end(),
    (service) => ({
      services: { api: service },
      routes: {
        moved: { path: '/old/*', redirect: { to: 'https://new.example.com/{*}', status: 301 } },
        slash: { path: '/dir', redirect: '{request.path}/' },
        local: { path: '/go/*', redirect: '/{*}' },
      },
    }),
  )
  t.after(() => pair.close())
  const location = async (path: string): Promise<unknown> => (await ask(pair.port, path)).headers.location
  assert.equal(await location('/old/a/b%20c?x=1'), 'https://new.example.com/a/b%20c?x=1')
  assert.equal(await location('/dir'), '/dir/')
  assert.equal(await location('/go//evil.com/..'), '/')
  assert.equal(await location('/go/%2e%2e//evil.com'), undefined)
  assert.equal(await location('/go/evil.com'), '/evil.com')
})
