import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { canonicalPath } from '../../lib/path.ts'
import { fakeExchange, fakeHost, policyOf, replyOf, type FakeRequest } from '../exchange.fixture.ts'
import type { RewriteOptions } from './options.ts'
import { rewrite } from './rewrite.ts'

const sent = (options: RewriteOptions, request: FakeRequest): string => {
  const exchange = fakeExchange(request)
  const reply = replyOf(policyOf(rewrite, options).onRequest?.(exchange))
  return reply === undefined
    ? `${exchange.request.path}${exchange.request.query === '' ? '' : '?'}${exchange.request.query}`
    : String(reply.code)
}

test('a template makes the path; the query is kept', () => {
  assert.equal(sent('/v2/{*}', { url: '/v1/a/b?x=1', params: { '*': 'a/b' } }), '/v2/a/b?x=1')
  assert.equal(
    sent('/orders/by-user/{id}/{*}', { url: '/users/7/orders', params: { id: '7', '*': '' } }),
    '/orders/by-user/7',
  )
  assert.equal(sent('/{*}', { url: '/x', params: { '*': '' } }), '/')
  assert.equal(sent('/x{request.path}', { url: '/a/b/' }), '/x/a/b/')
})

test('groups of a path expression keep their slashes, parameters of one segment do not', () => {
  const made = (paths: readonly string[]): string => {
    const exchange = fakeExchange({ params: { rest: 'a/b c' } })
    void policyOf(rewrite, '/x/{rest}', fakeHost({ paths })).onRequest?.(exchange)
    return exchange.request.path
  }
  assert.equal(made(['~/v[0-9]+/(?<rest>.*)']), '/x/a/b%20c')
  assert.equal(made(['~/v[0-9]+/(?<rest>.*)', '/y/{rest}']), '/x/a%2Fb%20c')
})

test('parameters after ? are set in the query', () => {
  const params = { rest: 'orders', major: '2' }
  assert.equal(sent('/{rest}?api={major}', { url: '/v2/shop/orders?k=v&api=9&api=8', params }), '/orders?k=v&api=2')
  assert.equal(sent('/x?a=b%20c&d={request.headers.none}', { url: '/y?d=forged' }), '/x?a=b%20c')
  assert.equal(sent('/x?{request.rawQuery}', { url: '/y?a=1' }), '/x?a=1')
  assert.equal(sent('/x?v={v:-a?b}', { url: '/y' }), '/x?v=a%3Fb')
})

test('an expression replaces its first match, with groups by name and number', () => {
  const red = { find: '^/red/?(?<segment>.*)', with: '/{segment}' }
  assert.equal(sent(red, { url: '/red/a/b?q=1' }), '/a/b?q=1')
  assert.equal(sent(red, { url: '/red' }), '/')
  assert.equal(sent({ find: '/a', with: '/b' }, { url: '/a/a' }), '/b/a')
  assert.equal(sent({ find: '^/([a-z]+)/([0-9]+)$', with: '/{2}?kind={1}' }, { url: '/shop/7?kind=x' }), '/7?kind=shop')
  assert.equal(sent(red, { url: '/blue/x' }), '/blue/x')
})

test('a group cannot add a parameter', () => {
  assert.equal(
    sent({ find: '^/red/(?<rest>.*)', with: '/x?seg={rest}' }, { url: '/red/a&admin=1' }),
    '/x?seg=a%26admin%3D1',
  )
})

test('a missing value is 400 GW4004', () => {
  assert.equal(sent('/x/{request.headers.none}', {}), 'GW4004')
  assert.equal(sent('/x/{request.query.empty}', { url: '/?empty=' }), 'GW4004')
})

test('3.8 a value that would climb out of the path is 400', () => {
  for (const id of ['..', '.', '..;x'])
    assert.match(sent('/safe/{request.headers.id}/x', { headers: { id } }), /^(GW4001|\/safe\/\.\.%3Bx\/x)$/)
  assert.equal(sent('/safe/{request.headers.id}', { headers: { id: '..' } }), 'GW4001')
  assert.equal(sent({ find: '^/a', with: '/..' }, { url: '/a/b' }), 'GW4001')
  assert.equal(sent({ find: '^/a', with: '' }, { url: '/ab' }), 'GW4001')
  assert.equal(sent({ find: '^/a', with: '/%2e%2e' }, { url: '/a/b' }), 'GW4001')
})

test('3.8 whatever the values are, the path begins with the fixed part and is canonical, or it is 400', () => {
  const policy = policyOf(rewrite, '/safe/{id}/{*}')
  const value = fc.string({ unit: fc.constantFrom('.', '/', '%', '2', 'e', 'F', ';', '\\', 'a', '?', '#', '\0', '가') })
  fc.assert(
    fc.property(value, value, (id, rest) => {
      const exchange = fakeExchange({ params: { id, '*': rest } })
      if (replyOf(policy.onRequest?.(exchange)) !== undefined) return
      const { path } = exchange.request
      assert.match(path, /^\/safe(\/|$)/)
      assert.equal(canonicalPath(path), path)
      assert.doesNotMatch(path, /[\0\r\n\\?#]/)
    }),
    { numRuns: 500 },
  )
})

test('rewrites that could not make a path are refused at load', () => {
  for (const options of [
    'orders',
    'https://x/',
    '/{claims.sub}',
    '/a?{id}=1',
    { find: '(a', with: '/' },
    { find: 'a', with: '/{b}' },
  ] as RewriteOptions[])
    assert.throws(() => policyOf(rewrite, options))
})

test('explain names the path that is sent on', () => {
  const policy = policyOf(rewrite, '/b')
  const exchange = fakeExchange({ url: '/a' })
  void policy.onRequest?.(exchange)
  assert.equal(policy.explain?.(exchange, exchange.notes[0]?.code ?? -1, 0, 0), 'sent on as /b')
})

test('what the client asked for is kept for the log, by the first step that changes it', () => {
  const exchange = fakeExchange({ url: '/a?x=1' })
  void policyOf(rewrite, '/b?y=2').onRequest?.(exchange)
  void policyOf(rewrite, '/c?z=3').onRequest?.(exchange)
  assert.deepEqual([exchange.clientPath, exchange.clientQuery], ['/a', 'x=1'])
  assert.deepEqual([exchange.request.path, exchange.request.query], ['/c', 'x=1&y=2&z=3'])
})
