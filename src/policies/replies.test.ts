import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Reply } from '../contract/exchange.ts'
import { compileRedirect, compileRespond } from '../lib/reply.ts'
import { fakeExchange, fakeSource, type FakeRequest } from './exchange.fixture.ts'

const redirect = (to: string, request: FakeRequest, keepQuery = true, status = 308): Reply =>
  compileRedirect({ kind: 'redirect', to, status, keepQuery }, fakeSource)(fakeExchange(request))
const locationOf = (reply: Reply): string | undefined => reply.headers?.[reply.headers.indexOf('location') + 1]

test('a fixed answer is made once and shared', () => {
  const make = compileRespond({ status: 200, headers: { 'X-A': '1' }, body: 'ok', contentType: undefined }, fakeSource)
  const reply = make(fakeExchange())
  assert.deepEqual(reply, { status: 200, headers: ['x-a', '1'], body: 'ok', contentType: 'text/plain; charset=utf-8' })
  assert.equal(make(fakeExchange()), reply)
})

test('a tree is JSON, a Content-Type field is its media type, a number alone has no body', () => {
  const respond = (body: unknown, headers: Record<string, string> = {}): Reply =>
    compileRespond(
      { status: 201, headers, body, contentType: undefined },
      fakeSource,
    )(fakeExchange({ params: { id: '7' } }))
  assert.deepEqual(respond({ id: '{id}' }), {
    status: 201,
    headers: [],
    body: '{"id":"7"}',
    contentType: 'application/json',
  })
  assert.equal(respond({ a: 1 }, { 'Content-Type': 'application/vnd.x+json' }).contentType, 'application/vnd.x+json')
  assert.deepEqual(respond(undefined), { status: 201, headers: [] })
})

test('fields of an answer are templates; a missing value leaves the field out, a broken one is 400', () => {
  const make = compileRespond(
    { status: 200, headers: { 'X-Id': '{id}' }, body: undefined, contentType: undefined },
    fakeSource,
  )
  assert.deepEqual(make(fakeExchange({ params: { id: '7' } })).headers, ['x-id', '7'])
  assert.deepEqual(make(fakeExchange()).headers, [])
  assert.equal(make(fakeExchange({ params: { id: 'a\r\nSet-Cookie: x' } })).code, 'GW4003')
})

test('a redirect keeps the query unless told otherwise', () => {
  const request = { url: '/old/a?x=1', params: { '*': 'a' } }
  assert.equal(locationOf(redirect('https://new.example.com/{*}', request)), 'https://new.example.com/a?x=1')
  assert.equal(locationOf(redirect('https://new.example.com/{*}?y=2', request)), 'https://new.example.com/a?y=2&x=1')
  assert.equal(locationOf(redirect('/n?#top', request)), '/n?x=1#top')
  assert.equal(locationOf(redirect('/n#top', request)), '/n?x=1#top')
  assert.equal(locationOf(redirect('/n', request, false, 301)), '/n')
  assert.equal(redirect('/n', request, false, 301).status, 301)
})

test('groups of the route’s path expression keep their slashes in a Location', () => {
  const action = { kind: 'redirect', to: 'https://new.example.com/{rest}', status: 308, keepQuery: false } as const
  const make = compileRedirect(action, fakeSource, ['~/old/(?<rest>.*)'])
  assert.equal(locationOf(make(fakeExchange({ params: { rest: 'a/b' } }))), 'https://new.example.com/a/b')
})

test('a redirect that needs a missing value is 400', () => {
  assert.equal(redirect('/x/{request.headers.none}', {}).code, 'GW4004')
  assert.equal(redirect('https://{request.headers.h}.example.com/', { headers: { h: 'a/b' } }).code, 'GW4004')
})

test('2.17 a Location without a host begins with exactly one slash, whatever path was asked for', () => {
  const segments = fc.array(fc.constantFrom('', '/', '\\', 'evil.com', '..', '%2F', '@', '//evil.com', 'a'), {
    maxLength: 6,
  })
  const makes = ['/{*}', '{request.path}', '{request.path}/', '/{id}/{*}'].map((to) =>
    compileRedirect({ kind: 'redirect', to, status: 308, keepQuery: true }, fakeSource),
  )
  fc.assert(
    fc.property(segments, fc.string({ minLength: 1 }), (parts, id) => {
      const exchange = fakeExchange({ params: { '*': parts.join('/'), id } })
      exchange.request.path = `/${parts.join('/')}`
      for (const make of makes) {
        const location = locationOf(make(exchange))
        if (location === undefined) continue
        assert.match(location, /^\/(?![/\\])/)
        assert.equal(new URL(location, 'https://api.example.com').host, 'api.example.com')
      }
    }),
  )
})
