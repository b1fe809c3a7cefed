import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MatchNames } from '../../contract/policy.ts'
import {
  fakeExchange,
  fakeHost,
  linesOf,
  policyOf,
  replyOf,
  type FakeExchange,
  type FakeRequest,
} from '../exchange.fixture.ts'
import { forward } from './forward.ts'
import type { ForwardOptions } from './options.ts'

const through = (
  options: ForwardOptions,
  request: FakeRequest,
  match: Partial<MatchNames> = {},
  clientQuery?: string,
): FakeExchange => {
  const exchange = fakeExchange(request)
  if (clientQuery !== undefined) exchange.clientQuery = clientQuery
  assert.equal(replyOf(policyOf(forward, options, fakeHost(match)).onRequest?.(exchange)), undefined)
  return exchange
}

test('all costs nothing', () => {
  assert.deepEqual(policyOf(forward, 'all'), {})
})

test('only listed fields go on, and those that always do', () => {
  const headers = {
    'X-Key': '1',
    'X-Other': '2',
    'User-Agent': 'u',
    Accept: '*/*',
    'Accept-Language': 'ko',
    'Content-Type': 'a/b',
    'If-None-Match': '"x"',
    Traceparent: 't',
    'Sec-WebSocket-Key': 'k',
    Cookie: 'a=1',
  }
  const { request } = through({ headers: ['X-Key', 'X-Ab*'] }, { headers: { ...headers, 'X-Abc': '3' } })
  assert.deepEqual(request.fields.names, [
    'x-key',
    'accept',
    'accept-language',
    'content-type',
    'if-none-match',
    'traceparent',
    'sec-websocket-key',
    'x-abc',
  ])
})

test('only listed parameters go on, as they were written', () => {
  assert.equal(
    through({ query: ['a', 'page_*'] }, { url: '/x?a=1&b=2&page_size=%33&%61=4' }).request.query,
    'a=1&page_size=%33&%61=4',
  )
  assert.equal(through({ query: null }, { url: '/x?a=1' }).request.query, '')
})

test('what the gateway added to the query goes on', () => {
  assert.equal(
    through({ query: ['a'] }, { url: '/x?a=1&b=2&tenant=acme' }, {}, 'a=1&b=2').request.query,
    'a=1&tenant=acme',
  )
})

test('only listed cookies go on; without any the field is gone', () => {
  assert.deepEqual(
    linesOf(through({ cookies: ['session'] }, { headers: { Cookie: ['a=1; session=x=y', 'b=2'] } }).request.fields),
    ['cookie: session=x=y'],
  )
  assert.deepEqual(linesOf(through({ cookies: ['none'] }, { headers: { Cookie: 'a=1' } }).request.fields), [])
  assert.deepEqual(
    linesOf(through({ headers: null, cookies: ['a'] }, { headers: { Cookie: 'a=1; b=2' } }).request.fields),
    ['cookie: a=1'],
  )
})

test('strict sends on what the match names', () => {
  const { request } = through(
    'strict',
    { url: '/x?v=1&w=2', headers: { 'X-Api': '1', 'X-Other': '2', Cookie: 'c=1; d=2' } },
    { headers: ['x-api'], query: ['v'], cookies: ['c'] },
  )
  assert.equal(request.query, 'v=1')
  assert.deepEqual(linesOf(request.fields), ['x-api: 1', 'cookie: c=1'])
})

test('3.12 more than 1000 parameters are 400', () => {
  assert.equal(
    replyOf(policyOf(forward, { query: ['a'] }).onRequest?.(fakeExchange({ url: `/x?${'a&'.repeat(1001)}` })))?.status,
    400,
  )
})
