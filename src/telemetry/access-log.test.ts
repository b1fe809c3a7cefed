import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createAccessLog } from './access-log.ts'
import { exchangeLike, factsLike, routeLike } from './exchange.fixture.ts'
import { longestLine, recordFields } from './log-fields.ts'
import { createQueryMask, createRedaction } from '../lib/redaction.ts'
import { jsonText } from './text.ts'

const log = createAccessLog(createRedaction([]), () => 0.5)
const parse = (line: string | undefined): Record<string, unknown> =>
  JSON.parse(line ?? 'null') as Record<string, unknown>

/** Anything a client could get into a field, and more: every byte, and text beyond latin1. */
const nasty = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '\r\n',
    '\u001b[31m',
    '"',
    '\\',
    '${jndi:ldap://x}',
    'A'.repeat(10_240),
    '\\"\n'.repeat(4000),
    '\u2028',
    '\ud800',
  ),
)

test('11.12 whatever a client sends, its record is one line of valid JSON, ASCII, each field at most 1 KiB', () => {
  fc.assert(
    fc.property(nasty, nasty, nasty, nasty, nasty, (path, agent, host, detail, address) => {
      const line = log.line(
        exchangeLike({
          request: { path, query: agent, host, method: detail },
          userAgent: agent,
          detail,
          id: address,
          client: { ...exchangeLike().client, address },
        }),
        routeLike('orders', 1),
        factsLike(),
      )
      assert.match(line ?? '', /^[\u0020-\u007e]+\n$/)
      assert.ok((line?.length ?? 0) <= longestLine)
      assert.ok(line?.includes('${') === false)
      for (const value of Object.values(parse(line))) assert.ok(JSON.stringify(value).length <= 1024 + 2)
      assert.match(log.refused(host, 400, 'GW4000', address, detail, path, 1), /^[\u0020-\u007e]+\n$/)
      parse(log.refused(host, 400, 'GW4000', address, detail, path, 1))
    }),
    { numRuns: 200 },
  )
})

test('a text that fits is read back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 150 }), (text) => {
      assert.equal(JSON.parse(`"${jsonText(text)}"`), text)
    }),
  )
  assert.equal(jsonText('x'.repeat(1024)), 'x'.repeat(1024))
  assert.equal(jsonText('x'.repeat(1025)), `${'x'.repeat(1021)}...`)
  assert.equal(jsonText('\n'.repeat(200)).length, 170 * 6 + 3)
})

test('a record says everything about its request, in names that are documented', () => {
  const exchange = exchangeLike({ userAgent: 'curl/8', code: 'GW5021', detail: 'connection refused', attempts: 2 })
  const line = log.line(exchange, routeLike('orders', 1), factsLike({ status: 502, aborted: true }))
  assert.deepEqual(parse(line), {
    time: '2026-01-02T03:04:05.006Z',
    id: 'req_1',
    status: 502,
    method: 'GET',
    host: 'shop.test',
    path: '/orders/1',
    listener: 'web',
    route: 'orders',
    service: 'shop',
    target: 'http://127.0.0.1:4001',
    client: '203.0.113.7',
    code: 'GW5021',
    detail: 'connection refused',
    source: 'service',
    ms: 12.5,
    serviceMs: 10.25,
    bytesIn: 3,
    bytesOut: 512,
    attempts: 2,
    aborted: true,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    userAgent: 'curl/8',
    protocol: 'HTTP/1.1',
  })
  assert.deepEqual(
    Object.keys(parse(line)).filter((name) => !Object.hasOwn(recordFields, name)),
    [],
  )
})

test('what is not there is left out: route, service, target, agent', () => {
  const exchange = exchangeLike({ route: undefined, service: undefined, target: undefined })
  const record = parse(log.line(exchange, routeLike('', 9), factsLike({ status: 404 })))
  for (const name of ['route', 'service', 'target', 'userAgent', 'code', 'detail', 'aborted']) {
    assert.equal(Object.hasOwn(record, name), false)
  }
})

