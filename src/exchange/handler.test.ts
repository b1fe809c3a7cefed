import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { answerWith, RecordingTarget } from '../../e2e/support/target.ts'
import type { HandlerFunction } from '../contract/handler.ts'
import { createGateway, type Gateway } from '../gateway.ts'

let target: RecordingTarget
before(async () => {
  target = await RecordingTarget.start()
})
after(() => target.close())

const using = async (
  handler: HandlerFunction,
  run: (gateway: Gateway) => Promise<void>,
  over: object = {},
): Promise<void> => {
  const gateway = await createGateway({
    config: {
      services: { stock: { targets: [target.url], healthCheck: { passive: 'none' } } },
      routes: { r: { path: '/items/{id}', handler, ...over } },
    },
  })
  try {
    await run(gateway)
  } finally {
    await gateway.close(0)
  }
}

test('a handler is told everything about its request, and what it returns is the answer', async () => {
  await using(
    ({ params, request, client }) => ({
      status: 201,
      headers: { 'X-Own': '1' },
      body: {
        id: params['id'],
        method: request.method,
        path: request.path,
        q: request.query.getAll('q'),
        kind: request.headers['x-kind'],
        json: request.json(),
        from: client.address,
      },
    }),
    async (gateway) => {
      const answer = await gateway.inject({
        method: 'POST',
        url: '/items/7?q=a&q=b',
        headers: ['X-Kind', 'k', 'X-Kind', 'l'],
        body: '{"a":"é"}',
        from: '192.0.2.9',
      })
      assert.deepEqual(
        [answer.status, answer.headers['x-own'], answer.headers['content-type']],
        [201, '1', 'application/json'],
      )
      assert.deepEqual(answer.json(), {
        id: '7',
        method: 'POST',
        path: '/items/7',
        q: ['a', 'b'],
        kind: 'k, l',
        json: { a: 'é' },
        from: '192.0.2.9',
      })
    },
  )
})

const replies: readonly (readonly [string, HandlerFunction, number, string | undefined, string])[] = [
  ['nothing', () => undefined, 204, undefined, ''],
  ['a text', () => ({ body: 'text' }), 200, 'text/plain; charset=utf-8', 'text'],
  ['bytes', () => ({ body: Buffer.from('bytes') }), 200, 'application/octet-stream', 'bytes'],
  ['a list', () => ({ body: [1, null] }), 200, 'application/json', '[1,null]'],
  ['a type of its own', () => ({ headers: { 'Content-Type': 'text/csv' }, body: 'a,b' }), 200, 'text/csv', 'a,b'],
  ['a Response of the web', () => Response.json({ a: 1 }, { status: 202 }), 202, 'application/json', '{"a":1}'],
  ['only a status', () => ({ status: 410 }), 410, undefined, ''],
]
for (const [name, handler, status, type, body] of replies) {
  test(`a handler may answer with ${name}`, async () => {
    await using(handler, async (gateway) => {
      const answer = await gateway.inject({ method: 'GET', url: '/items/1' })
      assert.deepEqual([answer.status, answer.headers['content-type'], answer.text()], [status, type, body])
    })
  })
}

const broken: readonly (readonly [string, HandlerFunction])[] = [
  [
    'throws',
    () => {
      throw new Error('inner detail')
    },
  ],
  ['rejects', () => Promise.reject(new Error('inner detail'))],
  ['answers with a line break in a field', () => ({ headers: { 'X-A': 'b\r\nX-C: d' } })],
  ['answers with a bad name', () => ({ headers: { 'bad name': 'x' } })],
  ['answers with a status that is none', () => ({ status: 99 })],
  ['answers with a number', () => 7 as never],
  ['answers with what JSON cannot say', () => ({ body: { n: 1n } })],
]
for (const [name, handler] of broken) {
  test(`a handler that ${name} is 500, and its error stays here`, async () => {
    await using(handler, async (gateway) => {
      const answer = await gateway.inject({ method: 'GET', url: '/items/1' })
      assert.equal(answer.status, 500)
      assert.equal((answer.json() as { code: string }).code, 'GW5001')
      assert.doesNotMatch(answer.text(), /inner detail/)
    })
  })
}

test('framing is not a handler’s business: what it says about it is left out', async () => {
  for (const handler of [
    () => ({ headers: { 'Transfer-Encoding': 'chunked', 'Content-Length': '99', Connection: 'close' }, body: 'hello' }),
    () => new Response('hello', { headers: { 'transfer-encoding': 'chunked', connection: 'close' } }),
  ]) {
    await using(handler, async (gateway) => {
      const answer = await gateway.inject({ method: 'GET', url: '/items/1' })
      assert.deepEqual(
        [
          answer.text(),
          answer.headers['transfer-encoding'],
          answer.headers['connection'],
          answer.headers['content-length'],
        ],
        ['hello', undefined, undefined, undefined],
      )
    })
  }
})

test('several Set-Cookie of a Response stay several', async () => {
  await using(
    () => {
      const response = new Response('x')
      response.headers.append('set-cookie', 'a=1')
      response.headers.append('set-cookie', 'b=2')
      return response
    },
    async (gateway) => {
      const { rawHeaders } = await gateway.inject({ method: 'GET', url: '/items/1' })
      assert.deepEqual(
        rawHeaders.filter((_, index) => rawHeaders[index - 1] === 'set-cookie'),
        ['a=1', 'b=2'],
      )
    },
  )
})

test('a handler that asks several services answers with what they said, and the targets see one trace', async () => {
  target.clear()
  await using(
    async ({ services, params }) => {
      const [item, price] = await Promise.all([
        services['stock']?.get(`/items/${params['id']}`).text(),
        services['stock']?.post('/prices', { body: { id: params['id'] } }).text(),
      ])
      return { body: { item, price } }
    },
    async (gateway) => {
      const answer = await gateway.inject({ method: 'GET', url: '/items/7', headers: ['Authorization', 'secret'] })
      assert.deepEqual(answer.json(), { item: 'ok', price: 'ok' })
      assert.deepEqual(target.requests.map(({ method, target: path }) => `${method} ${path}`).toSorted(), [
        'GET /items/7',
        'POST /prices',
      ])
      const traces = new Set(target.requests.map((request) => request.header('traceparent')?.slice(3, 35)))
      assert.equal(traces.size, 1)
      assert.equal(new Set(target.requests.map((request) => request.header('x-request-id'))).size, 1)
      assert.equal(target.requests[0]?.header('x-request-id'), answer.headers['x-request-id'])
      assert.ok(
        target.requests.every((request) => request.header('authorization') === undefined),
        'what the caller proved itself with is not handed on',
      )
    },
  )
})

test('what a handler fetched elsewhere can be answered as it is: its body is decoded, and says so', async () => {
  target.answer = answerWith(200, [['Content-Encoding', 'gzip']], gzipSync('plain words'))
  await using(
    () => fetch(`${target.url}/elsewhere`),
    async (gateway) => {
      const answer = await gateway.inject({ method: 'GET', url: '/items/1' })
      assert.deepEqual([answer.text(), answer.headers['content-encoding']], ['plain words', undefined])
    },
  )
})

test('guards of the route stand before the handler', async () => {
  let ran = false
  await using(
    () => {
      ran = true
      return { body: 'x' }
    },
    async (gateway) => {
      assert.equal((await gateway.inject({ method: 'GET', url: '/items/1' })).status, 403)
      assert.equal(ran, false)
    },
    { deny: '127.0.0.0/8' },
  )
})
