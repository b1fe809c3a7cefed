import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { parse } from 'yaml'
import { conflictsOf } from '../checker.ts'
import { policyOptions } from '../policies/options.ts'
import type { LoadOptions } from './load-options.ts'
import { loadConfig } from './load.ts'
import { maskNamed } from './mask.ts'
import { maskLine } from './mask-line.ts'
import { objectTree } from './object-tree.ts'
import { createRedaction } from '../lib/redaction.ts'
import { resolvedData } from './resolved-data.ts'
import { printResolved, resolveConfig } from './resolve-config.ts'
import { snapshotHash } from './snapshot-hash.ts'

const bases = join(import.meta.dirname, '../../e2e/config/bases')
const base: LoadOptions = {
  cwd: bases,
  env: { CI_TOKEN: '0123456789abcdef0123' },
  mode: 'start',
  policies: policyOptions,
  findConflicts: conflictsOf,
  generation: 1,
}

const hashOf = async (given: Pick<LoadOptions, 'text' | 'object' | 'file' | 'format'>): Promise<string | undefined> => {
  const result = await loadConfig({ ...base, ...given })
  assert.deepEqual(
    result.diagnostics.filter((one) => one.severity === 'error'),
    [],
  )
  const { snapshot } = result
  if (snapshot === undefined) return undefined
  // A route of listeners with settings of their own is printed once for each group of them.
  const routes = snapshot.routes.map((route) => {
    const name = route.name.replace(`-${route.listeners.join('-')}`, '')
    return { ...route, name }
  })
  return snapshotHash({ ...snapshot, routes }, bases)
}

/** What TypeScript prints is an object literal of plain data. */
const objectOf = (code: string): unknown =>
  runInNewContext(`(${code.replace(/^import[^\n]*\n\nexport default defineConfig/, '')})`) as unknown

for (const name of readdirSync(bases)) {
  test(`${name} resolved and printed in any language loads to the same gateway`, async () => {
    const resolved = await resolveConfig({ ...base, file: name })
    assert.deepEqual(resolved.diagnostics, [])
    const print = (format: 'yaml' | 'json' | 'ts', origins = false): string =>
      printResolved(resolved, format, origins).text ?? assert.fail('nothing printed')
    const hash = await hashOf({ file: name })
    assert.equal(await hashOf({ text: print('yaml') }), hash)
    assert.equal(await hashOf({ text: print('yaml', true) }), hash)
    assert.equal(await hashOf({ text: print('json'), format: 'json' }), hash)
    assert.equal(await hashOf({ object: objectOf(print('ts')) }), hash)
    assert.deepEqual(parse(print('yaml')), JSON.parse(print('json')))
  })
}

const shop = `services:
  a: { targets: 'http://a:1', timeout: { attempt: 1s }, headers: { request: { set: { X-From-Service: s } } } }
global: { deny: { ip: 192.0.2.1 }, headers: { response: { set: { X-All: g } } }, cors: 'https://g.example.com' }
defaults: { deny: { methods: TRACE }, timeout: { connect: 2s }, cors: true }
policies: { shared: { deny: { paths: /x }, compress: true } }
routes:
  r: { path: /r, service: a, policies: shared, deny: { ip: 192.0.2.2 }, timeout: 5s, websocket: none }
  s: { path: /s, service: a, deny: none, cors: none }
admin: { tokens: { ci: 'a-very-secret-token' } }
state: \${WHERE:-/var/lib/gateway}
`

