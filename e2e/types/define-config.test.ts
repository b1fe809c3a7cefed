import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { before, test } from 'node:test'

const root = join(import.meta.dirname, '../..')

/** Configurations and what the compiler must say of each; an empty list is a right one. */
const cases: readonly (readonly [title: string, config: string, says: readonly RegExp[]])[] = [
  [
    'a whole configuration',
    `{
    version: 1,
    listeners: { public: { port: 8080, trustedProxies: ['10.0.0.0/8'], timeouts: { headers: '5s' } }, plain: { port: 80, redirect: 'public' } },
    global: { deny: ['192.0.2.1'], cors: { origins: 'https://a.example.com' } },
    defaults: { listener: 'public', policies: 'shared', timeout: '5s' },
    policies: { shared: { compress: true, headers: { response: { remove: 'Server' } } } },
    services: { orders: 'http://orders:1', files: { targets: ['http://a:1', { url: 'unix:/run/b', weight: 2 }], pool: { max: 5 } } },
    routes: {
      orders: { path: ['/orders/*', '~/o/.*'], methods: 'GET', service: 'orders', timeout: { total: '\${WAIT:-5s}' } },
      files: { path: '/files/*', service: 'files', policies: ['shared'], listener: 'public', stripPrefix: true, match: { headers: { 'X-A': ['a', '~b'] } } },
      health: { path: '/health', respond: { status: 200, body: { ok: true } } },
    },
    telemetry: { logs: [{ to: 'file', path: './a.log' }], traces: { sample: '5%' } },
    admin: 'none',
    'x-note': [1, 2],
  }`,
    [],
  ],
  ['the empty configuration', '{}', []],
  [
    'a route of the one listener that is there unsaid',
    `{ routes: { a: { path: '/a', respond: 'ok', listener: 'main' } } }`,
    [],
  ],
  [
    'a service that does not exist',
    `{ services: { orders: 'http://a:1', payments: 'http://b:1' }, routes: { a: { path: '/a', service: 'ordes' } } }`,
    [/Type '"ordes"' is not assignable to type '"orders" \| "payments"'. Did you mean '"orders"'\?/],
  ],
  [
    'a misspelt key of a route',
    `{ routes: { a: { path: '/a', respond: 'ok', timeot: '5s' } } }`,
    [/'timeot' does not exist in type 'Route<.*Did you mean to write 'timeout'\?/],
  ],
  ['a misspelt section', `{ routs: {} }`, [/Did you mean to write 'routes'\?/]],
  [
    'a duration without a known unit',
    `{ defaults: { timeout: '5x' } }`,
    [/Type '"5x"' is not assignable to type .*Duration/],
  ],
  [
    'a listener that does not exist',
    `{ listeners: { a: 80, b: 81 }, routes: { r: { path: '/', respond: 'ok', listener: 'c' } } }`,
    [/Type '"c"' is not assignable to type .*"a" \| "b"/],
  ],
  [
    'a redirect to a listener that does not exist',
    `{ listeners: { a: 80, b: { port: 81, redirect: 'c' } } }`,
    [/Type '"c"' is not assignable to type '"a" \| "b"/],
  ],
  [
    'a bundle that does not exist',
    `{ policies: { shared: { cors: true } }, defaults: { policies: 'shard' } }`,
    [/Type '"shard"' is not assignable to type .*"shared"/],
  ],
  [
    'a target without a scheme',
    `{ services: { orders: 'localhost:4001' } }`,
    [/Type '"localhost:4001"' is not assignable to type 'Service'/],
  ],
  [
    'a path without its slash',
    `{ routes: { a: { path: 'orders/*', respond: 'ok' } } }`,
    [/Type '"orders\/\*"' is not assignable to type .*PathPattern/],
  ],
  [
    'a policy where it cannot stand',
    `{ global: { stripPrefix: true } }`,
    [/'stripPrefix' does not exist in type 'GatewayPolicies'/],
  ],
  [
    'a choice that does not exist',
    `{ services: { a: { targets: 'http://a:1', loadBalancing: 'roundrobin' } } }`,
    [/"roundrobin"|'loadBalancing'|ServiceObject/],
  ],
]

let output = ''

before(() => {
  // Outside of the repository, whose own type check must not meet what is wrong here on purpose.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'gateway-types-'))
  const face = relative(folder, join(root, 'src/config/define-config.ts'))
  try {
    for (const [index, [, config]] of cases.entries()) {
      writeFileSync(
        join(folder, `case-${index}.ts`),
        `import { defineConfig } from '${face}'\nexport const config: unknown = defineConfig(${config})\n`,
      )
    }
    const compilerOptions = { typeRoots: [join(root, 'node_modules/@types')] }
    const options = { extends: join(root, 'tsconfig.json'), include: ['*.ts'], compilerOptions }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
    const tsc = spawnSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
      { encoding: 'utf8' },
    )
    output = `${tsc.stdout}${tsc.stderr}`
  } finally {
    rmSync(folder, { recursive: true })
  }
})

for (const [index, [title, , says]] of cases.entries()) {
  test(`defineConfig ${says.length === 0 ? 'takes' : 'refuses'} ${title}`, () => {
    const lines = output.split('\n')
    const own = lines.flatMap((line, at) =>
      line.includes(`case-${index}.ts(`)
        ? [
            [
              line,
              ...lines
                .slice(at + 1)
                .filter((_, more) => lines.slice(at + 1, at + 2 + more).every((next) => next.startsWith(' '))),
            ].join('\n'),
          ]
        : [],
    )
    assert.equal(own.length, says.length, own.join('\n'))
    for (const [at, pattern] of says.entries()) assert.match(own[at] ?? '', pattern)
  })
}