test('a rewritten request is logged as the client sent it', () => {
  const exchange = exchangeLike({
    clientPath: '/before',
    clientQuery: 'a=1',
    request: { path: '/after', query: 'b=2' },
  })
  assert.equal(parse(log.line(exchange, routeLike('orders', 1), factsLike()))['path'], '/before?a=1')
})

test('fragments of a route follow the plan that is in force', () => {
  const named = (name: string): unknown =>
    parse(log.line(exchangeLike({ route: routeLike(name, 4) }), routeLike(name, 4), factsLike()))['route']
  assert.equal(named('before'), 'before')
  assert.equal(named('after'), 'after')
})

test('log.sample keeps its share of successes and every error', () => {
  const draws = [0.1, 0.9, 0.1]
  const sampled = createAccessLog(createRedaction([]), () => draws.shift() ?? 0.9)
  const route = routeLike('a', 1, { sample: 0.5, fields: [] })
  const line = (status: number, aborted = false): boolean =>
    sampled.line(exchangeLike(), route, factsLike({ status, aborted })) !== undefined
  assert.deepEqual([line(200), line(200), line(304)], [true, false, true])
  assert.deepEqual([line(404), line(500), line(200, true), line(200)], [true, true, true, false])
  assert.equal(log.line(exchangeLike(), routeLike('a', 1, 'none'), factsLike({ status: 500 })), undefined)
})

test('log.fields are added, absent when missing or failing, masked by name, and never replace a field of the record', () => {
  const route = routeLike('a', 7, {
    sample: 1,
    fields: [
      ['tenant', () => 'acme "x"\n'],
      ['missing', () => undefined],
      ['status', () => 'mine'],
      ['apiKey', () => 's3cr3t'],
      [
        'broken',
        () => {
          throw new Error('no')
        },
      ],
      ['last', () => 'here'],
    ],
  })
  const record = parse(log.line(exchangeLike(), route, factsLike()))
  assert.equal(record['tenant'], 'acme "x"\n')
  assert.equal(record['status'], 200)
  assert.equal(record['_status'], 'mine')
  assert.equal(record['apiKey'], '***')
  assert.equal(record['last'], 'here')
  assert.equal(Object.hasOwn(record, 'missing') || Object.hasOwn(record, 'broken'), false)
})

test('11.12 many large log.fields stay inside the 16 KiB of a line, which says that it was cut', () => {
  const fields = Array.from({ length: 40 }, (_, index) => [`f${index}`, () => 'v'.repeat(2000)] as const)
  const line = log.line(exchangeLike(), routeLike('a', 8, { sample: 1, fields }), factsLike())
  assert.ok((line?.length ?? 0) <= longestLine)
  assert.equal(parse(line)['truncated'], true)
})

test('11.17 values of telling names are masked in a query, however the name is written', () => {
  const mask = createQueryMask(createRedaction(['X-Session', 'request.query.card*', 'a*b*c']))
  const cases: readonly (readonly [string, string])[] = [
    ['a=1&token=abc&b=2', 'a=1&token=***&b=2'],
    ['access_token=abc', 'access_token=***'],
    ['apiKey=1&API_KEY=2', 'apiKey=***&API_KEY=***'],
    ['client%5Fsecret=1&%74oken=2&%74ok%65n=', 'client%5Fsecret=***&%74oken=***&%74ok%65n='],
    ['pass+word=1&password=2&%ff%token=3', 'pass+word=1&password=***&%ff%token=***'],
    ['x-session=1&xx-session=2', 'x-session=***&xx-session=2'],
    ['cardNumber=1&mycard=2', 'cardNumber=***&mycard=2'],
    ['abc=1&aXbYc=2&acb=3', 'abc=***&aXbYc=***&acb=3'],
    ['token', 'token'],
    ['', ''],
    ['page=2&q=keyboard', 'page=2&q=keyboard'],
  ]
  for (const [query, expected] of cases) assert.equal(mask(query), expected)
})
