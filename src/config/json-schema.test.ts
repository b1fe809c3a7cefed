import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { policyOptions } from '../policies/options.ts'
import { configJsonSchema } from './json-schema.ts'

const schema = configJsonSchema(policyOptions)
const validator = z.fromJSONSchema(schema)
const bases = `${import.meta.dirname}/../../e2e/config/bases`

test('the JSON Schema takes every base configuration', () => {
  for (const name of readdirSync(bases)) {
    const result = validator.safeParse(parse(readFileSync(`${bases}/${name}`, 'utf8')))
    assert.deepEqual(result.error?.issues, undefined, name)
  }
})

const wrong: readonly (readonly [string, unknown])[] = [
  ['an unknown section', { servces: {} }],
  ['an unknown key of a route', { routes: { a: { path: '/a', respond: 'ok', timeut: '5s' } } }],
  ['a bad unit', { defaults: { timeout: '5x' } }],
  ['a choice that does not exist', { services: { a: { targets: 'http://a', loadBalancing: 'roundrobin' } } }],
  ['a number for a map', { routes: 5 }],
  ['a target without a scheme', { services: { a: 'localhost:1' } }],
  ['a key that comes later', { auth: {} }],
  ['a policy where it cannot stand', { global: { stripPrefix: true } }],
  ['a name that is none', { routes: { '1a': { respond: 'ok' } } }],
  ['a missing key', { routes: { a: { redirect: { status: 301 } } } }],
]
for (const [title, value] of wrong)
  test(`the JSON Schema refuses ${title}`, () => assert.equal(validator.safeParse(value).success, false))

test('the JSON Schema takes x- keys, values from the environment and all short forms', () => {
  const value = {
    'x-note': [1],
    listeners: { a: '${PORT}', b: { port: 80, trustedProxies: 2 } },
    services: { a: ['http://a', { url: '${URL}', weight: 2 }], b: 'unix:/run/b.sock' },
    routes: { a: { path: ['/a', '~/b.*'], service: 'a', cors: true, timeout: 'none', compress: false, respond: 204 } },
    admin: 'none',
    workers: 4,
  }
  assert.deepEqual(validator.safeParse(value).error?.issues, undefined)
})

test('every key of the schema says what it is for', () => {
  const silent: string[] = []
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    const { properties } = node as { readonly properties?: Readonly<Record<string, { readonly description?: string }>> }
    for (const [key, inner] of Object.entries(properties ?? {}))
      if ((inner.description ?? '').length < 8) silent.push(`${path}.${key}`)
    for (const [key, inner] of Object.entries(node)) walk(inner, `${path}.${key}`)
  }
  walk(schema, '')
  assert.deepEqual(silent, [])
})
