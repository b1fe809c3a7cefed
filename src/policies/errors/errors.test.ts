import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Reply } from '../../contract/exchange.ts'
import { fakeExchange, fakeHost, policyOf, replyOf, type FakeResponse } from '../exchange.fixture.ts'
import { errors } from './errors.ts'
import type { ErrorsOptions } from './options.ts'

const own: FakeResponse = { status: 503, source: 'gateway', code: 'GW5031', detail: 'All out.' }
const foreign: FakeResponse = {
  status: 404,
  source: 'service',
  headers: {
    'Content-Type': 'text/html',
    'Content-Encoding': 'br',
    ETag: '"a"',
    'Retry-After': '3',
    'WWW-Authenticate': 'Basic',
  },
}
const replaced = (options: ErrorsOptions, response: FakeResponse): Reply | undefined =>
  replyOf(policyOf(errors, options).onResponse?.(fakeExchange({ params: { id: '7' } }, response)))
const problem = (
  options: ErrorsOptions,
  response: FakeResponse = own,
): { body: string | undefined; contentType: string } | undefined =>
  errors.settings?.(options, fakeHost()).problem?.(fakeExchange({}, response), { status: 503 })

test('nothing is done when nothing is written', () => {
  assert.deepEqual(policyOf(errors, { services: 'pass' }), {})
  assert.equal(errors.settings?.({ services: 'pass' }, fakeHost()).problem, undefined)
})

test('services: problem replaces bodies of services’ errors and keeps their other fields', () => {
  const reply = replaced({ services: 'problem' }, foreign)
  assert.equal(reply?.status, 404)
  assert.equal(reply?.code, 'GW5029')
  assert.equal(reply?.detail, 'The service answered 404 Not Found.')
  assert.deepEqual(reply?.headers, ['retry-after', '3', 'www-authenticate', 'Basic'])
  assert.equal(reply?.body, undefined)
  assert.equal(replaced({ services: 'problem' }, { status: 399 }), undefined)
  assert.equal(replaced({ services: 'problem' }, { status: 200 }), undefined)
  assert.equal(replaced({ services: 'problem' }, own), undefined)
})

test('a body of one’s own takes the place of the problem document', () => {
  const tree = {
    error: {
      code: '{error.code}',
      message: '{error.detail}',
      status: '{error.status}',
      title: '{error.title}',
      requestId: '{request.id}',
    },
  }
  const made = problem({ body: tree })
  assert.equal(made?.contentType, 'application/json')
  assert.deepEqual(JSON.parse(made?.body ?? ''), {
    error: { code: 'GW5031', message: 'All out.', status: 503, title: 'No target', requestId: 'req-1' },
  })
  assert.deepEqual(problem({ body: 'Sorry: {error.code}' }), {
    body: 'Sorry: GW5031',
    contentType: 'text/plain; charset=utf-8',
  })
  assert.equal(
    problem({ body: tree, contentType: 'application/vnd.error+json' })?.contentType,
    'application/vnd.error+json',
  )
})

test('no template shows a client what only the log may say', () => {
  const logged = 'orders: the name does not resolve http://nosuchhost.invalid, tried 2×'
  const failed: FakeResponse = { status: 502, source: 'gateway', code: 'GW5025', logged }
  const safe = 'The host name of the target does not resolve.'
  assert.equal(problem({ body: '{error.detail}' }, failed)?.body, safe)
  const reply = replaced({ replace: { '5xx': { body: '{error.detail}' } } }, failed)
  assert.deepEqual([reply?.body, reply?.detail], [safe, undefined])
  // A replacement without a body of its own is the problem document, with the sentence that it was given.
  assert.equal(replaced({ replace: { 503: { status: 500 } } }, own)?.detail, 'All out.')
  assert.equal(
    replaced({ services: 'problem' }, { status: 502, source: 'service', logged })?.detail,
    'The service answered 502 Bad Gateway.',
  )
})

test('a media type alone keeps the problem document', () => {
  assert.deepEqual(problem({ contentType: 'application/json' }), { body: undefined, contentType: 'application/json' })
})

test('without a sentence of its own an error has the cause of its code', () => {
  const made = problem({ body: '{error.detail}' }, { status: 503, source: 'gateway', code: 'GW5031' })
  assert.equal(made?.body, 'All targets of the service are out.')
})

test('replacements by status: the narrowest wins, the code stays for the log', () => {
  const replace = {
    '5xx': { status: 500, body: 'any' },
    503: { status: 503, headers: { 'Retry-After': '30' }, body: { error: { code: 'busy', was: '{error.code}' } } },
    '500-502': { status: 500, body: 'some' },
  }
  const reply = replaced({ replace }, own)
  assert.deepEqual(reply, {
    status: 503,
    headers: ['retry-after', '30'],
    body: '{"error":{"code":"busy","was":"GW5031"}}',
    contentType: 'application/json',
    code: 'GW5031',
    detail: 'All out.',
  })
  assert.equal(replaced({ replace }, { ...own, status: 502 })?.body, 'some')
  assert.equal(replaced({ replace }, { ...own, status: 504 })?.body, 'any')
  assert.equal(replaced({ replace }, { ...own, status: 404 }), undefined)
})

test('a replacement without a status keeps that of the error', () => {
  for (const respond of [{ body: 'busy' }, { headers: { 'X-A': 'b' }, body: '{error.code}' }])
    for (const status of [503, 504])
      assert.equal(replaced({ replace: { '5xx': respond } }, { ...own, status })?.status, status)
  assert.equal(replaced({ replace: { '5xx': { status: 200, body: 'fine' } } }, own)?.status, 200)
})

test('fields that say how to treat an answer stay when its body is replaced', () => {
  const reply = replaced(
    { services: 'problem' },
    {
      status: 404,
      source: 'service',
      headers: {
        'Content-Security-Policy': "default-src 'none'",
        'Content-Security-Policy-Report-Only': 'x',
        'Content-Type': 'text/html',
        'Content-Disposition': 'attachment; filename=a.html',
        'Content-Language': 'de',
        'Content-Digest': 'sha-256=:x=:',
      },
    },
  )
  assert.deepEqual(reply?.headers, [
    'content-security-policy',
    "default-src 'none'",
    'content-security-policy-report-only',
    'x',
  ])
})

test('configured answers and, unless asked for, services’ errors are not replaced', () => {
  const replace = { 404: { status: 404, body: 'x {error.code}' } }
  assert.equal(replaced({ replace }, { status: 404, source: 'gateway' }), undefined)
  assert.equal(replaced({ replace }, foreign), undefined)
  assert.equal(replaced({ replace, services: 'problem' }, foreign)?.body, 'x GW5029')
})

test('a replacement with a media type of its own keeps it', () => {
  const reply = replaced(
    { replace: { '5xx': { status: 503, headers: { 'Content-Type': 'text/html' }, body: '<p>Sorry</p>' } } },
    own,
  )
  assert.equal(reply?.contentType, 'text/html')
  assert.deepEqual(reply?.headers, [])
})

test('what cannot be made fails at load', () => {
  assert.throws(() => policyOf(errors, { replace: { '6xx': { status: 500 } } }), /is no status/)
  assert.throws(() => policyOf(errors, { replace: { '5xx-599': { status: 500 } } }), /is no status/)
  assert.throws(() => policyOf(errors, { replace: { 503: { status: 503, body: '{claims.sub}' } } }), /not known/)
  assert.throws(() => problem({ body: '{' }))
})
