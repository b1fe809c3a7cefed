import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { errors } from '../errors.ts'
import { type BodySchema, mismatch } from './body-schema.ts'
import { endpoints } from './endpoints.ts'
import { createGuessLimit } from './guess-limit.ts'
import { escapeHtml } from '../lib/html.ts'
import { openApi } from './open-api.ts'
import { adminPorts, gatewayInfo } from './ports.fixture.ts'
import { explainBody, shapes } from './shapes.ts'

const document = openApi(endpoints, '0.1.0') as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId: string; readonly requestBody?: unknown }>>>
  >
}

test('the OpenAPI document names every endpoint, once, and its bodies are the schemas that check them', () => {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
  assert.equal(operations.length, endpoints.length)
  assert.equal(new Set(operations.map((operation) => operation.operationId)).size, endpoints.length)
  assert.deepEqual(document.paths['/v1/explain']?.['post']?.requestBody, {
    required: true,
    content: { 'application/json': { schema: explainBody } },
  })
})

test('every reference of the OpenAPI document leads somewhere, and every code is one', () => {
  for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(Object.hasOwn(shapes, name as string), String(name))
  }
  for (const endpoint of endpoints)
    for (const code of endpoint.refuses ?? []) assert.ok(Object.hasOwn(errors, code), code)
})

test('what the endpoints answer has the shape that the document promises', async () => {
  const fits = (name: string, value: unknown): void => {
    const plain = JSON.parse(JSON.stringify(value)) as unknown
    assert.equal(mismatch(resolved(shapes[name] as BodySchema), plain, name), undefined)
  }
  fits('Info', gatewayInfo())
  for (const endpoint of endpoints) {
    if (typeof endpoint.gives !== 'string') continue
    const value = endpoint.id === 'explain' ? { method: 'GET', url: '/' } : {}
    const answer = await endpoint.answer(
      adminPorts({ applyConfig: () => ({ ok: true, hash: 'h', changed: true, diagnostics: [], ms: 1 }) }),
      {
        text: 'bad',
        value,
        query: new URLSearchParams(),
        params: { id: 'req_1' },
        ifMatch: undefined,
        ifNoneMatch: undefined,
      },
    )
    assert.equal(answer.status, 200, endpoint.id)
    fits(endpoint.gives, JSON.parse(answer.body))
  }
})
const resolved = (schema: BodySchema): BodySchema => {
  const name = schema.$ref?.split('/').at(-1)
  if (name !== undefined) return resolved(shapes[name] as BodySchema)
  return {
    ...schema,
    ...(schema.items === undefined ? {} : { items: resolved(schema.items) }),
    ...(schema.properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(schema.properties).map(([key, one]) => [key, resolved(one)])),
        }),
  }
}

test('any JSON is either a request to explain or refused with a sentence; nothing throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const wrong = mismatch(explainBody, value)
      assert.ok(wrong === undefined || wrong.startsWith('the body'))
    }),
  )
})

test('escaped HTML holds no sign that could begin a tag, an entity or an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.match(escapeHtml(text), /^(?:[^<>"'`&\p{Cc}]|&#\d+;)*$/u)
    }),
  )
})

test('11.14 wrong tokens cost ever longer pauses, an IPv6 network counts as one, and time heals', () => {
  let now = 0
  const limit = createGuessLimit(() => now)
  for (let turn = 0; turn < 4; turn++) limit.wrong('203.0.113.1')
  assert.equal(limit.waitFor('203.0.113.1'), 0)
  limit.wrong('203.0.113.1')
  const first = limit.waitFor('203.0.113.1')
  assert.ok(first > 0)
  limit.wrong('203.0.113.1')
  assert.equal(limit.waitFor('203.0.113.1'), first * 2)
  for (let turn = 0; turn < 60; turn++) limit.wrong('203.0.113.1')
  assert.equal(limit.waitFor('203.0.113.1'), 30_000)
  assert.equal(limit.waitFor('203.0.113.2'), 0)
  for (let turn = 0; turn < 9; turn++) limit.wrong(`2001:db8:1:2:3::${turn}`)
  assert.ok(limit.waitFor('2001:db8:1:2:ffff::1') > 0)
  limit.right('203.0.113.1')
  assert.equal(limit.waitFor('203.0.113.1'), 0)
  now = 3_600_000
  assert.equal(limit.waitFor('2001:db8:1:2::9'), 0)
})
