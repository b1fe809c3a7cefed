import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessRecord } from '../contract/access-record.ts'
import { pastRequest } from './past-request.ts'
import { accessRecord, adminPorts, ask, startAdmin } from './ports.fixture.ts'

const without = (record: AccessRecord, ...names: readonly (keyof AccessRecord)[]): AccessRecord =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name as keyof AccessRecord))) as never

test('a request that is over is told by its record, and asked again with what the record holds', async () => {
  const ports = adminPorts()
  const past = await pastRequest(ports, 'req_1')
  assert.deepEqual(past, {
    record: accessRecord(),
    reason: { ...past?.reason, code: 'GW5021' },
    asked: {
      method: 'GET',
      url: '/orders/1?page=2',
      headers: ['Host', 'shop.test', 'User-Agent', 'curl/8'],
      from: '203.0.113.7',
      listener: 'web',
    },
    today: { route: 'orders', status: 200, code: undefined },
    missing: ['header fields other than Host and User-Agent', 'the body'],
  })
  assert.ok((past?.reason?.fix ?? '') !== '')
  assert.deepEqual(ports.calls, ['explain GET /orders/1?page=2 Host|shop.test|User-Agent|curl/8'])
})

test('an answer of a service has no reason, and masked values are said to be missing', async () => {
  const record = without(
    accessRecord({ status: 200, source: 'service', path: '/a?token=***' }),
    'code',
    'detail',
    'host',
  )
  const past = await pastRequest(adminPorts({ record: () => record }), 'req_1')
  assert.equal(past?.reason, undefined)
  assert.deepEqual(past?.missing, [
    'the host',
    'header fields other than Host and User-Agent',
    'the body',
    'masked values of the query, which stand as ***',
  ])
})

test('where the record does not suffice nothing is asked, and the reason is said', async () => {
  for (const [record, missing] of [
    [without(accessRecord(), 'method', 'path'), /^method and path/],
    [accessRecord({ path: `/${'a'.repeat(1020)}...` }), /^the end of its path/],
    [accessRecord({ path: `/${'$'.repeat(168)}...` }), /^the end of its path/],
    [accessRecord({ listener: 'gone' }), /^the listener gone/],
  ] as const) {
    const ports = adminPorts({ record: () => record })
    const past = await pastRequest(ports, 'req_1')
    assert.deepEqual([past?.asked, past?.today, ports.calls], [undefined, undefined, []])
    assert.match(past?.missing.join() ?? '', missing)
  }
})

test('a field that could break a head is not asked with', async () => {
  const ports = adminPorts({ record: () => accessRecord({ userAgent: 'a\r\nX-Evil: 1' }) })
  const past = await pastRequest(ports, 'req_1')
  assert.deepEqual(past?.asked?.headers, ['Host', 'shop.test'])
})

test('when no worker answers the record is told all the same', async () => {
  const ports = adminPorts({ explain: () => Promise.reject(new Error('no worker')) })
  const past = await pastRequest(ports, 'req_1')
  assert.equal(past?.record.id, 'req_1')
  assert.deepEqual([past?.asked, past?.today, past?.missing.length], [undefined, undefined, 1])
  assert.deepEqual(ports.calls, ['warn a past request cannot be explained'])
})

test('GET /v1/requests/{id} answers it; an id of which nothing is kept is 404 with a code', async (t) => {
  const asked: string[] = []
  const ports = adminPorts({
    record(id) {
      asked.push(id)
      return id === 'a/b' ? accessRecord({ id }) : undefined
    },
  })
  const port = await startAdmin(t, ports)
  const got = await ask(port, 'GET', '/v1/requests/a%2Fb')
  assert.equal(got.status, 200)
  assert.equal((got.json['record'] as AccessRecord).id, 'a/b')
  const none = await ask(port, 'GET', '/v1/requests/req_9')
  assert.deepEqual([none.status, none.json['code']], [404, 'GW4043'])
  assert.equal(none.headers['content-type'], 'application/problem+json')
  assert.deepEqual(asked, ['a/b', 'req_9'])
  assert.equal((await ask(port, 'GET', '/v1/requests/')).json['code'], 'GW4042')
  assert.equal((await ask(port, 'POST', '/v1/requests/req_1')).status, 405)
})
