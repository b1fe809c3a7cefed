import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fakeExchange, policyOf, type FakeRequest, type FakeResponse } from '../exchange.fixture.ts'
import { rewriteLocation } from './rewriteLocation.ts'

interface Way extends FakeRequest {
  readonly clientPath?: string
}
const turned = (location: string, way: Way = {}, response: FakeResponse = {}): string | undefined => {
  const exchange = fakeExchange(way, { status: 302, ...response, headers: { Location: location } })
  if (way.clientPath !== undefined) exchange.clientPath = way.clientPath
  void policyOf(rewriteLocation, true).onResponse?.(exchange)
  return exchange.response.fields.get('location')
}

test('the address of the target becomes the public one', () => {
  assert.equal(turned('http://127.0.0.1:4001/orders/7?x=1#y'), 'http://api.example.com/orders/7?x=1#y')
  assert.equal(turned('HTTP://127.0.0.1:4001'), 'http://api.example.com/')
  assert.equal(turned('http://127.0.0.1:4001?x'), 'http://api.example.com/?x')
  assert.equal(
    turned('http://127.0.0.1:4001/a', { scheme: 'https', host: 'api.test', port: 8443 }),
    'https://api.test:8443/a',
  )
})

test('the default port may be written or not', () => {
  assert.equal(turned('http://orders:80/a', { target: 'http://orders' }), 'http://api.example.com/a')
  assert.equal(turned('https://orders/a', { target: 'https://orders:443' }), 'http://api.example.com/a')
})

test('other addresses stay', () => {
  for (const location of [
    'https://127.0.0.1:4001/a',
    'http://127.0.0.1:40011/a',
    'http://other/a',
    'http://127.0.0.1:4001@evil.com/',
    '//127.0.0.1:4001/a',
    'mailto:a',
    'next',
    '?x=1',
  ])
    assert.equal(turned(location), location)
})

test('the path of the target’s URL goes, the prefix that was stripped comes back', () => {
  const way = { target: 'http://shop:4000/internal', url: '/orders', clientPath: '/api/v2/orders' }
  assert.equal(turned('http://shop:4000/internal/orders/7', way), 'http://api.example.com/api/v2/orders/7')
  assert.equal(turned('/internal/orders/7', way), '/api/v2/orders/7')
  assert.equal(turned('http://shop:4000/internal', way), 'http://api.example.com/api/v2/')
  assert.equal(turned('/internalX', way), '/internalX')
})

test('a path of the service gets the stripped prefix once', () => {
  const way = { url: '/orders', clientPath: '/api/orders' }
  assert.equal(turned('/orders/7', way), '/api/orders/7')
  assert.equal(turned('/api/orders/7', way), '/api/orders/7')
  assert.equal(turned('/orders/7', { url: '/', clientPath: '/api' }), '/api/orders/7')
  assert.equal(turned('/orders/7', { url: '/other', clientPath: '/api/orders' }), '/orders/7')
})

test('answers of the gateway, and rewriteLocation: false, stay as they are', () => {
  assert.equal(turned('http://127.0.0.1:4001/a', {}, { source: 'gateway' }), 'http://127.0.0.1:4001/a')
  assert.deepEqual(policyOf(rewriteLocation, false), {})
})

test('2.17 a path of the service never becomes a host', () => {
  const part = fc.constantFrom('', '/', '\\', '\t', 'evil.com', 'internal', 'a')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom('/internal', ''), (parts, prefix) => {
      const way = { target: `http://shop:4000${prefix}`, url: '/x', clientPath: '/x' }
      const location = turned(`http://shop:4000${prefix}/${parts.join('/')}`, way) ?? ''
      assert.equal(new URL(location).host, 'api.example.com')
      const path = turned(`${prefix}/a${parts.join('/')}`, way) ?? ''
      assert.equal(new URL(path, 'http://api.example.com').host, 'api.example.com')
    }),
  )
})
