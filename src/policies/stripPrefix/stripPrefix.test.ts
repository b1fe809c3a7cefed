import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { canonicalPath } from '../../lib/path.ts'
import { fakeExchange, fakeHost, policyOf, replyOf } from '../exchange.fixture.ts'
import type { StripPrefixOptions } from './options.ts'
import { stripPrefix } from './stripPrefix.ts'

const strip = (options: StripPrefixOptions, url: string, paths: readonly string[] = []): string => {
  const exchange = fakeExchange({ url })
  const reply = replyOf(policyOf(stripPrefix, options, fakeHost({ paths })).onRequest?.(exchange))
  return reply === undefined ? exchange.request.path : String(reply.code)
}

test('a path drops that, at whole segments', () => {
  assert.equal(strip('/api', '/api/orders/1'), '/orders/1')
  assert.equal(strip('/api/', '/api/orders/'), '/orders/')
  assert.equal(strip('/api', '/api'), '/')
  assert.equal(strip('/api', '/api/'), '/')
  assert.equal(strip('/', '/api/x'), '/api/x')
})

test('3.8 a prefix is never a part of a segment', () => {
  assert.equal(strip('/api', '/apiX/y'), '/apiX/y')
  assert.equal(strip('/api', '/api..'), '/api..')
})

test('true drops the literal segments before the first parameter or *', () => {
  assert.equal(strip(true, '/api/v2/orders', ['/api/v2/*']), '/orders')
  assert.equal(strip(true, '/shops/7/x', ['/shops/{id}/x']), '/7/x')
  assert.equal(strip(true, '/fixed/page', ['/fixed/page']), '/')
  assert.equal(strip(true, '/v1/x', ['~/v[0-9]/x']), '/v1/x')
  assert.equal(strip(true, '/anything', ['/*']), '/anything')
})

test('of several patterns the longest literal beginning that fits', () => {
  assert.equal(strip(true, '/a/b/c', ['/a/*', '/a/b/*']), '/c')
  assert.equal(strip(true, '/a/x/c', ['/a/*', '/a/b/*']), '/x/c')
})

test('3.5 parameters of the segments that are dropped go with them', () => {
  assert.equal(strip('/api/v1', '/api;a=1/v1;b/orders;c=2'), '/orders;c=2')
  assert.equal(strip('/api', '/api;a=1'), '/')
})

test('false does nothing, and a prefix that is no path fails at load', () => {
  assert.deepEqual(policyOf(stripPrefix, false), {})
  assert.throws(() => strip('api', '/api'))
  assert.throws(() => strip('/a%zz', '/a'))
})

test('3.8 what is left begins with one slash and stays canonical', () => {
  const segment = fc.constantFrom('a', 'api', 'b%20c', 'x;y=1', '...', 'api;p', '%252e')
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), fc.boolean(), (segments, slash) => {
      const path = canonicalPath(`/${segments.join('/')}${slash ? '/' : ''}`)
      if (typeof path !== 'string') return
      const left = strip('/api', path)
      assert.match(left, /^\/(?!\/)/)
      assert.equal(canonicalPath(left), left)
      assert.ok(path.endsWith(left) || left === '/')
    }),
  )
})