test('every value says which file and line it comes from, over all levels', async () => {
  const resolved = await resolveConfig({ ...base, text: shop, file: 'gateway.yaml' })
  assert.deepEqual(resolved.diagnostics, [])
  const lines = (printResolved(resolved, 'yaml', true).text ?? '').split('\n')
  const of = (start: string, from = 0): string =>
    lines
      .slice(from)
      .find((line) => line.trim().startsWith(start))
      ?.trim() ?? ''
  const route = lines.indexOf('  r:')
  assert.equal(of('total:', route), 'total: 5s  # gateway.yaml:7')
  assert.equal(of('connect:', route), 'connect: 2s  # gateway.yaml:4')
  assert.equal(of('attempt:', route), 'attempt: 1s  # gateway.yaml:2')
  assert.equal(of('X-From-Service:', route), 'X-From-Service: s  # gateway.yaml:2')
  assert.equal(of('X-All:', route), 'X-All: g  # gateway.yaml:3')
  assert.equal(of('websocket:', route), 'websocket: none  # built in')
  assert.equal(of('bodyLimit:', route), 'bodyLimit: 10MB  # built in')
  assert.equal(of('state:'), "state: '${WHERE:-/var/lib/gateway}'  # gateway.yaml:10")
})

test('secrets are not printed, and values of the environment stay as they were written', async () => {
  const resolved = await resolveConfig({ ...base, text: shop, env: { WHERE: '/hidden/place' } })
  for (const format of ['yaml', 'json', 'ts'] as const) {
    const { text } = printResolved(resolved, format, true)
    assert.doesNotMatch(text ?? '', /very-secret|hidden/)
    assert.match(text ?? '', /\$\{WHERE:-/)
  }
})

test('what levels append and switch off means the same after printing', async () => {
  const text = shop.replace(/admin:.*\n/, '')
  const resolved = await resolveConfig({ ...base, text })
  const again = await loadConfig({ ...base, text: printResolved(resolved, 'yaml', false).text ?? '' })
  const first = await loadConfig({ ...base, text })
  assert.deepEqual(again.diagnostics, [])
  const denied = (result: typeof first, name: string): unknown[] => {
    const uses =
      result.snapshot?.routes.find((route) => route.name === name)?.policies.filter((use) => use.name === 'deny') ?? []
    const options = uses.map((use) => use.options as Readonly<Record<string, readonly string[]>>)
    return ['ip', 'methods', 'paths'].map((key) => options.flatMap((one) => one[key] ?? []).toSorted())
  }
  for (const name of ['r', 's']) {
    assert.deepEqual(denied(again, name), denied(first, name))
    const rest = (result: typeof first): unknown =>
      result.snapshot?.routes
        .find((route) => route.name === name)
        ?.policies.filter((use) => use.name !== 'deny')
        .map((use) => [use.name, use.options])
    assert.deepEqual(rest(again), rest(first))
  }
  assert.deepEqual(denied(first, 'r'), [['192.0.2.2'], ['TRACE'], ['/x']])
  assert.deepEqual(denied(first, 's'), [[], [], []])
})

test('code cannot be printed, and the line that holds it is named', async () => {
  const resolved = await resolveConfig({
    ...base,
    object: { routes: { a: { path: '/', handler: () => ({ body: 'x' }) } } },
  })
  const printed = printResolved(resolved, 'yaml', false)
  assert.equal(printed.text, undefined)
  assert.deepEqual(
    printed.diagnostics.map((one) => [one.code, one.path]),
    [['GW1006', 'routes.a.handler.file']],
  )
})

const everywhere = `services:
  a: 'http://\${HOST}:1'
defaults: { headers: { request: { set: { X-Env: '\${SECRET}' } } }, timeout: { connect: 2s } }
policies: { b: { headers: { response: { set: { X-Api-Key: literal-1, X-File: '\${file:./pw}' } } } } }
routes:
  r:
    path: /r
    service: a
    policies: b
    headers: { request: { set: { Authorization: 'Bearer literal-2', X-Y: 'Basic \${SECRET}' } } }
    timeout: { total: '\${TIME}' }
  q: { path: /q, respond: { body: { token: literal-3, x: '\${SECRET}' }, headers: { X-A: '\${file:./pw}' } } }
  m: { path: /m, match: { headers: { X-Api-Key: literal-4, X-B: '\${SECRET}' } }, service: a }
  d: { path: /d, service: a, headers: { request: { set: { X-Token: '\${NONE:-literal-5}', Cookie: 'a={request.id}' } } } }
admin:
  tokens: { ci: literal-6-literal-6, env: '\${SECRET}', full: { token: '\${file:./pw}', scopes: [read] } }
`

test('11.17 a literal secret is not shown because a reference stands beside it', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'resolve-'))
  try {
    writeFileSync(join(cwd, 'pw'), 'value-of-a-file-1234\n')
    const env = { SECRET: 'value-of-the-environment', HOST: 'hidden.internal', TIME: '7s' }
    const resolved = await resolveConfig({ ...base, cwd, env, text: everywhere })
    assert.deepEqual(resolved.diagnostics, [])
    for (const format of ['yaml', 'json', 'ts'] as const) {
      const text = printResolved(resolved, format, true).text ?? ''
      assert.doesNotMatch(text, /literal|value-of|hidden|7s/)
      for (const kept of ['${SECRET}', '${file:./pw}', 'http://${HOST}:1', '${TIME}', '${NONE}'])
        assert.ok(text.includes(kept), kept)
    }
    const { r } = (JSON.parse(printResolved(resolved, 'json', false).text ?? '') as { routes: Record<string, unknown> })
      .routes
    const { headers, timeout } = r as { headers: { request: { set: unknown } }; timeout: unknown }
    assert.deepEqual(headers.request.set, { 'X-Env': '${SECRET}', Authorization: '***', 'X-Y': 'Basic ${SECRET}' })
    assert.deepEqual(timeout, { total: '${TIME}', connect: '2s' })
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
})

