import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { conflictsOf } from '../../src/checker.ts'
import type { LoadOptions } from '../../src/config/load-options.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadResult } from '../../src/contract/threads.ts'
import { policyOptions } from '../../src/policies/options.ts'

/** Loads what a folder with these files holds. */
const loadFiles = async (
  files: Readonly<Record<string, string>>,
  more: Partial<LoadOptions> = {},
): Promise<LoadResult & { readonly folder: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    const result = await loadConfig({
      cwd: folder,
      env: {},
      mode: 'start',
      policies: policyOptions,
      findConflicts: conflictsOf,
      generation: 1,
      ...more,
    })
    return { ...result, folder }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
const told = (result: LoadResult): string[] =>
  result.diagnostics.map((one) => `${one.code} ${one.file}:${one.line}:${one.column}`)
const shop = 'services: { orders: "http://orders:1" }\nroutes: { orders: { path: /orders/*, service: orders } }\n'

test('a folder with one configuration loads it, whatever its form', async () => {
  const yaml = await loadFiles({ 'gateway.yaml': shop })
  const json = await loadFiles({
    'gateway.json':
      '{\n  "services": { "orders": "http://orders:1" },\n  "routes": { "orders": { "path": "/orders/*", "service": "orders" } }\n}\n',
  })
  const code = await loadFiles({
    'gateway.ts':
      'const target: string = "http://orders:1"\nexport default { services: { orders: target }, routes: { orders: { path: "/orders/*", service: "orders" } } }\n',
  })
  const other = await loadFiles({
    'gateway.config.ts':
      'export default Promise.resolve({ services: { orders: "http://orders:1" }, routes: { orders: { path: ["/orders/*"], service: "orders" } } })\n',
  })
  for (const result of [yaml, json, code, other]) assert.deepEqual(result.diagnostics, [])
  assert.equal(typeof yaml.snapshot?.hash, 'string')
  const hashes = [yaml, json, code, other].map((result) => result.snapshot?.hash)
  assert.equal(new Set(hashes).size, 1, 'what a gateway is does not depend on where its file lies')
})

test('no configuration and two of them are errors that name what is there', async () => {
  assert.deepEqual(
    (await loadFiles({})).diagnostics.map((one) => one.code),
    ['GW1005'],
  )
  const two = await loadFiles({ 'gateway.yaml': shop, 'gateway.json': '{}' })
  assert.deepEqual(
    two.diagnostics.map((one) => [one.code, one.message]),
    [['GW1004', 'there are gateway.yaml and gateway.json']],
  )
  assert.deepEqual(
    (await loadFiles({ 'gateway.yaml': shop }, { file: 'other.yaml' })).diagnostics.map((one) => one.code),
    ['GW1003'],
  )
})

test('an include brings routes with their own defaults, and its bounds hold', async () => {
  const main = `
include:
  - { files: teams/*/*.yaml, paths: [/orders/*, '/search'], hosts: ['*.example.com'], listeners: public }
listeners: { public: 8080, inside: 8081 }
defaults: { listener: public, host: api.example.com, hostHeader: preserve }
policies: { shared: { compress: true } }
`
  const orders = `
defaults: { labels: { team: orders }, policies: shared }
services: { orders: 'http://orders:1' }
routes:
  orders: { path: '/orders/{id}', service: orders }
`
  const fine = await loadFiles({
    'gateway.yaml': main,
    'teams/orders/routes.yaml': orders,
    'teams/search/routes.yaml': 'services: { s: "http://s:1" }\nroutes: { search: { path: /search, service: s } }\n',
  })
  assert.deepEqual(fine.diagnostics, [])
  const [first, second] = fine.snapshot?.routes ?? []
  assert.deepEqual(first?.policies.find((use) => use.name === 'labels')?.options, { team: 'orders' })
  assert.equal(
    second?.policies.find((use) => use.name === 'labels'),
    undefined,
  )
  assert.notEqual(
    first?.policies.find((use) => use.name === 'compress'),
    undefined,
  )
  assert.equal(first?.origin?.file, 'teams/orders/routes.yaml')
  assert.equal(fine.snapshot?.files.length, 3)

  const outside = await loadFiles({
    'gateway.yaml': main,
    'teams/a/a.yaml': `
routes:
  a: { path: /ordersfoo, respond: ok }
  b: { path: /*, respond: ok }
  c: { path: /orders/x, respond: ok, host: example.org }
  d: { path: /orders/y, respond: ok, listener: inside }
  e: { path: /orders/*, respond: ok, host: x.y.example.com }
admin: 9902
`,
  })
  assert.deepEqual(told(outside), [
    'GW1008 teams/a/a.yaml:3:14',
    'GW1008 teams/a/a.yaml:4:14',
    'GW1008 teams/a/a.yaml:5:44',
    'GW1008 teams/a/a.yaml:6:48',
    'GW1007 teams/a/a.yaml:8:1',
  ])
})

test('names share one space over all files, and a broken file makes no name of another dangle', async () => {
  const double = await loadFiles({
    'gateway.yaml': `include: [more.yaml]\n${shop}`,
    'more.yaml': '\nservices: { orders: "http://other:1" }\n',
  })
  assert.deepEqual(told(double), ['GW1203 more.yaml:2:13'])
  assert.match(double.diagnostics[0]?.help ?? '', /gateway\.yaml:2/)
  const broken = await loadFiles({
    'gateway.yaml': 'include: [more.yaml]\nroutes: { r: { path: /, service: elsewhere } }\n',
    'more.yaml': 'services: {\n',
  })
  assert.deepEqual(told(broken), ['GW1001 more.yaml:1:11'])
  assert.deepEqual(told(await loadFiles({ 'gateway.yaml': 'include: [teams/*.yaml]\n' })), ['GW1003 gateway.yaml:1:11'])
})

test('an overlay merges by key after short forms, replaces lists, and removes with null', async () => {
  const files = {
    'gateway.yaml':
      'services: { orders: "http://orders:1", other: "http://o:1" }\ndefaults: { timeout: 5s }\nroutes:\n  orders: { path: /orders/*, service: orders, timeout: 9s }\n  debug: { path: /debug, service: other }\ntelemetry: { logs: [{ to: file, path: a.log }] }\n',
    'gateway.production.yaml':
      'services: { orders: { targets: ["http://a:1", "http://b:1"], pool: { max: 3 } }, other: null }\nroutes: { orders: { timeout: { connect: 1s } }, debug: null }\ntelemetry: { logs: { file: { path: b.log } } }\n',
  }
  const result = await loadFiles(files, { environment: 'production' })
  assert.deepEqual(result.diagnostics, [])
  const { snapshot, folder } = result
  assert.deepEqual(
    snapshot?.routes.map((route) => route.name),
    ['orders'],
  )
  assert.deepEqual(
    snapshot?.services.map((service) => [service.name, service.targets.length, service.pool.max]),
    [['orders', 2, 3]],
  )
  assert.deepEqual(snapshot?.routes[0]?.policies.find((use) => use.name === 'timeout')?.options, {
    total: 9000,
    connect: 1000,
  })
  assert.deepEqual(
    snapshot?.settings.logs.map((sink) => sink.path),
    [undefined, join(folder, 'b.log')],
  )
  assert.deepEqual(
    told(
      await loadFiles(
        { ...files, 'gateway.production.yaml': 'routes: { orders: { timeout: 5x } }\ninclude: []\n' },
        { environment: 'production' },
      ),
    ),
    ['GW1103 gateway.production.yaml:1:30', 'GW1007 gateway.production.yaml:2:1'],
  )
  assert.deepEqual(
    (await loadFiles(files, { environment: 'staging' })).diagnostics.map((one) => one.code),
    ['GW1003'],
  )
})

test('.env beside the file fills in what the environment does not have', async () => {
  const files = {
    'gateway.yaml':
      'drain: "${WAIT}"\nworkers: "${COUNT}"\nstate: "${file:./where}"\nroutes: { a: { path: /, respond: ok } }\n',
    '.env': '# note\nWAIT=7s\nexport COUNT="3"\n',
    where: '/var/state\n',
  }
  const result = await loadFiles(files, { env: { COUNT: '2' } })
  assert.deepEqual(result.diagnostics, [])
  assert.deepEqual(
    [result.snapshot?.settings.drain.timeout, result.snapshot?.settings.workers, result.snapshot?.settings.state],
    [7000, 2, '/var/state'],
  )
  assert.deepEqual(told(await loadFiles({ 'gateway.yaml': 'state: "${file:./nowhere}"\n' })), [
    'GW1402 gateway.yaml:1:9',
  ])
})

test('lists of addresses in files are read, and a wrong line is named', async () => {
  const files = {
    'gateway.yaml': 'global: { deny: { ip: [192.0.2.1, ./lists/blocked.txt] } }\n',
    'lists/blocked.txt': '# seen\n198.51.100.0/24\n\n2001:db8::/32 # whole\n',
  }
  const result = await loadFiles(files)
  assert.deepEqual(result.snapshot?.listeners[0]?.guards[0]?.options, {
    ip: ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32'],
    mode: 'enforce',
  })
  assert.ok(result.snapshot?.files.includes(join(result.folder, 'lists/blocked.txt')))
  const wrong = await loadFiles({ ...files, 'lists/blocked.txt': '10.0.0.1\nlocalhost\n' })
  assert.match(wrong.diagnostics[0]?.message ?? '', /line 2 of \.\/lists\/blocked\.txt/)
})

test('the file of a fixed answer is its body, word for word, with the type of its name', async () => {
  const result = await loadFiles({
    'gateway.yaml': 'routes: { r: { path: /, respond: { file: ./page.html } } }\n',
    'page.html': '<p>{braces}</p>\n',
  })
  const action = result.snapshot?.routes[0]?.action
  assert.deepEqual(action, {
    kind: 'respond',
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: '<p>{{braces}}</p>\n',
    contentType: undefined,
  })
})

test('mistakes in a TypeScript configuration have the place of the key, and code that throws has no stack', async () => {
  const wrong = await loadFiles({
    'gateway.ts':
      "// a note { with: 'braces' }\nexport default {\n  services: { 'orders': 'http://orders:1' },\n  routes: {\n    orders: { path: '/orders/*', service: 'ordes', timeot: '5s' },\n  },\n}\n",
  })
  assert.deepEqual(told(wrong), ['GW1201 gateway.ts:5:43', 'GW1101 gateway.ts:5:52'])
  const computed = await loadFiles({
    'gateway.ts':
      "const names = ['a']\nexport default { routes: Object.fromEntries(names.map((name) => [name, { path: '/' + name, respond: 'ok', timeut: '5s' }])) }\n",
  })
  assert.deepEqual(
    computed.diagnostics.map((one) => [one.code, one.line, one.path]),
    [['GW1101', 0, 'routes.a.timeut']],
  )
  const throws = await loadFiles({ 'gateway.ts': "export default {}\nthrow new Error('no luck')\n" })
  assert.deepEqual(told(throws), ['GW1006 gateway.ts:2:7'])
  assert.match(throws.diagnostics[0]?.message ?? '', /no luck$/)
  const lacking = await loadFiles({
    'gateway.ts': "import { z } from '@acme/not-installed/sub'\nexport default { z }\n",
  })
  assert.deepEqual(
    lacking.diagnostics.map((one) => [one.code, one.help]),
    [['GW1403', 'npm install @acme/not-installed']],
  )
  const syntax = await loadFiles({ 'gateway.ts': 'export default {\n' })
  assert.deepEqual(
    syntax.diagnostics.map((one) => one.code),
    ['GW1006'],
  )
  const nothing = await loadFiles({ 'gateway.ts': 'export const config = {}\n' })
  assert.deepEqual(
    nothing.diagnostics.map((one) => one.message),
    ['the default export is no configuration'],
  )
})

test('code in a TypeScript configuration is named by its file and its place in the default export', async () => {
  const result = await loadFiles({
    'gateway.ts':
      "const policy = { name: 'p', stage: 'transform', create: () => ({}) }\nexport default { routes: { a: { path: '/', handler: () => ({ body: 'hi' }), use: [policy, { policy, options: { n: 1 } }] } } }\n",
  })
  assert.deepEqual(result.diagnostics, [])
  const file = join(result.folder, 'gateway.ts')
  const [route] = result.snapshot?.routes ?? []
  assert.deepEqual(route?.action, {
    kind: 'handler',
    code: { file, export: 'default#/routes/a/handler', options: undefined },
  })
  assert.deepEqual(
    route?.policies.filter((use) => use.name === 'use').map((use) => use.options),
    [
      { file, export: 'default#/routes/a/use/0', options: undefined },
      { file, export: 'default#/routes/a/use/1/policy', options: { n: 1 } },
    ],
  )
})

test('a configuration that only half arrived is refused as a whole', async () => {
  const text = 'services:\n  orders: http://orders:1\nroutes:\n  orders: { path: /orders/*, service: orders }\n'
  const results: string[] = []
  for (let length = 1; length < text.length; length++) {
    // eslint-disable-next-line no-await-in-loop -- each is a load of its own
    const result = await loadFiles({ 'gateway.yaml': text.slice(0, length) })
    if (result.snapshot !== undefined && result.snapshot.routes.length > 0) results.push(text.slice(0, length))
  }
  // What is cut only after the closing brace is whole.
  assert.deepEqual(results, [text.trimEnd()])
})

test('an include that would walk through a whole disk is refused at its place', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-wide-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (let i = 0; i <= 20_000; i++) writeFileSync(join(folder, `${i}.txt`), '')
  const wide = await loadFiles({ 'gateway.yaml': `include: [${JSON.stringify(join(folder, '**/*.yaml'))}]\n${shop}` })
  assert.deepEqual(told(wide), ['GW1010 gateway.yaml:1:11'])
  const narrow = await loadFiles({ 'gateway.yaml': `include: ${JSON.stringify(join(folder, '*.yaml'))}\n${shop}` })
  assert.deepEqual(told(narrow), ['GW1003 gateway.yaml:1:10'])
})