test('a default that is not shown is left out, so that no service is sent stars, and the file says so', async () => {
  const set = '{ X-A: "${APP_KEY:-none}", X-B: "${OTHER:-x}", Authorization: "Bearer ${T:-y}" }'
  const text = `services: { a: 'http://a:1' }\nroutes: { r: { path: /, service: a, headers: { request: { set: ${set} } } } }\n`
  const resolved = await resolveConfig({ ...base, text })
  const path = 'routes.r.headers.request.set'
  for (const format of ['yaml', 'ts'] as const) {
    const printed = printResolved(resolved, format, false).text ?? ''
    assert.doesNotMatch(printed, /\*\*\*|none"|:-y/)
    const mark = format === 'yaml' ? '#' : '//'
    assert.deepEqual(printed.split('\n').slice(0, 2), [
      `${mark} ${path}.X-A: its default is left out`,
      `${mark} ${path}.Authorization: its default is left out`,
    ])
    assert.ok(printed.includes('${APP_KEY}') && printed.includes('${OTHER:-x}'))
  }
})

test('the printed file and the single values tell the same places, and a default that fills up is built in', async () => {
  const text = `services: { a: 'http://a:1' }
global:
  deny: { ip: [192.0.2.1] }
defaults:
  timeout: { attempt: 1s }
routes:
  r:
    path: /r
    service: a
    timeout: 2s
    deny: { methods: TRACE }
    policies: [x, y]
    headers: { request: { set: { X-A: b } } }
policies:
  x: { deny: { ip: [192.0.2.2] } }
  y: { deny: { ip: [192.0.2.3] } }
`
  const resolved = await resolveConfig({ ...base, text })
  assert.deepEqual(resolved.diagnostics, [])
  const { origins } = resolvedData(resolved) ?? assert.fail('nothing to show')
  const told = (path: string): string | undefined => origins[`routes.r.${path}`]?.replace('config.yaml:', '')
  assert.deepEqual(
    ['timeout.total', 'timeout.connect', 'timeout.attempt', 'deny.methods', 'deny.ip', 'deny.mode'].map(told),
    ['10', 'built in', '5', '11', '16', 'built in'],
  )
  const keys: string[] = []
  let compared = 0
  for (const line of (printResolved(resolved, 'yaml', true).text ?? '').split('\n')) {
    const [, indent = '', key = '', place] = /^( *)([\w-]+):(?:.*? {2}# (.+))?$/.exec(line) ?? []
    keys.splice(indent.length / 2, Infinity, key)
    const origin = origins[keys.join('.')]
    if (key === '' || origin === undefined) continue
    assert.equal(origin, place, keys.join('.'))
    compared++
  }
  assert.ok(compared > 50, `${compared}`)
})

test('what is printed has no policy that does nothing on its route', async () => {
  const text = `services: { a: 'http://a:1' }
defaults: { hostHeader: preserve, cookies: { secure: true } }
routes:
  s: { path: /s, service: a }
  r: { path: /r, respond: ok }
  t: { path: /t, redirect: /s }
`
  const first = await resolveConfig({ ...base, text })
  assert.deepEqual(first.diagnostics, [])
  const again = await loadConfig({ ...base, text: printResolved(first, 'yaml', false).text ?? '' })
  assert.deepEqual(again.diagnostics, [])
  const uses = (snapshot: typeof again.snapshot): unknown =>
    snapshot?.routes.find(({ name }) => name === 's')?.policies.map(({ name, options }) => [name, options])
  assert.deepEqual(uses(again.snapshot), uses(first.snapshot))
})

test('11.17 lines of the file that diagnostics quote hide literal secrets, and keep their columns', () => {
  const hidden = (line: string): string => {
    const shown = maskLine(line)
    assert.equal(shown.length, line.length, line)
    return shown.replaceAll(/\*+/g, '*')
  }
  assert.equal(hidden("  Authorization: 'Bearer abc def'  # why"), '  Authorization: *  # why')
  assert.equal(hidden('{ set: { X-Api-Key: abc, "my-token": "d\\"e" } }'), '{ set: { X-Api-Key: *, "my-token": * } }')
  assert.equal(hidden('url: http://me:secret@host/x'), 'url: http://*@host/x')
  for (const plain of ["token: '${TOKEN}'", 'cookies: { a: b }', 'Cookie: none', 'key: ip', 'tokens:', 'tokens: [a]'])
    assert.equal(maskLine(plain), plain)
})

test('11.17 a literal secret under a telling name never shows, at any depth of free data', () => {
  const name = fc.constantFrom('token', 'apiKey', 'clientSecret', 'Password', 'Authorization', 'X-Auth-Token', 'cookie')
  const path = fc.array(fc.constantFrom('a', 'b', 'options', 'set'), { maxLength: 5 })
  const form = fc.constantFrom<unknown>('hunter2', ['hunter2', ['hunter2']], { any: ['hunter2'] })
  fc.assert(
    fc.property(name, path, form, (secretName, where, secret) => {
      let value: unknown = { [secretName]: secret }
      for (const key of where) value = key === 'b' ? [value] : { [key]: value }
      const shown = JSON.stringify(maskNamed(objectTree(value, -1), createRedaction([])))
      assert.equal(shown.includes('hunter2'), false)
      assert.ok(shown.includes('***'))
    }),
  )
})

test('what ran is shown from the texts it was read from, whatever the files say by now', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'resolve-'))
  try {
    const main = 'include: [./teams/*.yaml]\nservices: { a: "http://a:1" }\n'
    writeFileSync(join(cwd, 'gateway.yaml'), main)
    mkdirSync(join(cwd, 'teams'))
    writeFileSync(join(cwd, 'teams/one.yaml'), 'routes: { one: { path: /one, service: a } }\n')
    const { texts, snapshot } = await loadConfig({ ...base, cwd, file: 'gateway.yaml' })
    assert.ok(texts !== undefined)
    writeFileSync(join(cwd, 'teams/two.yaml'), 'routes: { two: { path: /two, service: a } }\n')
    rmSync(join(cwd, 'teams/one.yaml'))
    writeFileSync(join(cwd, 'gateway.yaml'), 'broken: [')
    const resolved = await resolveConfig({ ...base, cwd, file: 'gateway.yaml', kept: texts })
    assert.equal(resolved.snapshot?.hash, snapshot?.hash)
    const data = resolvedData(resolved) ?? assert.fail('nothing to show')
    assert.deepEqual(Object.keys((data.config as { routes: object }).routes), ['one'])
    assert.equal(data.origins['routes.one.path'], 'teams/one.yaml:1')
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
})
